package main

import "regexp"

// target is code that is changed, and the tests that are to notice.
type target struct {
	pkg   string         // its directory
	files *regexp.Regexp // of it; nil is for all
	tests []string       // directories of packages
}

var targets = []target{
	{pkg: "token", tests: []string{"token"}},
	{pkg: "internal/keyring", tests: []string{"internal/keyring"}},
	{
		pkg:   "internal/auth",
		files: regexp.MustCompile(`^(end|introspect|login|logout|refresh|refreshtoken|revoke|seal|sessions)\.go$`),
		tests: []string{"internal/auth", "internal/auth/rest", "internal/observe"},
	},
	{pkg: "internal/password", tests: []string{"internal/password"}},
}

// leftOut are tests that would take long for what they notice: they start
// browsers and programs, or measure.
var leftOut = regexp.MustCompile(`Browser|Chromium|Explain|Plans|Alive`)

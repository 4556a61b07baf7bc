package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// taken are the licences that we take, by their SPDX identifiers. They ask that
// their texts and notices go along; MPL-2.0, which is River's, also that changes to
// its own files are given away, and that it is said where these are.
var taken = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// mostlyKnown is how much of a file, in percent of its words, has to be the text
// of licences: else it says something more, which a person has to read.
const mostlyKnown = 75

// licencesOf names the licences that a file holds the text of.
func licencesOf(text []byte) (ids []string, err error) {
	coverage := licensecheck.Scan(text)
	for _, match := range coverage.Match {
		if !match.IsURL && !slices.Contains(ids, match.ID) {
			ids = append(ids, match.ID)
		}
	}
	if coverage.Percent < mostlyKnown || len(ids) == 0 {
		return ids, fmt.Errorf("%.0f %% of it is a known licence's text", coverage.Percent)
	}
	return ids, nil
}

// licences are those of all its files.
func (m module) licences() (ids []string) {
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		found, _ := licencesOf(m.files[name]) // check has told
		for _, id := range found {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// check says what is wrong with the modules' licences.
func check(modules []module) error {
	var wrong []error
	for _, m := range modules {
		if len(m.files) == 0 {
			wrong = append(wrong, fmt.Errorf("%s has no licence", m.path))
		}
		for _, name := range slices.Sorted(maps.Keys(m.files)) {
			ids, err := licencesOf(m.files[name])
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s, %s: %w", m.path, name, err))
			}
			for _, id := range ids {
				if !slices.Contains(taken, id) {
					wrong = append(wrong, fmt.Errorf("%s, %s: %s is not on the list of those that we take", m.path, name, id))
				}
			}
		}
	}
	return errors.Join(wrong...)
}

// heading stands above the table, which is written.
const heading = `# Licences of what is linked in

latchkey itself is under the [Apache License 2.0](../LICENSE). What is below is linked into ` + "`users`, `auth` and `latchkey`" + `
as they are built for Linux; each licence is known by its text in the module (` + "`internal/supply`" + `). These are taken:
%s.
A module with another one, or with none, fails ` + "`make test`" + `, as does this page where it is behind ` + "`go.mod`" + `. None of the
modules is changed: the source of each is what the module proxy has under its name and version, which is what the MPL wants
said of River. Swagger UI's files, in swgui, are under the Apache License 2.0, too; where the common passwords come from is in
[internal/password](../internal/password/README.md). Why each is there: [dependencies](dependencies.md). ` + "`make sbom`" + `
writes all texts beside the programs.

Written by ` + "`go run ./internal/supply licences`" + `.

| module | version | licence |
|---|---|---|
`

// render writes the page.
func render(modules []module) string {
	var b strings.Builder
	fmt.Fprintf(&b, heading, strings.Join(taken, ", "))
	for _, m := range modules {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.path, m.version, strings.Join(m.licences(), ", "))
	}
	return b.String()
}

// notices is all the texts, which licences ask to go along with the programs.
func notices(modules []module) string {
	var b strings.Builder
	for _, m := range modules {
		for _, name := range slices.Sorted(maps.Keys(m.files)) {
			fmt.Fprintf(&b, "%s\n%s %s, %s\n%s\n\n%s\n\n", strings.Repeat("=", 72), m.path, m.version, name, strings.Repeat("=", 72),
				strings.TrimSpace(string(m.files[name])))
		}
	}
	return b.String()
}

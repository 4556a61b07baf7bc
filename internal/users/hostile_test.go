package users

import "testing"

func TestOddEmailsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"trailing dot":         "ada@example.com.",
		"trailing ideographic": "ada@example.com。",
		"bad UTF-8, domain":    "a@ex\xffample.com",
		"U+FFFD in the domain": "a@ex\ufffdample.com",
		"address, no brackets": "a@127.0.0.1",
		"a number":             "a@1",
		"joiner":               "a@exam\u200dple.com",
		"ACE of ASCII":         "a@xn--example-.com",
		"ACE alone":            "a@xn--.com",
	} {
		if got, err := foldEmail(text); err == nil {
			again, err2 := foldEmail(got)
			t.Errorf("%s: %q is taken as %q (again: %q, %v)", name, text, got, again, err2)
		}
	}
}

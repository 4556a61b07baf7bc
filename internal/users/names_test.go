package users

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestS08FoldUsername: names that look alike are one or are refused.
func TestS08FoldUsername(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"lower case":            {"bob", "bob"},
		"mixed case":            {"BoB", "bob"},
		"all characters":        {"aZ09_.-", "az09_.-"},
		"3":                     {"abc", "abc"},
		"32":                    {strings.Repeat("A", 32), strings.Repeat("a", 32)},
		"2":                     {"ab", ""},
		"33":                    {strings.Repeat("a", 33), ""},
		"empty":                 {"", ""},
		"digit first":           {"1bob", ""},
		"dot first":             {".bob", ""},
		"underscore first":      {"_bob", ""},
		"dash first":            {"-bob", ""},
		"space":                 {"bo b", ""},
		"space around":          {" bob ", ""},
		"at sign":               {"bob@b", ""},
		"slash":                 {"bob/b", ""},
		"plus":                  {"bob+b", ""},
		"before A":              {"bob@", ""},
		"after Z":               {"bob[", ""},
		"before a":              {"bob`", ""},
		"after z":               {"bob{", ""},
		"DEL":                   {"bob\x7f", ""},
		"NUL":                   {"bob\x00", ""},
		"line break":            {"bob\n", ""},
		"full-width":            {"ｂｏｂ", ""},
		"zero-width space":      {"bo\u200bb", ""},
		"zero-width joiner":     {"bo\u200db", ""},
		"soft hyphen":           {"bo\u00adb", ""},
		"right-to-left mark":    {"bob\u200f", ""},
		"Cyrillic o":            {"b\u043eb", ""},
		"Cyrillic a first":      {"\u0430bob", ""},
		"Kelvin sign":           {"\u212aim", ""},
		"dotted I":              {"\u0130bob", ""},
		"long s":                {"bo\u017f", ""},
		"combining":             {"bob\u0301", ""},
		"letter of two bytes":   {"bób", ""},
		"bad UTF-8":             {"bob\xff", ""},
		"byte that folds to a":  {"bob\xe1", ""},
		"an id":                 {"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", ""},
		"an id, a letter first": {"a1936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := foldUsername(c.text)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("foldUsername(%q) = %q, %v; want %q", c.text, got, err, c.want)
			}
		})
	}
}

func TestNewUsername(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(reserved) {
		t.Error("the reserved names are not in order")
	}
	for _, word := range reserved {
		if folded, err := foldUsername(word); len(word) > 2 && (err != nil || folded != word) {
			t.Errorf("%q is reserved in vain: no username can be that", word)
		}
		for _, text := range []string{word, strings.ToUpper(word)} {
			if _, err := newUsername(text); err == nil {
				t.Errorf("%q may be taken", text)
			}
		}
	}
	for _, text := range []string{"ADMIN", "Root", "latchkey-Auth", "Users", "EMAIL"} {
		if _, err := newUsername(text); !errors.Is(err, errReserved) {
			t.Errorf("%q: %v, want %v", text, err, errReserved)
		}
	}
	for _, text := range []string{"admin1", "adminx", "roots", "bob"} {
		if got, err := newUsername(text); err != nil || got != text {
			t.Errorf("newUsername(%q) = %q, %v", text, got, err)
		}
	}
}

// TestS09FoldEmail: spellings of one address are one.
func TestS09FoldEmail(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	long := label + "." + label + "." + label // 191 bytes
	for name, c := range map[string]struct{ text, want string }{
		"plain":                         {"ada@example.com", "ada@example.com"},
		"case":                          {"Ada.L@Example.COM", "ada.l@example.com"},
		"least":                         {"a@b", "a@b"},
		"no dot in the domain":          {"admin@localhost", "admin@localhost"},
		"tag":                           {"ada+tag@example.com", "ada+tag@example.com"},
		"all characters":                {"!#$%&'*+-/=?^_`{|}~@x.y", "!#$%&'*+-/=?^_`{|}~@x.y"},
		"Unicode domain":                {"a@bücher.example", "a@xn--bcher-kva.example"},
		"its capitals":                  {"a@BÜCHER.example", "a@xn--bcher-kva.example"},
		"its decomposed form":           {"a@bu\u0308cher.example", "a@xn--bcher-kva.example"},
		"its punycode":                  {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
		"punycode in capitals":          {"a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"},
		"sharp s is not ss":             {"a@straße.example", "a@xn--strae-oqa.example"},
		"full-width domain":             {"a@ｅxample.com", "a@example.com"},
		"ideographic full stop":         {"a@example。com", "a@example.com"},
		"local part of 64":              {strings.Repeat("a", 64) + "@b.c", strings.Repeat("a", 64) + "@b.c"},
		"local part of 65":              {strings.Repeat("a", 65) + "@b.c", ""},
		"254 bytes":                     {strings.Repeat("a", 62) + "@" + long, strings.Repeat("a", 62) + "@" + long},
		"255 bytes":                     {strings.Repeat("a", 63) + "@" + long, ""},
		"label of 64":                   {"a@" + label + "a.example", ""},
		"254 characters, more as ASCII": {strings.Repeat("a", 60) + "@" + long[:188] + ".bü", ""},
		"empty":                         {"", ""},
		"no @":                          {"ada", ""},
		"@ alone":                       {"@", ""},
		"no local part":                 {"@example.com", ""},
		"no domain":                     {"ada@", ""},
		"two @":                         {"a@b@c.example", ""},
		"full-width @":                  {"a＠example.com", ""},
		"full-width @ as well":          {"a@b＠c.example", ""},
		"dot first":                     {".a@example.com", ""},
		"dot last":                      {"a.@example.com", ""},
		"two dots":                      {"a..b@example.com", ""},
		"quoted":                        {`"a b"@example.com`, ""},
		"quoted dots":                   {`"a..b"@example.com`, ""},
		"escaped":                       {`a\@b@example.com`, ""},
		"comment":                       {"a(b)@example.com", ""},
		"display name":                  {"Ada <ada@example.com>", ""},
		"list":                          {"a@b.c,d@e.f", ""},
		"space around":                  {" ada@example.com ", ""},
		"space in the domain":           {"a@exam ple.com", ""},
		"CR LF":                         {"a@example.com\r\nBcc: b@c.d", ""},
		"LF at the end":                 {"a@example.com\n", ""},
		"NUL":                           {"a\x00@example.com", ""},
		"DEL":                           {"a\x7f@example.com", ""},
		"Unicode local part":            {"dörte@example.com", ""},
		"Cyrillic local part":           {"\u0430da@example.com", ""},
		"zero-width local part":         {"a\u200bda@example.com", ""},
		"bad UTF-8, local part":         {"a\xff@example.com", ""},
		"domain, dot first":             {"a@.example.com", ""},
		"domain, two dots":              {"a@example..com", ""},
		"domain, dot alone":             {"a@.", ""},
		"domain, dash first":            {"a@-example.com", ""},
		"domain, dash last":             {"a@example-.com", ""},
		"domain, underscore":            {"a@ex_ample.com", ""},
		"domain, percent":               {"a@ex%41mple.com", ""},
		"domain, port":                  {"a@example.com:25", ""},
		"domain, slash":                 {"a@example.com/x", ""},
		"bad punycode":                  {"a@xn--\u00fc.example", ""},
		"mixed directions":              {"a@\u05d0b.example", ""},
		"IPv4 literal":                  {"a@[127.0.0.1]", ""},
		"IPv6 literal":                  {"a@[IPv6:::1]", ""},
		"IPv6 without brackets":         {"a@::1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := foldEmail(c.text)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("foldEmail(%q) = %q, %v; want %q", c.text, got, err, c.want)
			}
		})
	}
}

// contract is what the rest of the system says about a name: the database's
// constraint and the specification's pattern.
type contract struct{ check, pattern *regexp.Regexp }

func readContract(t testing.TB, column, schema string) contract {
	t.Helper()
	migration, err := os.ReadFile("../../db/users/migrations/20261124000001_accounts.sql")
	if err != nil {
		t.Fatal(err)
	}
	check := regexp.MustCompile(`\b` + column + ` ~ '(\^[^']+\$)'`).FindSubmatch(migration)
	if check == nil {
		t.Fatalf("no CHECK of %s in the migration", column)
	}
	text, err := os.ReadFile("../../gen/usersapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]struct{ Pattern string }
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	pattern := document.Components.Schemas[schema].Pattern
	if pattern == "" {
		t.Fatalf("%s has no pattern in the specification", schema)
	}
	return contract{check: regexp.MustCompile(string(check[1])), pattern: regexp.MustCompile(pattern)}
}

func (c contract) hold(t *testing.T, text, folded string, err error, fold func(string) (string, error)) {
	if err != nil {
		return
	}
	if again, err := fold(folded); err != nil || again != folded {
		t.Fatalf("%q folds to %q, and that to %q, %v", text, folded, again, err)
	}
	if !c.check.MatchString(folded) {
		t.Fatalf("%q folds to %q, which the database refuses", text, folded)
	}
	if !c.pattern.MatchString(text) || !c.pattern.MatchString(folded) {
		t.Fatalf("%q folds to %q, and the specification does not take both", text, folded)
	}
}

func FuzzFoldUsername(f *testing.F) {
	c := readContract(f, "username", "Username")
	for _, text := range []string{"bob", "BoB", "aZ09_.-", "ab", "b\u043eb", "bob\n", "ｂｏｂ", strings.Repeat("a", 33)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded, err := foldUsername(text)
		c.hold(t, text, folded, err, foldUsername)
		if inSpec := c.pattern.MatchString(text) && len(text) >= 3 && len(text) <= 32; inSpec != (err == nil) {
			t.Fatalf("%q: %v, and the specification says %v", text, err, inSpec)
		}
	})
}

func FuzzFoldEmail(f *testing.F) {
	c := readContract(f, "email", "Email")
	for _, text := range []string{
		"a@b", "Ada.L@Example.COM", "a@bücher.example", "a@xn--bcher-kva.example", "a@[127.0.0.1]", "a@b@c", `"a b"@c.d`,
		"a@straße.de", "a@ｅxample。com", "a@\u05d0.example", "a@xn--a", "a@b.c\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded, err := foldEmail(text)
		c.hold(t, text, folded, err, foldEmail)
		if err == nil && (folded != strings.ToLower(folded) || len(folded) < 3 || len(folded) > 254) {
			t.Fatalf("%q folds to %q, which the database refuses", text, folded)
		}
	})
}

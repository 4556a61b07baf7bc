package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page is what would be written, and every licence is one that we take.
func TestThePageIsWhatIsLinked(t *testing.T) {
	t.Parallel()
	modules, err := linked("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) < 30 {
		t.Errorf("%d modules are linked in", len(modules))
	}
	if err := check(modules); err != nil {
		t.Error(err)
	}
	written, err := os.ReadFile(filepath.Join("../..", page))
	if err != nil {
		t.Fatal(err)
	}
	if want := render(modules); string(written) != want {
		t.Errorf("%s is behind what is linked in: run `go run ./internal/supply licences`", page)
	}
	for _, m := range modules {
		if !strings.Contains(notices(modules), m.path) {
			t.Errorf("the texts leave out %s", m.path)
		}
	}
}

// What is not plainly one of the licences on the list is told.
func TestCheckTellsOfOtherLicences(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	const isc = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.
THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`
	const wtfpl = `            DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE
   TERMS AND CONDITIONS FOR COPYING, DISTRIBUTION AND MODIFICATION
  0. You just DO WHAT THE FUCK YOU WANT TO.`
	for name, c := range map[string]struct{ text, told string }{
		"Apache":          {string(ours), ""},
		"ISC":             {isc, ""},
		"not taken":       {wtfpl, "is not on the list"},
		"a rider":         {isc + strings.Repeat("\nNor may it be used on Sundays, by cats, or for profit.", 12), "of it is a known"},
		"nothing known":   {"All rights reserved.", "of it is a known"},
		"no licence":      {"", "has no licence"},
		"two, one of two": {isc + "\n\n" + wtfpl, "is not on the list"},
	} {
		m := module{path: "example.com/m", files: map[string][]byte{}}
		if c.text != "" {
			m.files["LICENSE"] = []byte(c.text)
		}
		err := check([]module{m})
		if (err == nil) != (c.told == "") || err != nil && !strings.Contains(err.Error(), c.told) {
			t.Errorf("%s: %v, want %q", name, err, c.told)
		}
	}
}

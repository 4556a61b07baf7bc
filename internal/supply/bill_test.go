package main

import (
	"debug/buildinfo"
	"os"
	"strings"
	"testing"
)

// The bill of a program, which is this test's, names what is in it, and a second
// one of the same program is the same.
func TestBillOfAProgram(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	built, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	licensed := map[string][]byte{"LICENSE": ours}
	modules := []module{{path: library, files: licensed}}
	for _, d := range built.Deps {
		modules = append(modules, module{path: d.Path, version: d.Version, files: licensed})
	}
	var texts []string
	for range 2 {
		path, err := writeBill(t.TempDir(), program, modules)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := holdBill(path, program); err != nil || n != len(modules) {
			t.Errorf("%d modules, not %d: %v", n, len(modules), err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] || !strings.Contains(texts[0], `"purl": "pkg:golang/github.com/google/licensecheck@v`) {
		t.Errorf("%.2000s", texts[0])
	}
	if _, err := bill(program, modules[:1]); err == nil {
		t.Error("a module whose licence nobody has read is in a bill")
	}
}

// A bill that leaves out, adds or has no licence is told.
func TestCompareBill(t *testing.T) {
	t.Parallel()
	const licensed = `,"licenses":[{"license":{"id":"MIT"}}]`
	text := func(version string, components ...string) []byte {
		return []byte(`{"bomFormat":"CycloneDX","specVersion":"` + version + `","components":[` + strings.Join(components, ",") + `]}`)
	}
	a := `{"type":"library","name":"example.com/a","version":"v1.0.0"` + licensed + `}`
	lib := `{"type":"library","name":"std","version":"1.26.8"` + licensed + `}`
	want := map[string]bool{"example.com/a@v1.0.0": true, "std@1.26.8": true}
	for name, c := range map[string]struct {
		text []byte
		told string
	}{
		"good":               {text("1.6", a, lib), ""},
		"left out":           {text("1.6", lib), "example.com/a@v1.0.0 is in the program"},
		"another version":    {text("1.6", strings.Replace(a, "v1.0.0", "v1.0.1", 1), lib), "v1.0.1 is not in the program"},
		"one more":           {text("1.6", a, lib, strings.Replace(a, "/a", "/b", 1)), "example.com/b@v1.0.0 is not in the program"},
		"no licence":         {text("1.6", strings.Replace(a, licensed, "", 1), lib), "has no licence"},
		"of another version": {text("1.5", a, lib), "is no CycloneDX 1.6"},
		"no bill":            {[]byte("<html>"), "invalid character"},
	} {
		err := compareBill(c.text, want)
		if (err == nil) != (c.told == "") || err != nil && !strings.Contains(err.Error(), c.told) {
			t.Errorf("%s: %v, want %q", name, err, c.told)
		}
	}
}

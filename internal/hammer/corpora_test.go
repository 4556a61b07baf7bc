package hammer_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each fuzz target has inputs that a run of it found, which every test run tries
// again; few and short ones, that a person could look at.
func TestFuzzTargetsHaveCorpora(t *testing.T) {
	t.Parallel()
	const most, longest = 30, 8 << 10
	targets := 0
	declared := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == "bin" || e.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, d := range declared.FindAllStringSubmatch(string(text), -1) {
			targets++
			inputs, err := filepath.Glob(filepath.Join(filepath.Dir(path), "testdata", "fuzz", d[1], "*"))
			if err != nil || len(inputs) == 0 || len(inputs) > most {
				t.Errorf("%s: %s has %d inputs, want 1 to %d: %v", path, d[1], len(inputs), most, err)
			}
			for _, input := range inputs {
				if info, err := os.Stat(input); err != nil || info.Size() > longest {
					t.Errorf("%s is longer than %d bytes: %v", input, longest, err)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if targets < 30 {
		t.Errorf("%d targets were found", targets)
	}
}

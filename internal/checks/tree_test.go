package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testsOf gives the tests of the tree below root, by the lines that their names speak
// of.
func testsOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	lines := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && (strings.HasPrefix(e.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "bin", "gen"}, e.Name())):
			return fs.SkipDir
		case e.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			if f, is := declared.(*ast.FuncDecl); is && f.Recv == nil {
				for _, id := range checksOf(f.Name.Name) {
					lines[id] = append(lines[id], path+": "+f.Name.Name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// orphans says what of tables and tests does not belong together. A line that begins
// with one of letters needs a test or an argument.
func orphans(checks []check, tests map[string][]string, letters string) (all []string) {
	known := map[string]bool{}
	for _, c := range checks {
		if known[c.ID] {
			all = append(all, c.ID+" is there twice")
		}
		known[c.ID] = true
		if strings.Contains(letters, c.ID[:1]) && len(tests[c.ID]) == 0 && c.Argued == "" {
			all = append(all, c.ID+" has neither a test of its name nor an argument")
		}
	}
	for id, named := range tests {
		if !known[id] {
			all = append(all, id+" is no line of a table: "+strings.Join(named, ", "))
		}
	}
	slices.Sort(all)
	return all
}

// Each line of docs/attacks.md and docs/faults.md has a test or an argument, all are there,
// and no test's name speaks of a line that is none. Whether the tests pass, `make attack` and
// `make faults` tell.
func TestEveryLineHasATest(t *testing.T) {
	t.Parallel()
	var checks []check
	for page, count := range map[string]int{"attacks.md": 85, "faults.md": 20} {
		lines, err := readTable(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) != count {
			t.Errorf("%s has %d lines, want %d", page, len(lines), count)
		}
		checks = append(checks, lines...)
	}
	tests := testsOf(t, filepath.Join("..", ".."))
	for _, orphan := range orphans(checks, tests, "SF") {
		t.Error(orphan)
	}
}

func TestOrphans(t *testing.T) {
	t.Parallel()
	checks := []check{{ID: "S1"}, {ID: "S2", Argued: "none"}, {ID: "S3"}, {ID: "S3"}, {ID: "F1", Argued: "none"}}
	tests := map[string][]string{"S3": {"TestS03"}, "S4": {"TestS04"}}
	want := []string{"S1 has neither a test of its name nor an argument", "S3 is there twice", "S4 is no line of a table: TestS04"}
	if got := orphans(checks, tests, "SF"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

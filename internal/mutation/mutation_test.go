package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sample = `package sample

import "errors"

const limit = 2 + 3

var log []string

func judge(a, b int, ok bool) (int, error) {
	if ok && a+limit <= b {
		log = append(log, "x")
	}
	for i := 0; i < 3; i++ {
		a++
	}
	if !ok {
		return 0, nil
	}
	f := func() bool { return a == b ||
		ok }
	log = nil
	print()
	return a - b, errors.New("x")
}

func print() { _ = true }
`

// found runs the finder over a text.
func found(t *testing.T, text string) (mutants []*change, changed string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "sample.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}} // f is not used
	_, _ = conf.Check("sample", fset, []*ast.File{file}, info)
	f := &finder{fset: fset, info: info, pkg: "p", name: "sample.go", text: []byte(text)}
	f.next = func() int { return len(f.mutants) + 1 }
	f.find(file)
	return f.mutants, string(insert([]byte(text), f.edits))
}

func TestChangesOfASample(t *testing.T) {
	t.Parallel()
	mutants, changed := found(t, sample)
	var got []string
	for _, m := range mutants {
		got = append(got, m.Function+": "+m.Change+": "+m.Source)
	}
	want := strings.Split(strings.TrimSpace(`
judge: turned round: ok
judge: && is ||: ok && a+limit <= b
judge: turned round: a+limit <= b
judge: <= is <: a+limit <= b
judge: + is -: a+limit
judge: left out: log = append(log, "x")
judge: turned round: i < 3
judge: < is <=: i < 3
judge: left out: a++
judge: without !: !ok
judge: zero values: return a == b || …
judge: turned round: a == b
judge: turned round: ok
judge: || is &&: a == b || …
judge: left out: log = nil
judge: left out: print()
judge: zero values: return a - b, errors.New("x")
judge: - is +: a - b
print: the other one: true`), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "changed.go", changed, 0); err != nil {
		t.Errorf("%v in\n%s", err, changed)
	}
	if strings.Count(changed, "\n") != strings.Count(sample, "\n") {
		t.Errorf("lines move:\n%s", changed)
	}
	for _, piece := range []string{", func() bool { return (a+limit) == (b) }", "{ return *new(int), *new(error) }; return", "const limit = 2 + 3"} {
		if !strings.Contains(changed, piece) {
			t.Errorf("%q is not in\n%s", piece, changed)
		}
	}
}

// The draw is by what a change is, so that a fraction is of the same ones tomorrow.
func TestChoose(t *testing.T) {
	t.Parallel()
	mutants, _ := found(t, sample)
	half := choose(mutants, options{only: everything, fraction: 0.5, seed: "7"})
	again := choose(slices.Clone(mutants), options{only: everything, fraction: 0.5, seed: "7"})
	other := choose(mutants, options{only: everything, fraction: 0.5, seed: "8"})
	if len(half) == 0 || len(half) == len(mutants) || !slices.Equal(half, again) || slices.Equal(half, other) {
		t.Errorf("%d, %d and %d of %d", len(half), len(again), len(other), len(mutants))
	}
	if all := choose(mutants, options{only: everything, fraction: 1, seed: "7"}); len(all) != len(mutants) {
		t.Errorf("%d of %d", len(all), len(mutants))
	}
}

// A survivor that is argued is told as one, and counts as not noticed.
func TestReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := filepath.Join(dir, "page.md")
	table := "| file | function | change | source | why |\n|---|---|---|---|---|\n| `p/s.go` | `F` | `\\|\\| is &&` | `a \\|\\| b` | the same |\n"
	if err := os.WriteFile(page, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := []*change{{Package: "p", File: "s.go", Function: "F", Change: "|| is &&", Source: "a || b", Outcome: survived}}
	for range 6 {
		tried = append(tried, &change{Package: "p", File: "s.go", Outcome: killed})
	}
	o := options{only: everything, fraction: 1, out: dir, argued: page}
	if err := report(o, 7, tried, 0); err != nil {
		t.Errorf("6 of 7: %v", err)
	}
	if tried[0].Argued != "the same" {
		t.Errorf("argued %q", tried[0].Argued)
	}
	tried[1].Outcome, tried[2].Outcome = notCovered, timedOut
	if err := report(o, 7, tried, 0); err == nil {
		t.Error("5 of 7 is enough")
	}
	text, err := os.ReadFile(filepath.Join(dir, "result.txt"))
	if err != nil || !strings.Contains(string(text), "the same") || !strings.Contains(string(text), "71.4 %") {
		t.Errorf("%v: %s", err, text)
	}
}

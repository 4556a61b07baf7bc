package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

const switches = "github.com/latchkey-id/latchkey/internal/mutation/mutant"

// plan is all changes that can be made, and the files with their switches.
type plan struct {
	root    string
	targets []target
	mutants []*change
	files   map[string][]byte // by path
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath, Export, Dir string
	GoFiles                 []string
}

// prepare reads and checks the targets' code as the compiler does.
func prepare(root string, targets []target) (*plan, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export,Dir,GoFiles"}
	for _, t := range targets {
		args = append(args, "./"+t.pkg)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	byDir, exports := map[string]listed{}, map[string]string{}
	for from := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := from.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		byDir[p.Dir], exports[p.ImportPath] = p, p.Export
	}
	made := &plan{root: root, targets: targets, files: map[string][]byte{}}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, t := range targets {
		if err := made.readPackage(fset, imports, t, byDir[filepath.Join(root, t.pkg)]); err != nil {
			return nil, fmt.Errorf("%s: %w", t.pkg, err)
		}
	}
	return made, nil
}

func (p *plan) readPackage(fset *token.FileSet, imports types.Importer, t target, of listed) error {
	var files []*ast.File
	for _, name := range of.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(of.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: imports}).Check(of.ImportPath, fset, files, info); err != nil {
		return err
	}
	for i, name := range of.GoFiles {
		if t.files != nil && !t.files.MatchString(name) {
			continue
		}
		path := filepath.Join(of.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f := &finder{fset: fset, info: info, pkg: t.pkg, name: name, text: text}
		f.next = func() int { return len(p.mutants) + len(f.mutants) + 1 }
		f.find(files[i])
		if len(f.mutants) == 0 {
			continue
		}
		at := f.offset(files[i].Name.End()) // on the line of the package clause, so that lines stay
		f.edits = append(f.edits, insertion{at: at, end: at, text: `; import "` + switches + `"`})
		p.mutants = append(p.mutants, f.mutants...)
		p.files[path] = insert(text, f.edits)
	}
	return nil
}

// build writes the files with switches and compiles a binary for each package of
// tests that the chosen changes need.
func (p *plan) build(ctx context.Context, work string, chosen []*change) (*suites, error) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for path, text := range p.files {
		to := filepath.Join(work, fmt.Sprintf("%d.go", len(overlay.Replace)))
		if err := os.WriteFile(to, text, 0o600); err != nil {
			return nil, err
		}
		overlay.Replace[path] = to
	}
	data, err := json.Marshal(overlay)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(work, "overlay.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	needed := map[string]bool{}
	for _, m := range chosen {
		needed[m.Package] = true
	}
	made := &suites{work: work, tests: map[string][]*suite{}}
	for _, t := range p.targets {
		for _, dir := range t.tests {
			if !needed[t.pkg] {
				continue
			}
			s, err := made.compile(ctx, p.root, dir, file)
			if err != nil {
				return nil, err
			}
			made.tests[t.pkg] = append(made.tests[t.pkg], s)
		}
	}
	return made, nil
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// programs are what is built and given to others.
var programs = []string{"./cmd/auth", "./cmd/latchkey", "./cmd/users"}

// module is one that packages are linked from.
type module struct {
	path, version string
	dir           string
	files         map[string][]byte // licences' texts, by their path in the module
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	Module          *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path string }
	}
}

// linked gives the modules of all packages that the programs are made of, as they
// are built for Linux, sorted by path, and Go's own library first.
func linked(root string) ([]module, error) {
	packages, err := list(root)
	if err != nil {
		return nil, err
	}
	library, err := standardLibrary(root)
	if err != nil {
		return nil, err
	}
	all := map[string]*module{}
	for _, p := range packages {
		m := p.Module
		switch {
		case p.Standard:
			continue
		case m.Main: // of ours, those that were derived from others'
			derived := module{path: p.ImportPath, version: "in this repository", dir: p.Dir, files: map[string][]byte{}}
			if err := derived.readLicences(p.Dir); err != nil {
				return nil, err
			}
			if len(derived.files) > 0 {
				all[p.ImportPath] = &derived
			}
			continue
		}
		if m.Replace != nil {
			return nil, fmt.Errorf("%s is replaced by %s: whose licence holds?", m.Path, m.Replace.Path)
		}
		if all[m.Path] == nil {
			all[m.Path] = &module{path: m.Path, version: m.Version, dir: m.Dir, files: map[string][]byte{}}
		}
		if err := all[m.Path].readLicences(p.Dir); err != nil {
			return nil, err
		}
	}
	modules := []module{library}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		modules = append(modules, *all[path])
	}
	return modules, nil
}

func list(root string) (packages []listed, err error) {
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Dir,Standard,Module"}, programs...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=-mod=readonly")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, &said)
	}
	for from := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := from.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

// library is what the page calls Go's own.
const library = "the Go standard library"

// standardLibrary is in every program. Its version is that of the build, so the
// page names none.
func standardLibrary(root string) (module, error) {
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return module{}, fmt.Errorf("go env: %w", err)
	}
	m := module{path: library, version: "of the build", dir: strings.TrimSpace(string(out)), files: map[string][]byte{}}
	// Distributions keep the texts of Go elsewhere.
	for _, name := range []string{"LICENSE", "../LICENSE"} {
		if text, err := os.ReadFile(filepath.Join(m.dir, name)); err == nil {
			m.files["LICENSE"] = text
			break
		}
	}
	return m, nil
}

// licenceName is how files with licences are called.
var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-._].*)?$`)

// readLicences reads those of a directory, and of all above it up to the module's
// root: a package may have been taken from elsewhere, with a licence of its own.
func (m *module) readLicences(dir string) error {
	for ; ; dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if !entry.Type().IsRegular() || !licenceName.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
				continue
			}
			path := filepath.Join(dir, entry.Name())
			name, err := filepath.Rel(m.dir, path)
			if err != nil {
				return err
			}
			if m.files[filepath.ToSlash(name)], err = os.ReadFile(path); err != nil {
				return err
			}
		}
		if dir == m.dir {
			return nil
		}
		if !strings.HasPrefix(dir, m.dir) {
			return fmt.Errorf("%s is not below %s", dir, m.dir)
		}
	}
}

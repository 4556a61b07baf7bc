package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
)

// std is what Go's own library is called in a bill, and in vulnerability databases.
const std = "std"

// bill writes down what a program is made of, by what the linker has written into
// it: each module with its version, its hash of go.sum and its licences. It has no
// time and no number of its own, so that the same program has the same bill.
func bill(program string, modules []module) (*cyclonedx.BOM, error) {
	built, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	root := cyclonedx.Component{
		Type: cyclonedx.ComponentTypeApplication, BOMRef: built.Path, Name: built.Path, Version: built.Main.Version,
		Hashes:   &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}},
		Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "Apache-2.0"}}},
	}
	ofGo := debug.Module{Path: std, Version: strings.TrimPrefix(built.GoVersion, "go")}
	var components []cyclonedx.Component
	var refs []string
	for _, m := range append([]*debug.Module{&ofGo}, built.Deps...) {
		c, err := componentOf(m, modules)
		if err != nil {
			return nil, err
		}
		components, refs = append(components, c), append(refs, c.BOMRef)
	}
	b := cyclonedx.NewBOM()
	b.Metadata = &cyclonedx.Metadata{Component: &root}
	b.Components = &components
	b.Dependencies = &[]cyclonedx.Dependency{{Ref: root.BOMRef, Dependencies: &refs}}
	return b, nil
}

// componentOf needs the module among those whose licences were read: in the same
// version, or the module cache is not what was built from.
func componentOf(m *debug.Module, modules []module) (cyclonedx.Component, error) {
	i := slices.IndexFunc(modules, func(l module) bool {
		return l.path == m.Path && l.version == m.Version || m.Path == std && l.path == library
	})
	if i < 0 || m.Replace != nil {
		return cyclonedx.Component{}, fmt.Errorf("%s %s is in the program, and not in go.mod", m.Path, m.Version)
	}
	var ids cyclonedx.Licenses
	for _, id := range modules[i].licences() {
		ids = append(ids, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
	}
	purl := "pkg:golang/" + m.Path + "@" + url.PathEscape(m.Version) // version "+incompatible" has a plus
	c := cyclonedx.Component{
		Type: cyclonedx.ComponentTypeLibrary, BOMRef: purl, PackageURL: purl, Name: m.Path, Version: m.Version, Licenses: &ids,
	}
	if sum, ok := strings.CutPrefix(m.Sum, "h1:"); ok { // of the module's files: golang.org/x/mod/sumdb/dirhash
		raw, err := base64.StdEncoding.DecodeString(sum)
		if err != nil {
			return c, fmt.Errorf("%s: %w", m.Path, err)
		}
		c.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(raw)}}
	}
	return c, nil
}

// writeBill writes a program's bill into a directory, as CycloneDX 1.6 (ECMA-424),
// and gives its path.
func writeBill(dir, program string, modules []module) (string, error) {
	made, err := bill(program, modules)
	if err != nil {
		return "", fmt.Errorf("%s: %w", program, err)
	}
	var text bytes.Buffer
	if err := cyclonedx.NewBOMEncoder(&text, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(made, cyclonedx.SpecVersion1_6); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, filepath.Base(program)+".cdx.json")
	return path, os.WriteFile(path, text.Bytes(), 0o644)
}

// holdBill holds a bill that was written to what `go version -m` says of the
// program: the same modules in the same versions, none more and none less. It gives
// how many there are.
func holdBill(path, program string) (modules int, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	said, err := exec.Command("go", "version", "-m", program).Output()
	if err != nil {
		return 0, fmt.Errorf("go version -m %s: %w", program, err)
	}
	want := map[string]bool{}
	for line := range strings.Lines(string(said)) {
		fields := strings.Fields(line)
		if _, version, ok := strings.Cut(line, ": go"); ok && len(want) == 0 {
			want[std+"@"+strings.TrimSpace(version)] = true
		}
		if len(fields) >= 3 && fields[0] == "dep" {
			want[fields[1]+"@"+fields[2]] = true
		}
	}
	if err := compareBill(text, want); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return len(want), nil
}

func compareBill(text []byte, want map[string]bool) error {
	var b cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(text), cyclonedx.BOMFileFormatJSON).Decode(&b); err != nil {
		return err
	}
	if b.BOMFormat != cyclonedx.BOMFormat || b.SpecVersion != cyclonedx.SpecVersion1_6 || b.Components == nil {
		return fmt.Errorf("is no %s 1.6 with components", cyclonedx.BOMFormat)
	}
	var wrong []error
	missing := maps.Clone(want)
	for _, c := range *b.Components {
		name := c.Name + "@" + c.Version
		if !want[name] {
			wrong = append(wrong, fmt.Errorf("%s is not in the program", name))
		}
		delete(missing, name)
		if c.Licenses == nil || len(*c.Licenses) == 0 {
			wrong = append(wrong, fmt.Errorf("%s has no licence", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		wrong = append(wrong, fmt.Errorf("%s is in the program, and not in the bill", name))
	}
	return errors.Join(wrong...)
}

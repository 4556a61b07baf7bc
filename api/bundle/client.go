package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v4"
)

// problemsTemplate is what oapi-codegen's client lacks: one way from any answer
// to what is wrong, whatever its status.
//
//go:embed problems.tmpl
var problemsTemplate string

// operation is one for which there is a client.
type operation struct {
	Answer string // the Go type of its answers
	OAuth  bool   // it answers errors as OAuth does
}

// writeClient writes gen/NAMEclient/problems.gen.go.
func writeClient(name string, doc *yaml.Node) error {
	operations, err := clientOperations(name, doc)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	err = template.Must(template.New("problems").Parse(problemsTemplate)).Execute(&text, map[string]any{
		"Package":    name + "client",
		"Operations": operations,
		"OAuth":      slices.ContainsFunc(operations, func(o operation) bool { return o.OAuth }),
	})
	if err != nil {
		return err
	}
	source, err := format.Source(text.Bytes())
	if err != nil {
		return err
	}
	dir := filepath.Join("gen", name+"client")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "problems.gen.go"), source, 0o644)
}

// clientOperations are the operations that oapi-codegen writes a client for, by
// its own settings.
func clientOperations(name string, doc *yaml.Node) ([]operation, error) {
	settings, err := read("api/codegen/" + name + "client.yaml")
	if err != nil {
		return nil, err
	}
	excluded := map[string]bool{}
	for _, tag := range content(member(member(settings, "output-options"), "exclude-tags")) {
		excluded[tag.Value] = true
	}
	var found []operation
	for path, item := range members(member(doc, "paths")) {
		for method, op := range members(item) {
			id := member(op, "operationId")
			if id == nil {
				if op.Kind == yaml.MappingNode {
					return nil, fmt.Errorf("%s %s has no operationId", method, path)
				}
				continue // parameters, a description
			}
			if slices.ContainsFunc(content(member(op, "tags")), func(tag *yaml.Node) bool { return excluded[tag.Value] }) {
				continue
			}
			found = append(found, operation{
				Answer: strings.ToUpper(id.Value[:1]) + id.Value[1:] + "Response",
				OAuth:  member(op, "x-oauth-errors") != nil,
			})
		}
	}
	return found, nil
}

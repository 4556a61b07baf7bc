package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// document is one service's specification.
type document struct {
	name, url string
	doc       *openapi3.T
	samples   []*sample // a request for each operation, in the document's order
	variables variables // that they are made with
}

// variables are names and values, in the order in which they were met.
type variables []variable

type variable struct{ name, value string }

// add notes a variable; the first value stays.
func (v *variables) add(name, value string) {
	if !slices.ContainsFunc(*v, func(known variable) bool { return known.name == name }) {
		*v = append(*v, variable{name, value})
	}
}

func load(path, name, url string) (*document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &document{name: name, url: url, doc: doc}
	d.variables.add(name, url)
	for _, o := range operationsOf(doc, text) {
		made, err := d.sample(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, o.spec.OperationID, err)
		}
		d.samples = append(d.samples, made)
	}
	return d, nil
}

// operation is an operation and where it is.
type operation struct {
	method, path string
	item         *openapi3.PathItem
	spec         *openapi3.Operation
}

// operationsOf lists the operations as the text has them: kin-openapi keeps no
// order.
func operationsOf(doc *openapi3.T, text []byte) []operation {
	var all []operation
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			all = append(all, operation{method, path, item, spec})
		}
	}
	at := func(o operation) int { return bytes.Index(text, []byte(`"operationId": "`+o.spec.OperationID+`"`)) }
	slices.SortFunc(all, func(a, b operation) int { return at(a) - at(b) })
	return all
}

// words is an extension that lists strings.
func words(extensions map[string]any, name string) []string {
	list, _ := extensions[name].([]any)
	var all []string
	for _, word := range list {
		all = append(all, fmt.Sprint(word))
	}
	return all
}

// exampleOf is the example of a body: its own, the first of several by name, or
// its schema's.
func exampleOf(media *openapi3.MediaType) any {
	if media.Example != nil {
		return media.Example
	}
	var names []string
	for name := range media.Examples {
		names = append(names, name)
	}
	if len(names) > 0 {
		return media.Examples[slices.Min(names)].Value.Value
	}
	return media.Schema.Value.Example
}

// indented is a value as JSON for people, without HTML's escapes.
func indented(value any) (string, error) {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(value)
	return strings.TrimSuffix(out.String(), "\n"), err
}

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sample is a request with the examples of the specification. What differs from
// one user to the next is a variable, {{name}}, as editors write it.
type sample struct {
	operation
	url      string
	auth     auth
	headers  []field // that it needs
	optional []field // headers that it may have
	query    []field // all of it may be left out
	media    string
	json     string
	form     []field
}

type field struct{ name, value, description string }

type auth int

const (
	authNone auth = iota
	authBearer
	authBasic
)

// sample makes an operation's request.
func (d *document) sample(o operation) (*sample, error) {
	s := &sample{operation: o, url: "{{" + d.name + "}}" + o.path, auth: d.authOf(o.spec)}
	switch s.auth {
	case authBearer:
		d.variables.add("access_token", "of-a-sign-in")
	case authBasic:
		d.variables.add("client_id", "billing")
		d.variables.add("client_secret", "lks_of-latchkey-clients-create")
	}
	for _, ref := range slices.Concat(o.item.Parameters, o.spec.Parameters) {
		if err := d.place(s, ref.Value); err != nil {
			return nil, err
		}
	}
	if o.spec.RequestBody == nil {
		return s, nil
	}
	return s, d.fill(s, o.spec.RequestBody.Value.Content)
}

// authOf is how the caller proves who they are, where they must.
func (d *document) authOf(op *openapi3.Operation) auth {
	requirements := d.doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	for _, requirement := range requirements {
		if _, ok := requirement["clientBasic"]; ok {
			return authBasic
		}
		if _, ok := requirement["bearerAuth"]; ok {
			return authBearer
		}
	}
	return authNone
}

// place puts a parameter where it belongs.
func (d *document) place(s *sample, p *openapi3.Parameter) error {
	f := field{p.Name, valueOf(p), p.Description}
	if f.value == "" && p.Required {
		return fmt.Errorf("the parameter %s has no example", p.Name)
	}
	switch p.In {
	case openapi3.ParameterInPath:
		name := p.Name
		if p.Schema.Value.Format == "uuid" {
			name += "_id" // {user} is a name or an id elsewhere
		}
		d.variables.add(name, f.value)
		s.url = strings.Replace(s.url, "{"+p.Name+"}", "{{"+name+"}}", 1)
	case openapi3.ParameterInQuery:
		if p.Required {
			return fmt.Errorf("the query parameter %s is required: not yet known here", p.Name)
		}
		s.query = append(s.query, f)
	case openapi3.ParameterInHeader:
		if p.Required {
			s.headers = append(s.headers, f)
			return nil
		}
		s.optional = append(s.optional, f)
	}
	return nil
}

// valueOf is a parameter's example, or what else is sure to be a value of it.
func valueOf(p *openapi3.Parameter) string {
	of := p.Schema.Value
	for _, value := range append([]any{p.Example, of.Example, of.Default}, of.Enum...) {
		if value != nil {
			return fmt.Sprint(value)
		}
	}
	return ""
}

// fill gives the sample its body. Tokens in it are variables: an example's is
// nobody's.
func (d *document) fill(s *sample, content openapi3.Content) error {
	for media, of := range content {
		s.media = media
		members, ok := exampleOf(of).(map[string]any)
		if !ok {
			return fmt.Errorf("its body has no example")
		}
		members = maps.Clone(members)
		for name, value := range members {
			if name == "token" || strings.HasSuffix(name, "_token") {
				d.variables.add(name, fmt.Sprint(value))
				members[name] = "{{" + name + "}}"
			}
		}
		if media == "application/json" {
			var err error
			s.json, err = indented(members)
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			s.form = append(s.form, field{name: name, value: fmt.Sprint(members[name])})
		}
	}
	return nil
}

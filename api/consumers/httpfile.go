package main

import (
	"fmt"
	"net/url"
	"strings"
)

// httpFile writes the document's requests as VS Code's REST Client and JetBrains'
// HTTP client read them: only what both do.
func (d *document) httpFile() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s %s: a request for each operation, with the specification's examples.\n", d.doc.Info.Title, d.doc.Info.Version)
	out.WriteString("# Made by api/consumers from the specification. Set the variables; access_token is in the answer of login.\n\n")
	for _, v := range d.variables {
		fmt.Fprintf(&out, "@%s = %s\n", v.name, v.value)
	}
	for _, s := range d.samples {
		out.WriteString("\n" + s.httpFile())
	}
	return out.String()
}

func (s *sample) httpFile() string {
	var out strings.Builder
	fmt.Fprintf(&out, "### %s: %s\n# @name %s\n", s.spec.OperationID, s.spec.Summary, s.spec.OperationID)
	for _, f := range s.query {
		fmt.Fprintf(&out, "# may have ?%s=%s\n", f.name, orDots(url.QueryEscape(f.value)))
	}
	for _, f := range s.optional {
		fmt.Fprintf(&out, "# may have %s: %s\n", f.name, orDots(f.value))
	}
	fmt.Fprintf(&out, "%s %s\n", s.method, s.url)
	for _, f := range s.headers {
		fmt.Fprintf(&out, "%s: %s\n", f.name, f.value)
	}
	switch s.auth {
	case authBearer:
		out.WriteString("Authorization: Bearer {{access_token}}\n")
	case authBasic:
		out.WriteString("Authorization: Basic {{client_id}} {{client_secret}}\n") // both editors encode it
	}
	if s.media == "" {
		return out.String()
	}
	fmt.Fprintf(&out, "Content-Type: %s\n\n", s.media)
	if s.json != "" {
		out.WriteString(s.json + "\n")
		return out.String()
	}
	var pairs []string
	for _, f := range s.form {
		value := f.value
		if !strings.HasPrefix(value, "{{") {
			value = url.QueryEscape(value)
		}
		pairs = append(pairs, f.name+"="+value)
	}
	out.WriteString(strings.Join(pairs, "&") + "\n")
	return out.String()
}

func orDots(value string) string {
	if value == "" {
		return "…"
	}
	return value
}

package httpapi

import (
	"bytes"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
)

// TestLoadLinkedSpec: both texts carry the deployment's address, whatever is in
// it, and are otherwise as committed.
func TestLoadLinkedSpec(t *testing.T) {
	t.Parallel()
	for _, committed := range []struct {
		name       string
		json, yaml []byte
		address    string
	}{
		{"auth", authapi.SpecJSON, authapi.SpecYAML, "http://127.0.0.1:8081/docs"},
		{"users", usersapi.SpecJSON, usersapi.SpecYAML, "http://127.0.0.1:8080/docs"},
	} {
		for _, other := range []string{committed.address, "https://users.example.com/docs", "https://example.com/$1/a#b'\"\\: &", ""} {
			spec, err := LoadLinkedSpec(committed.json, committed.yaml, other)
			if err != nil {
				t.Fatal(err)
			}
			asYAML, err := openapi3.NewLoader().LoadFromData(spec.YAML)
			if err != nil {
				t.Fatal(err)
			}
			for form, doc := range map[string]*openapi3.T{"JSON": spec.Doc, "YAML": asYAML} {
				if got := doc.ExternalDocs; other == "" && got != nil || other != "" && (got == nil || got.URL != other || got.Description == "") {
					t.Errorf("%s, %q: the %s links to %+v", committed.name, other, form, got)
				}
				if doc.Paths.Len() != spec.Doc.Paths.Len() || doc.Servers[0].URL != "/" {
					t.Errorf("%s, %q: the %s is another document", committed.name, other, form)
				}
			}
			if other == committed.address && !bytes.Equal(spec.JSON, committed.json) {
				t.Errorf("%s: the JSON differs from what is committed", committed.name)
			}
			if changed := bytes.Count(spec.YAML, []byte("\n")) - bytes.Count(committed.yaml, []byte("\n")); changed != 0 && other != "" {
				t.Errorf("%s, %q: the YAML is %d lines longer", committed.name, other, changed)
			}
		}
	}
}

// A document in another form is no document with a wrong link.
func TestLoadLinkedSpecRefuses(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(json, yaml string) (string, string){
		"no link in the JSON": func(json, yaml string) (string, string) {
			return strings.Replace(json, "externalDocs", "x-docs", 1), yaml
		},
		"no link in the YAML": func(json, yaml string) (string, string) {
			return json, strings.Replace(yaml, "\nexternalDocs:", "\nx-docs:", 1)
		},
		"no address": func(json, yaml string) (string, string) {
			return json, strings.Replace(yaml, "  url: http", "  x-url: http", 1)
		},
		"two of them": func(json, yaml string) (string, string) { return json, yaml + "externalDocs:\n  url: x\n" },
	} {
		json, yaml := edit(string(authapi.SpecJSON), string(authapi.SpecYAML))
		if _, err := LoadLinkedSpec([]byte(json), []byte(yaml), "https://example.com"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

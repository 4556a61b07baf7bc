package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestBodies: closed schemas, in JSON, with an example. OAuth's are forms, which
// must be open (RFC 6749, section 3.2).
func TestBodies(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		for name, op := range operations(doc) {
			if op.RequestBody == nil {
				continue
			}
			if method, _, _ := strings.Cut(name, " "); method == http.MethodGet || method == http.MethodDelete {
				t.Errorf("%s takes a body", name)
			}
			content := op.RequestBody.Value.Content
			kind := "application/json"
			if isOAuth(op) {
				kind = "application/x-www-form-urlencoded"
			}
			media := content[kind]
			if media == nil || len(content) != 1 {
				t.Errorf("%s: a body is %s and nothing else", name, kind)
				continue
			}
			if media.Example == nil && len(media.Examples) == 0 {
				t.Errorf("%s: no example of the body", name)
			}
			walk(media.Schema, func(path string, schema *openapi3.Schema) {
				if has := schema.AdditionalProperties.Has; schema.Type.Is("object") && (has == nil || *has) != isOAuth(op) {
					t.Errorf("%s: %s%s is closed: %v", name, media.Schema.Ref, path, isOAuth(op))
				}
				if schema.Type.Is("string") && schema.MaxLength == nil && schema.Enum == nil {
					t.Errorf("%s: %s%s may be of any length", name, media.Schema.Ref, path)
				}
			})
		}
	})
}

// TestNoHashInAnswers is S66 in the documents.
func TestNoHashInAnswers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		walked := 0
		for name, op := range operations(doc) {
			for status, response := range op.Responses.Map() {
				for media, content := range response.Value.Content {
					walk(content.Schema, func(path string, schema *openapi3.Schema) {
						walked++
						for property := range schema.Properties {
							if strings.Contains(property, "hash") || strings.Contains(property, "password") {
								t.Errorf("%s: %s %s has %s/%s", name, status, media, path, property)
							}
						}
					})
				}
			}
		}
		if walked < 100 {
			t.Errorf("%d schemas were walked: the walk is broken", walked)
		}
	})
}

// walk visits a schema and everything in it, each once on a way down.
func walk(ref *openapi3.SchemaRef, visit func(path string, schema *openapi3.Schema)) {
	var down func(*openapi3.SchemaRef, string, []*openapi3.Schema)
	down = func(ref *openapi3.SchemaRef, path string, above []*openapi3.Schema) {
		if ref == nil || ref.Value == nil || slices.Contains(above, ref.Value) {
			return
		}
		schema := ref.Value
		visit(path, schema)
		above = append(above[:len(above):len(above)], schema)
		for name, property := range schema.Properties {
			down(property, path+"/"+name, above)
		}
		for _, list := range []openapi3.SchemaRefs{schema.AllOf, schema.AnyOf, schema.OneOf} {
			for _, one := range list {
				down(one, path, above)
			}
		}
		down(schema.Items, path+"/0", above)
		down(schema.AdditionalProperties.Schema, path+"/*", above)
	}
	down(ref, "", nil)
}

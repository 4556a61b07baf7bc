package judge

import (
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiler compiles schemas where they stand in the document.
type compiler struct{ *jsonschema.Compiler }

const resource = "document.json"

// newCompiler takes the schemas of OpenAPI 3.0 for JSON Schema's draft 4, which
// they were made from: bounds that exclude are booleans in both, and what stands
// beside a $ref is ignored.
func newCompiler(doc any) (*compiler, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.AssertFormat()
	for _, bits := range []int{32, 64} {
		c.RegisterFormat(integers(bits))
	}
	return &compiler{c}, c.AddResource(resource, doc)
}

func (c *compiler) at(path ...string) (*jsonschema.Schema, error) {
	pointer := ""
	for _, step := range path {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "%", "%25", "{", "%7B", "}", "%7D").Replace(step)
	}
	return c.Compile(resource + "#" + pointer)
}

// resolved is the schema that a reference names.
func resolved(s *jsonschema.Schema) *jsonschema.Schema {
	for s.Ref != nil {
		s = s.Ref
	}
	return s
}

// isA reports whether a schema asks for values of one type, by name.
func isA(s *jsonschema.Schema, name string) bool {
	types := resolved(s).Types
	return types != nil && slices.Contains(types.ToStrings(), name)
}

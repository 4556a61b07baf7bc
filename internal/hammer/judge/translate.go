package judge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// translate makes JSON Schema of what OpenAPI has beside it: `nullable`. Where
// that stands beside `allOf`, null is meant as well, as every reader of such a
// document takes it (by the letter of 3.0.3 it would have no effect there).
func translate(node any) any {
	switch node := node.(type) {
	case []any:
		for i := range node {
			node[i] = translate(node[i])
		}
	case map[string]any:
		for name := range node {
			node[name] = translate(node[name])
		}
		if node["nullable"] == true {
			delete(node, "nullable")
			return map[string]any{"anyOf": []any{node, map[string]any{"type": "null"}}}
		}
	}
	return node
}

const schemas = "#/components/schemas/"

// inline puts what a reference names in its place, but for schemas, whose
// references JSON Schema follows itself.
func inline(doc map[string]any, node any) (any, error) {
	var err error
	switch node := node.(type) {
	case []any:
		for i := range node {
			if node[i], err = inline(doc, node[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if ref, ok := node["$ref"].(string); ok && !strings.HasPrefix(ref, schemas) {
			var found any = doc
			for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
				inner, _ := found.(map[string]any)
				found = inner[step]
			}
			if found == nil {
				return nil, fmt.Errorf("%s leads nowhere", ref)
			}
			return inline(doc, found)
		}
		for name := range node {
			if node[name], err = inline(doc, node[name]); err != nil {
				return nil, err
			}
		}
	}
	return node, nil
}

// integers is a format of OpenAPI's: a number in the range, without a fraction
// or an exponent (Wright-00, section 4.2, which 3.0 refers to).
func integers(bits int) *jsonschema.Format {
	return &jsonschema.Format{Name: "int" + strconv.Itoa(bits), Validate: func(value any) error {
		number, ok := value.(interface{ String() string })
		if !ok {
			return nil
		}
		if _, err := strconv.ParseInt(number.String(), 10, bits); err != nil {
			return errors.New("is no integer of this size")
		}
		return nil
	}}
}

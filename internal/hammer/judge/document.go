package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Judge holds one service's document.
type Judge struct {
	operations []*operation
	problem    *jsonschema.Schema
}

// operation is one method of one path.
type operation struct {
	id, method string
	segments   []string
	bearer     bool // a bearer token is one way in
	anonymous  bool // and none is another
	access     access
	params     []parameter
	body       body
	answers    answers
}

// answers are schemas by status and media type.
type answers map[string]map[string]*jsonschema.Schema

// parameter is one of path, query or header. Those of cookies are not judged:
// one that can't be a token of the service's counts as not sent.
type parameter struct {
	Name, In string
	Required bool
	schema   *jsonschema.Schema
}

// raw is an operation as the document has it.
type raw struct {
	OperationID string
	Security    *[]map[string]any
	Access      access `json:"x-access"`
	Parameters  []parameter
	RequestBody *struct {
		Required bool
		Content  map[string]struct{}
	}
	Responses map[string]struct{ Content map[string]struct{} }
}

// New reads a self-contained document.
func New(text []byte) (*Judge, error) {
	compiler, doc, err := read(text)
	if err != nil {
		return nil, err
	}
	j := &Judge{}
	if j.problem, err = compiler.at("components", "schemas", "Problem"); err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for method, r := range doc.Paths[path] {
			if r.Security == nil {
				r.Security = &doc.Security
			}
			op := &operation{id: r.OperationID, method: strings.ToUpper(method), segments: strings.Split(path, "/"), access: r.Access, params: r.Parameters}
			op.secure(*r.Security)
			if err := op.compile(compiler, r, "paths", path, method); err != nil {
				return nil, fmt.Errorf("%s: %w", op.id, err)
			}
			j.operations = append(j.operations, op)
		}
	}
	return j, nil
}

// document is what is read of one; its schemas are compiled apart.
type document struct {
	Security []map[string]any
	Paths    map[string]map[string]raw
}

func read(text []byte) (c *compiler, doc document, err error) {
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, doc, err
	}
	object, _ := tree.(map[string]any)
	whole, err := inline(object, tree)
	if err != nil {
		return nil, doc, err
	}
	if text, err = json.Marshal(whole); err != nil {
		return nil, doc, err
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, doc, err
	}
	if tree, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
		return nil, doc, err
	}
	c, err = newCompiler(translate(tree))
	return c, doc, err
}

// secure reads the ways in (Security Requirement Object).
func (op *operation) secure(requirements []map[string]any) {
	for _, requirement := range requirements {
		_, bearer := requirement["bearerAuth"]
		op.bearer = op.bearer || bearer
		op.anonymous = op.anonymous || len(requirement) == 0
	}
}

func (op *operation) compile(c *compiler, r raw, at ...string) (err error) {
	for i := range op.params {
		if op.params[i].schema, err = c.at(append(at, "parameters", fmt.Sprint(i), "schema")...); err != nil {
			return err
		}
	}
	if r.RequestBody != nil {
		for media := range r.RequestBody.Content {
			op.body.media, op.body.required = media, r.RequestBody.Required
			if op.body.schema, err = c.at(append(at, "requestBody", "content", media, "schema")...); err != nil {
				return err
			}
			op.body.members = resolved(op.body.schema).Properties
		}
	}
	op.answers = answers{}
	for status, response := range r.Responses {
		op.answers[status] = map[string]*jsonschema.Schema{}
		for media := range response.Content {
			if op.answers[status][media], err = c.at(append(at, "responses", status, "content", media, "schema")...); err != nil {
				return err
			}
		}
	}
	return nil
}

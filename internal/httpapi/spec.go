package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Spec is a service's OpenAPI document and what the chassis reads from it.
type Spec struct {
	Doc        *openapi3.T
	JSON, YAML []byte // as served
	operations map[route]*Operation
	oauth      []*Operation // those with x-oauth-errors
}

// route finds an operation.
type route struct{ method, pattern string }

// Operation is one operation of the document.
type Operation struct {
	ID      string
	Method  string
	Pattern string // as in the document, which is how chi writes it too
	// Codes are the problem codes that the operation may answer with.
	Codes []string
	// OAuthErrors are what an operation of OAuth answers with in their place.
	OAuthErrors []string
	// Access says who may call it; see api/users.yaml for the words.
	Access Access
	Limits []Limit

	bearer       bearerNeed
	client       bool // a client proves itself to it
	anyOrigin    bool
	idempotent   bool // takes an Idempotency-Key
	params       []*openapi3.Parameter
	query        map[string]bool
	media        string // of the body
	body         *openapi3.Schema
	bodyRequired bool
	spec         *openapi3.Operation
	path         *openapi3.PathItem
}

// Access is the x-access extension: who may call an operation that needs a
// bearer token. Any one of the alternatives is enough.
type Access struct {
	Scopes []string `json:"scopes"`
	Roles  []string `json:"roles"`
	// Self lets any signed-in person in; the domain shows them their own.
	Self bool `json:"self"`
	// Person asks for a token of a sign-in (with a sid) and for nothing else.
	Person bool `json:"person"`
	// Expired lets a token in that has expired (signing out).
	Expired bool `json:"expired"`
}

// Limit is one entry of the x-ratelimit extension.
type Limit struct {
	Requests int    `json:"requests"`
	Window   int    `json:"window"` // seconds
	Key      string `json:"key"`    // ip or caller
}

func (l Limit) window() time.Duration { return time.Duration(l.Window) * time.Second }

type bearerNeed uint8

const (
	bearerIgnored bearerNeed = iota
	bearerOptional
	bearerRequired
)

// LoadSpec reads a self-contained document. A mistake in one of our
// extensions is an error here, at start-up, and not at the first request.
func LoadSpec(jsonText, yamlText []byte) (*Spec, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(jsonText)
	if err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	spec := &Spec{Doc: doc, JSON: jsonText, YAML: yamlText, operations: map[route]*Operation{}}
	for pattern, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			made, err := newOperation(doc, item, pattern, method, op)
			if err != nil {
				return nil, fmt.Errorf("openapi document: %s %s: %w", method, pattern, err)
			}
			spec.operations[route{method, pattern}] = made
			if len(made.OAuthErrors) > 0 {
				spec.oauth = append(spec.oauth, made)
			}
		}
	}
	return spec, nil
}

// Operation finds an operation by method and pattern; HEAD is GET's.
func (s *Spec) Operation(method, pattern string) *Operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return s.operations[route{method, pattern}]
}

// Operations lists all operations, by id.
func (s *Spec) Operations() []*Operation {
	var all []*Operation
	for _, op := range s.operations {
		all = append(all, op)
	}
	slices.SortFunc(all, func(a, b *Operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func newOperation(doc *openapi3.T, item *openapi3.PathItem, pattern, method string, op *openapi3.Operation) (*Operation, error) {
	made := &Operation{
		ID: op.OperationID, Method: method, Pattern: pattern,
		bearer: needOf(doc, op), client: clientsProve(op), query: map[string]bool{}, spec: op, path: item,
	}
	for name, into := range map[string]any{
		"x-access": &made.Access, "x-ratelimit": &made.Limits, "x-error-codes": &made.Codes, "x-oauth-errors": &made.OAuthErrors,
		"x-any-origin": &made.anyOrigin,
	} {
		if err := extension(op.Extensions, name, into); err != nil {
			return nil, err
		}
	}
	for _, limit := range made.Limits {
		if limit.Requests < 1 || limit.Window < 1 || (limit.Key != "ip" && limit.Key != "caller") {
			return nil, fmt.Errorf("x-ratelimit: %+v makes no sense", limit)
		}
	}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		made.params = append(made.params, ref.Value)
		if ref.Value.Name == headerIdempotencyKey {
			made.idempotent = true
		}
		if ref.Value.In == openapi3.ParameterInQuery {
			made.query[ref.Value.Name] = true
		}
	}
	if op.RequestBody != nil {
		if err := made.takesBody(op.RequestBody.Value); err != nil {
			return nil, err
		}
	}
	if made.idempotent && made.bearer != bearerRequired && !made.namesItsCaller() {
		return nil, fmt.Errorf("%s of an anonymous caller needs a %q in the body", headerIdempotencyKey, anonymousMember)
	}
	return made, nil
}

// takesBody reads what a body is: JSON, or a form where OAuth has one.
func (op *Operation) takesBody(body *openapi3.RequestBody) error {
	for _, media := range []string{mediaJSON, mediaForm} {
		if found := body.Content[media]; found != nil && len(body.Content) == 1 {
			op.media, op.body, op.bodyRequired = media, found.Schema.Value, body.Required
		}
	}
	switch {
	case op.body == nil:
		return fmt.Errorf("a request body is %s, or %s", mediaJSON, mediaForm)
	case (op.media == mediaForm) != (len(op.OAuthErrors) > 0):
		return fmt.Errorf("forms are for operations with x-oauth-errors, which take nothing else")
	}
	return nil
}

// answersAsOAuth reports whether a request is for an operation that does, also
// before it is routed: their paths have no parameters.
func (s *Spec) answersAsOAuth(r *http.Request) bool {
	path := r.URL.EscapedPath()
	return slices.ContainsFunc(s.oauth, func(op *Operation) bool { return op.Method == r.Method && op.Pattern == path })
}

// namesItsCaller reports whether every valid body has the string that an
// anonymous caller's Idempotency-Keys are scoped to.
func (op *Operation) namesItsCaller() bool {
	if !op.bodyRequired || !slices.Contains(op.body.Required, anonymousMember) {
		return false
	}
	member := op.body.Properties[anonymousMember]
	return member != nil && member.Value.Type.Is(openapi3.TypeString) && member.Value.MinLength > 0
}

// needOf reads the security requirements: nothing about a bearer token, one of
// several ways in, or the only one (OpenAPI 3.0.3, Security Requirement Object).
func needOf(doc *openapi3.T, op *openapi3.Operation) bearerNeed {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	bearer, other := false, false
	for _, requirement := range requirements {
		if _, ok := requirement["bearerAuth"]; ok {
			bearer = true
		} else {
			other = true
		}
	}
	switch {
	case !bearer:
		return bearerIgnored
	case other:
		return bearerOptional
	}
	return bearerRequired
}

// clientsProve reports whether HTTP Basic is one way to prove a client.
func clientsProve(op *openapi3.Operation) bool {
	return op.Security != nil && slices.ContainsFunc(*op.Security, func(requirement openapi3.SecurityRequirement) bool {
		_, ok := requirement[clientBasic]
		return ok
	})
}

func extension(extensions map[string]any, name string, into any) error {
	value, ok := extensions[name]
	if !ok {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

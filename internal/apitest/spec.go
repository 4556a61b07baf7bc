package apitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
)

// document is a specification to hold answers against. It is loaded and
// matched here, apart from the chassis under test.
type document struct {
	service string
	doc     *openapi3.T
	mock    bool // its answers say so, and prove nothing about a service
}

var (
	authSpec  = sync.OnceValue(func() *document { return load("auth", authapi.SpecJSON) })
	usersSpec = sync.OnceValue(func() *document { return load("users", usersapi.SpecJSON) })
)

// hashes match what begins a stored hash of either kind. No answer holds one, but
// for the documents, which have examples of what may be sent.
var hashes = regexp.MustCompile(`\$2[abxy]\$|\$argon2`)

func showsExamples(path string) bool {
	return path == "/openapi.json" || path == "/openapi.yaml" || strings.HasPrefix(path, "/docs/")
}

// load reads a document and closes its schemas: an answer may hold what is
// declared, and nothing else.
func load(service string, text []byte) *document {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		panic(err) // the document is embedded
	}
	for _, schema := range doc.Components.Schemas {
		closeSchema(schema)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, response := range op.Responses.Map() {
				for _, media := range response.Value.Content {
					closeSchema(media.Schema)
				}
			}
		}
	}
	return &document{service: service, doc: doc}
}

// closeSchema refuses members that a schema does not list, unless it speaks of
// them itself. Consumers must take such members, as an answer may grow; our own
// answers may not hold what no reader of the document can know of.
func closeSchema(ref *openapi3.SchemaRef) {
	if ref == nil {
		return
	}
	schema := ref.Value
	if len(schema.Properties) > 0 && schema.AdditionalProperties.Has == nil && schema.AdditionalProperties.Schema == nil {
		schema.AdditionalProperties = openapi3.AdditionalProperties{Has: new(bool)}
	}
	for _, member := range schema.Properties {
		if member.Ref == "" { // named ones are closed by their names
			closeSchema(member)
		}
	}
	if schema.Items != nil && schema.Items.Ref == "" {
		closeSchema(schema.Items)
	}
}

// check says how an answer differs from what the document declares. What the
// document does not know must be a 404, a 405, the page at /docs, the answer to
// a preflight, or the 403 of what a browser sent from another origin.
func (d *document) check(r Request, response Response) error {
	path, _, _ := strings.Cut(r.Path, "?")
	pattern, item := d.match(path)
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if response.Header.Get("X-Request-Id") == "" {
		return fmt.Errorf("there is no X-Request-Id")
	}
	if found := hashes.Find(response.Body); found != nil && !showsExamples(path) {
		return fmt.Errorf("there is a hash in it: %s", found)
	}
	if pattern == "" || item.GetOperation(method) == nil {
		return d.checkUnknown(r.Method, path, response)
	}
	op := item.GetOperation(method)
	declared := op.Responses.Status(response.Status)
	if declared == nil {
		return fmt.Errorf("%s does not declare %d", op.OperationID, response.Status)
	}
	if err := checkHeaders(declared.Value, response, d.moreHeaders(op)...); err != nil {
		return err
	}
	if err := checkBody(declared.Value, response, r.Method == http.MethodHead); err != nil || r.Method == http.MethodHead {
		return err
	}
	code, err := checkCode(op, response)
	if err == nil && !d.mock {
		seen := sighted{service: d.service, operation: op.OperationID, status: response.Status, code: code}
		if code != "" {
			var problem any
			_ = response.Decode(&problem) // it was
			seen.words = WordsOf(problem)
		}
		noted.note(seen)
	}
	return err
}

// moreHeaders: whatever the first answer under an Idempotency-Key was, a replay
// says that it is one.
func (d *document) moreHeaders(op *openapi3.Operation) (more []string) {
	if op.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key") != nil {
		more = append(more, "Idempotency-Replayed")
	}
	if d.mock {
		more = append(more, "Latchkey-Mock", "Preference-Applied")
	}
	return more
}

// match finds the template of a path; fixed segments win over parameters.
func (d *document) match(path string) (string, *openapi3.PathItem) {
	best, found := "", -1
	segments := strings.Split(path, "/")
	for _, pattern := range d.doc.Paths.InMatchingOrder() {
		parts := strings.Split(pattern, "/")
		if len(parts) != len(segments) {
			continue
		}
		fixed, fits := 0, true
		for i, part := range parts {
			switch {
			case part == segments[i]:
				fixed++
			case !strings.HasPrefix(part, "{") || segments[i] == "":
				fits = false
			}
		}
		if fits && fixed > found {
			best, found = pattern, fixed
		}
	}
	if best == "" {
		return "", nil
	}
	return best, d.doc.Paths.Value(best)
}

func (d *document) checkUnknown(method, path string, response Response) error {
	safe := method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
	switch response.Status {
	case http.StatusForbidden:
		if safe {
			break
		}
		fallthrough
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestHeaderFieldsTooLarge:
		return d.checkProblem(method, response)
	case http.StatusOK, http.StatusNoContent:
		if method == http.MethodOptions && len(response.Body) == 0 {
			return nil
		}
	}
	if strings.HasPrefix(path, "/docs") {
		return nil
	}
	return fmt.Errorf("it does not know %s", path)
}

// checkProblem holds an answer that no operation gives against the one shape
// that it may have.
func (d *document) checkProblem(method string, response Response) error {
	declared := openapi3.NewResponse().WithContent(openapi3.Content{
		mediaProblem: {Schema: d.doc.Components.Schemas["Problem"]},
	})
	if response.Status == http.StatusMethodNotAllowed {
		allow := openapi3.Parameter{Required: true, Schema: openapi3.NewStringSchema().NewRef()}
		declared.Headers = openapi3.Headers{"Allow": {Value: &openapi3.Header{Parameter: allow}}}
	}
	if err := checkHeaders(declared, response, d.moreHeaders(&openapi3.Operation{})...); err != nil {
		return err
	}
	if err := checkBody(declared, response, method == http.MethodHead); err != nil || method == http.MethodHead {
		return err
	}
	return checkProblemMembers(response)
}

// checkCode holds a problem's code, or OAuth's error, against the operation's
// own list.
func checkCode(op *openapi3.Operation, response Response) (code string, err error) {
	if response.Status < http.StatusBadRequest {
		return "", nil
	}
	list := words(op, "x-error-codes")
	if list != nil {
		if err := checkProblemMembers(response); err != nil {
			return "", err
		}
		var p Problem
		_ = response.Decode(&p) // it was
		code = p.Code
	} else {
		list = words(op, "x-oauth-errors")
		var e struct{ Error string }
		if err := response.Decode(&e); err != nil {
			return "", err
		}
		code = e.Error
	}
	if !slices.Contains(list, code) {
		return "", fmt.Errorf("%s does not list the code %s", op.OperationID, code)
	}
	return code, nil
}

// checkProblemMembers: what a problem says twice, it says alike.
func checkProblemMembers(response Response) error {
	var p Problem
	if err := response.Decode(&p); err != nil {
		return fmt.Errorf("an error without a problem document: %w", err)
	}
	switch {
	case p.Status != response.Status:
		return fmt.Errorf("the problem's status is %d", p.Status)
	case p.Type != "urn:latchkey:problem:"+p.Code:
		return fmt.Errorf("the problem's type is %s, its code %s", p.Type, p.Code)
	case p.RequestID != response.Header.Get("X-Request-Id") && response.Header.Get("Idempotency-Replayed") == "":
		return fmt.Errorf("the problem's request_id is not the X-Request-Id %s", response.Header.Get("X-Request-Id"))
	}
	return nil
}

// words reads an extension that is a list of strings; nil where it is not there.
func words(op *openapi3.Operation, name string) (list []string) {
	text, err := json.Marshal(op.Extensions[name])
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		panic(err) // the document is embedded
	}
	return list
}

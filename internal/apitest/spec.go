package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
)

// document is a specification to hold answers against. It is loaded and
// matched here, apart from the chassis under test.
type document struct{ doc *openapi3.T }

var (
	authSpec  = sync.OnceValue(func() *document { return load(authapi.SpecJSON) })
	usersSpec = sync.OnceValue(func() *document { return load(usersapi.SpecJSON) })
)

// kin-openapi refuses a body of a media type that it has no decoder for. The
// pages are text to it.
func init() {
	for _, media := range []string{"text/html", "text/css", "text/javascript", "image/svg+xml"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.PlainBodyDecoder)
	}
}

func load(text []byte) *document {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		panic(err) // the document is embedded
	}
	return &document{doc: doc}
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
	if pattern == "" || item.GetOperation(method) == nil {
		return d.checkUnknown(r.Method, path, response)
	}
	op := item.GetOperation(method)
	if r.Method == http.MethodHead {
		return nil // nothing but a status to compare, and headers of the GET
	}
	if err := checkCode(op, response); err != nil {
		return err
	}
	request, err := http.NewRequest(method, "http://test"+path, nil)
	if err != nil {
		return err
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: request,
			Route:   &routers.Route{Spec: d.doc, Path: pattern, PathItem: item, Method: method, Operation: op},
		},
		Status:  response.Status,
		Header:  response.Header,
		Body:    io.NopCloser(bytes.NewReader(response.Body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
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
		return d.checkProblem(response)
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

func (d *document) checkProblem(response Response) error {
	var value any
	if err := json.Unmarshal(response.Body, &value); err != nil {
		return err
	}
	return d.doc.Components.Schemas["Problem"].Value.VisitJSON(value, openapi3.VisitAsResponse())
}

// checkCode holds a problem's code, or OAuth's error, against the operation's
// own list.
func checkCode(op *openapi3.Operation, response Response) error {
	if response.Status < http.StatusBadRequest {
		return nil
	}
	var p struct{ Code, Error string }
	if err := json.Unmarshal(response.Body, &p); err != nil {
		return fmt.Errorf("an error without a problem document: %w", err)
	}
	list, got := op.Extensions["x-error-codes"], p.Code
	if list == nil {
		list, got = op.Extensions["x-oauth-errors"], p.Error
	}
	var codes []string
	text, err := json.Marshal(list)
	if err == nil {
		err = json.Unmarshal(text, &codes)
	}
	if err != nil {
		return err
	}
	if !slices.Contains(codes, got) {
		return fmt.Errorf("%s does not list the code %s", op.OperationID, got)
	}
	return nil
}

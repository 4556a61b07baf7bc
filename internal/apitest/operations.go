package apitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is one operation of one service's document, read here apart from
// the chassis under test.
type Operation struct {
	Service      string // auth or users
	ID           string
	Method, Path string
	Spec         *openapi3.Operation
	// Codes are the error codes that it lists, OAuth's where it is OAuth's.
	Codes []string
	OAuth bool
}

// Operations lists the operations of a service, by id.
func Operations(service string) (all []Operation) {
	document := authSpec()
	if service == document.service {
		return document.operations()
	}
	return usersSpec().operations()
}

func (d *document) operations() (all []Operation) {
	for path, item := range d.doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := Operation{Service: d.service, ID: op.OperationID, Method: method, Path: path, Spec: op, Codes: words(op, "x-error-codes")}
			if errors := words(op, "x-oauth-errors"); errors != nil {
				o.Codes, o.OAuth = errors, true
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Statuses lists the statuses that an operation declares, in order.
func (o Operation) Statuses() (all []string) {
	for status := range o.Spec.Responses.Map() {
		all = append(all, status)
	}
	slices.Sort(all)
	return all
}

// ErrorExamples gives the words of each example of an error, by its status.
func (o Operation) ErrorExamples() map[string]string {
	all := map[string]string{}
	for _, status := range o.Statuses() {
		for _, content := range o.Spec.Responses.Value(status).Value.Content {
			if status >= "4" {
				all[status] = WordsOf(content.Example)
			}
		}
	}
	return all
}

// Declares says whether an operation declares a status, or lists a code.
func (o Operation) Declares(what string) bool {
	return o.Spec.Responses.Value(what) != nil || slices.Contains(o.Codes, what)
}

// TakesBearer says whether a bearer token is one way in.
func (o Operation) TakesBearer() bool {
	return slices.ContainsFunc(*o.Spec.Security, func(r openapi3.SecurityRequirement) bool { return r["bearerAuth"] != nil })
}

// Extension reads one of our extensions, where there is one.
func (o Operation) Extension(t testing.TB, name string, into any) {
	t.Helper()
	text, err := json.Marshal(o.Spec.Extensions[name])
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %s: %v", o.ID, name, err)
	}
}

// Sample is a request that fits the document: what must be sent, and the body
// where there may be one, as the document's own examples have them.
func (o Operation) Sample(bearer string) Request {
	r := Request{Method: o.Method, Path: o.Path, Token: bearer}
	for _, ref := range o.Spec.Parameters {
		if p := ref.Value; p.In == openapi3.ParameterInPath {
			r.Path = strings.ReplaceAll(r.Path, "{"+p.Name+"}", url.PathEscape(fmt.Sprint(p.Example)))
		}
	}
	if o.Spec.RequestBody == nil {
		return r
	}
	for media, content := range o.Spec.RequestBody.Value.Content {
		r.Body = content.Example
		if media == mediaForm {
			form := url.Values{}
			for name, value := range content.Example.(map[string]any) {
				form.Set(name, fmt.Sprint(value))
			}
			r.Body = form
		}
	}
	return r
}

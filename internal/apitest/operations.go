package apitest

import (
	"cmp"
	"slices"

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

// Declares says whether an operation declares a status, or lists a code.
func (o Operation) Declares(what string) bool {
	return o.Spec.Responses.Value(what) != nil || slices.Contains(o.Codes, what)
}

package hammer

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The services.
const (
	authService  = "auth"
	usersService = "users"
)

// operation is one operation as the generator sees it.
type operation struct {
	service, id, method, path string
	others                    []string // methods that the path has not
	params                    []*openapi3.Parameter
	media                     string // of the body; empty where there is none
	body                      *openapi3.Schema
	bodyRequired              bool
	clients                   bool // OAuth's: clients prove themselves
	// bounds are gone through first, then edges in every other request.
	bounds, edges []mutation
}

const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
)

// operationsOf reads a document, in an order that does not change.
func operationsOf(service string, text []byte) ([]*operation, error) {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	var all []*operation
	for path, item := range doc.Paths.Map() {
		methods := slices.Sorted(maps.Keys(item.Operations()))
		for method, spec := range item.Operations() {
			op := &operation{service: service, id: spec.OperationID, method: method, path: path, clients: spec.Extensions["x-oauth-errors"] != nil}
			for _, other := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
				if !slices.Contains(methods, other) {
					op.others = append(op.others, other)
				}
			}
			for _, ref := range slices.Concat(item.Parameters, spec.Parameters) {
				op.params = append(op.params, ref.Value)
			}
			if spec.RequestBody != nil {
				op.bodyRequired = spec.RequestBody.Value.Required
				for media, content := range spec.RequestBody.Value.Content {
					op.media, op.body = media, content.Schema.Value
				}
			}
			op.findEdges()
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
	return all, nil
}

// in are the parameters of one place.
func (op *operation) in(place string) []*openapi3.Parameter {
	return slices.DeleteFunc(slices.Clone(op.params), func(p *openapi3.Parameter) bool { return p.In != place })
}

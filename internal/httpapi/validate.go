package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// kin-openapi ignores formats that nobody registered. The check is of the
// text form only, as google/uuid parses several others.
func init() {
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(text string) error {
		if len(text) != 36 {
			return errors.New("must be a UUID")
		}
		_, err := uuid.Parse(text)
		return err
	}))
}

// validate checks path, query, headers and body against the document. All
// that is wrong is told at once.
func (a *API) validate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := stateOf(r.Context())
		op := s.op
		value, parsed, err := readBody(w, r, op)
		if err != nil {
			Write(w, r, err)
			return
		}
		fields := op.checkParameters(r)
		if parsed {
			fields = append(fields, checkBody(op.body, value)...)
		}
		if len(fields) > 0 {
			Write(w, r, fault.Fields(fields...))
			return
		}
		if op.client {
			form, _ := value.(map[string]any)
			if s.client, err = clientCredentials(r, form); err != nil {
				Write(w, r, err)
				return
			}
		}
		s.body = value
		next.ServeHTTP(w, r)
	})
}

// checkParameters validates everything but the body.
func (op *Operation) checkParameters(r *http.Request) []fault.Field {
	query, fields := op.parseQuery(r)
	if query == nil && r.URL.RawQuery != "" || len(op.params) == 0 {
		return fields
	}
	path := map[string]string{}
	route := chi.RouteContext(r.Context()).URLParams
	for i, key := range route.Keys {
		value, err := url.PathUnescape(route.Values[i])
		if err != nil || !cleanText(value) {
			return []fault.Field{{Pointer: "path." + key, Detail: "is not valid text"}}
		}
		path[key] = value
	}
	var input *openapi3filter.RequestValidationInput // made for the first that needs it
	for _, param := range op.params {
		sent := valuesOf(r, param, query)
		switch {
		case !param.Required && len(sent) == 0 && param.In != openapi3.ParameterInCookie:
			continue
		case param.In == openapi3.ParameterInHeader && len(sent) > 1:
			fields = append(fields, fault.Field{Pointer: pointerOf(param), Detail: "may be sent once only"})
			continue
		case param.In == openapi3.ParameterInQuery && len(sent) > 0 && !spelledRight(param.Schema.Value, sent[0]):
			fields = append(fields, fault.Field{Pointer: pointerOf(param), Detail: wrongType})
			continue
		}
		if input == nil {
			input = op.validationInput(r, path, query)
		}
		if err := op.checkParameter(r, param, input); err != nil {
			fields = append(fields, fault.Field{Pointer: pointerOf(param), Detail: parameterDetail(err)})
		}
	}
	return fields
}

// valuesOf are the values that a parameter was sent with, of a kind that may be
// left out; a cookie's are openapi3filter's to find.
func valuesOf(r *http.Request, param *openapi3.Parameter, query url.Values) []string {
	switch param.In {
	case openapi3.ParameterInQuery:
		return query[param.Name]
	case openapi3.ParameterInHeader:
		return r.Header.Values(param.Name)
	}
	return nil
}

func (op *Operation) validationInput(r *http.Request, path map[string]string, query url.Values) *openapi3filter.RequestValidationInput {
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: path, QueryParams: query, Options: parameterOptions,
		Route: &routers.Route{
			Spec: version30, Method: op.Method, Path: op.Pattern, PathItem: op.path, Operation: op.spec,
		},
	}
}

// checkParameter validates one. Text in a path is what it is: it needs no
// decoding by style.
func (op *Operation) checkParameter(r *http.Request, param *openapi3.Parameter, input *openapi3filter.RequestValidationInput) error {
	if schema := param.Schema.Value; param.In == openapi3.ParameterInPath && schema.Type.Is(openapi3.TypeString) {
		return schema.VisitJSON(input.PathParams[param.Name], openapi3.EnableFormatValidation())
	}
	return openapi3filter.ValidateParameter(r.Context(), input, param)
}

// version30 is all that openapi3filter reads of a document.
var version30 = &openapi3.T{OpenAPI: "3.0.3"}

var parameterOptions = &openapi3filter.Options{
	SkipSettingDefaults:     true,
	SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.EnableFormatValidation()},
}

// parseQuery refuses what a lenient parser would guess at: bad escapes,
// unknown names, a name sent twice. The values are nil where there are none,
// or none can be read; what is named in the fields is left out of them.
func (op *Operation) parseQuery(r *http.Request) (url.Values, []fault.Field) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, []fault.Field{{Pointer: "query", Detail: "is not well formed"}}
	}
	var fields []fault.Field
	for _, name := range slices.Sorted(maps.Keys(query)) {
		pointer, detail := "query."+shorten(name), ""
		switch values := query[name]; {
		case !cleanText(name):
			pointer, detail = "query", "is not valid text"
		case !op.query[name]:
			detail = "is not a parameter of this operation"
		case len(values) > 1:
			detail = "may be sent once only"
		case !cleanText(values[0]):
			detail = "is not valid text"
		default:
			continue
		}
		delete(query, name)
		if len(fields) < maxProblemFields {
			fields = append(fields, fault.Field{Pointer: pointer, Detail: detail})
		}
	}
	return query, fields
}

func checkBody(schema *openapi3.Schema, value any) []fault.Field {
	err := schema.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors(), openapi3.EnableFormatValidation())
	if err == nil {
		return nil
	}
	return bodyFields(err, nil)
}

func bodyFields(err error, fields []fault.Field) []fault.Field {
	var many openapi3.MultiError
	if errors.As(err, &many) {
		for _, one := range many {
			fields = bodyFields(one, fields)
		}
		return fields
	}
	var schemaErr *openapi3.SchemaError
	if !errors.As(err, &schemaErr) {
		return append(fields, fault.Field{Detail: "does not fit the schema"})
	}
	pointer := ""
	for _, step := range schemaErr.JSONPointer() {
		pointer += pointerStep(step)
	}
	if schemaErr.SchemaField == "properties" {
		return unknownMembers(schemaErr, pointer, fields)
	}
	return append(fields, fault.Field{Pointer: pointer, Detail: schemaDetail(schemaErr)})
}

// unknownMembers points at each member that a closed schema does not know.
// kin-openapi reports them one by one, each time at the object.
func unknownMembers(err *openapi3.SchemaError, object string, fields []fault.Field) []fault.Field {
	detail := schemaDetail(err)
	told := func(f fault.Field) bool {
		return f.Detail == detail && f.Pointer[:max(0, strings.LastIndexByte(f.Pointer, '/'))] == object
	}
	if len(fields) >= maxProblemFields || slices.ContainsFunc(fields, told) {
		return fields
	}
	members, _ := err.Value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err.Schema.Properties[name] == nil && len(fields) < maxProblemFields {
			fields = append(fields, fault.Field{Pointer: object + pointerStep(name), Detail: detail})
		}
	}
	return fields
}

// pointerStep is one step of a JSON pointer, escaped (RFC 6901, section 3).
func pointerStep(name string) string {
	return "/" + shorten(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
}

// schemaDetail says what a schema asks for, from the schema alone: the value
// that was sent is never repeated.
func schemaDetail(err *openapi3.SchemaError) string {
	schema := err.Schema
	switch err.SchemaField {
	case "required":
		return "is required"
	case "properties", "additionalProperties":
		return "is not a member of this object"
	case "type":
		if schema.Type != nil && len(*schema.Type) > 0 {
			return "must be of type " + strings.Join(*schema.Type, " or ")
		}
	case "nullable":
		return "must not be null"
	case "minLength":
		return fmt.Sprintf("must be at least %d characters long", schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("must be at most %d characters long", *schema.MaxLength)
	case "minItems":
		return fmt.Sprintf("must hold at least %d items", schema.MinItems)
	case "maxItems":
		return fmt.Sprintf("must hold at most %d items", *schema.MaxItems)
	case "uniqueItems":
		return "must not hold the same item twice"
	case "minProperties":
		return fmt.Sprintf("must have at least %d members", schema.MinProps)
	case "minimum":
		return fmt.Sprintf("must be at least %v", *schema.Min)
	case "maximum":
		return fmt.Sprintf("must be at most %v", *schema.Max)
	case "pattern":
		return "must match " + shorten(schema.Pattern)
	case "format":
		return "must be of the format " + schema.Format
	case "enum":
		return "must be one of the listed values"
	case "not":
		return "holds members that exclude each other"
	}
	return "does not fit the schema"
}

// wrongType is what is wrong with a parameter that is no such value.
const wrongType = "is not of the right type"

func parameterDetail(err error) string {
	var schemaErr *openapi3.SchemaError
	switch {
	case errors.As(err, &schemaErr):
		return schemaDetail(schemaErr)
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		return "is required"
	case errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
		return "must not be empty"
	}
	return wrongType
}

func pointerOf(param *openapi3.Parameter) string { return param.In + "." + param.Name }

// cleanText reports whether text is valid UTF-8 without NUL: what PostgreSQL
// can store.
func cleanText(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// shorten keeps what a client named from filling an answer.
func shorten(text string) string {
	const most = 150
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

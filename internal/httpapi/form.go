package httpapi

import (
	"errors"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"
)

// What is wrong with a form; the texts hold nothing of it.
var (
	errFormSyntax = errors.New("is not a form (application/x-www-form-urlencoded)")
	errFormText   = errors.New("holds text that is not valid UTF-8, or a NUL character")
	errFormTwice  = errors.New("holds the same parameter twice")
)

// parseForm reads a form by OAuth's rules (RFC 6749, section 3.2): a parameter
// that the schema does not know is ignored, one without a value was not sent,
// none may be there twice. It returns what is left, and the same as text, for
// the generated code to bind: what was not checked is not there for it to see.
func parseForm(schema *openapi3.Schema, text []byte) (form map[string]any, left string, err error) {
	sent, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, "", errFormSyntax
	}
	form, kept := map[string]any{}, url.Values{}
	for name, values := range sent {
		switch {
		case !cleanText(name) || !cleanText(values[0]):
			return nil, "", errFormText
		case len(values) > 1:
			return nil, "", errFormTwice
		case schema.Properties[name] != nil && values[0] != "":
			form[name] = values[0]
			kept.Set(name, values[0])
		}
	}
	return form, kept.Encode(), nil
}

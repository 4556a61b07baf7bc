package httpapi

import (
	"errors"
	"regexp"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// kin-openapi's own check of a date-time is of its form. A leap second and the
// 30th of February have that, and are no time.Time.
func init() {
	form := regexp.MustCompile(openapi3.FormatOfStringDateTime)
	openapi3.DefineStringFormatValidator("date-time", openapi3.NewCallbackValidator(func(text string) error {
		if !form.MatchString(text) {
			return errors.New("must be a time of RFC 3339")
		}
		_, err := time.Parse(time.RFC3339, text)
		return err
	}))
}

var integerText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// spelledRight reports whether the text of a parameter is a number or a boolean
// as JSON writes them. kin-openapi and the generated code go by strconv, which
// also takes "+5", "05", "T" and "1".
func spelledRight(schema *openapi3.Schema, text string) bool {
	switch {
	case schema.Type.Is(openapi3.TypeBoolean):
		return text == "true" || text == "false"
	case schema.Type.Is(openapi3.TypeInteger):
		return integerText.MatchString(text)
	}
	return true
}

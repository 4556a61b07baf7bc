package httpapi

import (
	"errors"
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/fault"
)

func formSchema() *openapi3.Schema {
	return openapi3.NewObjectSchema().WithProperty("token", openapi3.NewStringSchema()).WithProperty("scope", openapi3.NewStringSchema())
}

func TestParseForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		left string
		err  error
	}{
		"":                           {"", nil},
		"token=a":                    {"token=a", nil},
		"token=a+b%20c&scope=":       {"token=a+b+c", nil},
		"%74oken=a":                  {"token=a", nil},
		"token=%C3%A9":               {"token=%C3%A9", nil},
		"token=a&surplus=b&&=&c":     {"token=a", nil},
		"token=a&token=a":            {"", errFormTwice},
		"token=a&%74oken=b":          {"", errFormTwice},
		"token=&token=a":             {"", errFormTwice},
		"x=1&x=2":                    {"", errFormTwice},
		"token=a%00":                 {"", errFormText},
		"token=%ff":                  {"", errFormText},
		"x%00=a":                     {"", errFormText},
		"token=%":                    {"", errFormSyntax},
		"token=a;scope=b":            {"", errFormSyntax},
		`{"token":"a","scope":"%z"}`: {"", errFormSyntax},
	} {
		form, left, err := parseForm(formSchema(), []byte(text))
		if left != want.left || !errors.Is(err, want.err) || (err == nil) != (form != nil) {
			t.Errorf("%q: %q, %v; want %q, %v", text, left, err, want.left, want.err)
		}
	}
}

// FuzzParseForm: what the generated code binds is what was checked.
func FuzzParseForm(f *testing.F) {
	for _, text := range []string{"token=a&scope=b", "token=a&token=b", "%74oken=%25", "a;b", "token=\xff", "&&=&"} {
		f.Add([]byte(text))
	}
	schema := formSchema()
	f.Fuzz(func(t *testing.T, text []byte) {
		form, left, err := parseForm(schema, text)
		if err != nil {
			return
		}
		bound, err := url.ParseQuery(left)
		if err != nil || len(bound) != len(form) {
			t.Fatalf("%q leaves %q: %v", text, left, err)
		}
		for name, values := range bound {
			if schema.Properties[name] == nil || len(values) != 1 || form[name] != values[0] || values[0] == "" || !cleanText(values[0]) {
				t.Fatalf("%q leaves %q", text, left)
			}
		}
	})
}

// TestOAuthCode: whatever goes wrong has a name among OAuth's, and its
// description only characters that it may have.
func TestOAuthCode(t *testing.T) {
	t.Parallel()
	for kind := range statuses {
		if got := oauthErrorOf(fault.New(kind, "of_ours", "")).Error; got == "of_ours" {
			t.Errorf("kind %d is told as it is", kind)
		}
	}
	odd := fault.Fields(fault.Field{Pointer: "/token", Detail: "must match ^\"\\d é\n$"}, fault.Field{Detail: "is odd"})
	if got, want := oauthErrorOf(odd), (oauthError{fault.CodeInvalidRequest, "token: must match ^d $. is odd."}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// badForm is one form that must be refused, whoever sends it.
type badForm struct {
	body   string
	header http.Header
	status int
}

// badForms are made from an operation's schema; form is one that has all its
// parameters.
func badForms(form string, schema *openapi3.Schema) map[string]badForm {
	typed := func(values ...string) http.Header { return http.Header{"Content-Type": values} }
	const media = "application/x-www-form-urlencoded"
	cases := map[string]badForm{
		"nothing":             {body: "", status: 400},
		"a bad escape":        {body: form + "&x=%zz", status: 400},
		"half an escape":      {body: form + "&x=%4", status: 400},
		"a semicolon":         {body: form + ";x=y", status: 400},
		"NUL":                 {body: form + "&x=%00", status: 400},
		"bad UTF-8":           {body: form + "&x=%ff", status: 400},
		"bad UTF-8 in a name": {body: form + "&%ff=x", status: 400},
		"an unknown one twice": {
			body: form + "&surplus=1&surplus=2", status: 400,
		},
		"64 KiB and one":      {body: form + "&x=" + strings.Repeat("x", 64<<10-2-len(form)), status: 413},
		"JSON":                {body: `{"grant_type":"client_credentials","token":"x"}`, header: typed("application/json"), status: 415},
		"JSON as a form":      {body: `{"grant_type":"client_credentials","token":"x"}`, status: 400},
		"text":                {body: form, header: typed("text/plain"), status: 415},
		"a form of parts":     {body: form, header: typed("multipart/form-data; boundary=x"), status: 415},
		"another charset":     {body: form, header: typed(media + "; charset=latin1"), status: 415},
		"another parameter":   {body: form, header: typed(media + "; boundary=x"), status: 415},
		"two types":           {body: form, header: typed(media, media), status: 415},
		"no type":             {body: form, header: typed(), status: 415},
		"compressed":          {body: form, header: http.Header{"Content-Type": {media}, "Content-Encoding": {"gzip"}}, status: 415},
		"compressed, in name": {body: form, header: http.Header{"Content-Type": {media}, "Content-Encoding": {"identity"}}, status: 415},
		"headers of 17 KiB":   {body: form, header: http.Header{"Content-Type": {media}, "X-Large": {strings.Repeat("x", 17<<10)}}, status: 431},
		"from elsewhere":      {body: form, header: http.Header{"Content-Type": {media}, "Origin": {"https://elsewhere.example"}}, status: 403},
	}
	for name, parameter := range schema.Properties {
		cases[name+" twice"] = badForm{body: form + "&" + name + "=x", status: 400}
		cases[name+" too long"] = badForm{
			body: strings.Replace(form, name+"=", name+"="+strings.Repeat("x", int(*parameter.Value.MaxLength)), 1), status: 400,
		}
	}
	for _, name := range schema.Required {
		cases[name+" missing"] = badForm{body: strings.Replace(form, name+"=", "x-"+name+"=", 1), status: 400}
		without := strings.Split(form, "&")
		for i, pair := range without {
			if strings.HasPrefix(pair, name+"=") {
				without[i] = name + "="
			}
		}
		cases[name+" without a value"] = badForm{body: strings.Join(without, "&"), status: 400}
	}
	return cases
}

// oauthErrors are the errors of the statuses of refused input.
var oauthErrors = map[int]string{400: "invalid_request", 403: "access_denied", 413: "invalid_request", 415: "invalid_request", 431: "invalid_request"}

// refusesBadForms sends what does not fit to an operation of OAuth.
func refusesBadForms(t *testing.T, s *apitest.System, o operation, spec *openapi3.Operation) (sent int) {
	t.Helper()
	schema := spec.RequestBody.Value.Content["application/x-www-form-urlencoded"].Schema.Value
	var pairs []string
	for name := range schema.Properties {
		pairs = append(pairs, name+"=x")
	}
	form := strings.Join(pairs, "&")
	for name, c := range badForms(form, schema) {
		if c.header == nil {
			c.header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		}
		answer := s.Auth.Do(t, apitest.Request{Method: o.method, Path: o.path, Header: c.header, Body: c.body})
		if sent++; answer.Status != c.status {
			t.Errorf("%s, %s: %d, want %d\n%s", o.id, name, answer.Status, c.status, answer.Body)
			continue
		}
		answer.OAuthError(c.status, oauthErrors[c.status])
	}
	for _, query := range []string{"?grant_type=client_credentials", "?token=x", "?client_secret=x", "?%zz"} {
		s.Auth.PostForm(t, o.path+query, nil, apitest.Form("token", "x", "grant_type", "x")).OAuthError(http.StatusBadRequest, "invalid_request")
		sent++
	}
	return sent
}

// TestFormsAreReadByOAuthsRules: what RFC 6749, section 3.2, has a server let
// pass does pass.
func TestFormsAreReadByOAuthsRules(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	b := s.NewBackEnd(t, "users:read")
	header := func(media string) http.Header {
		h := b.Basic()
		h.Set("Content-Type", media)
		return h
	}
	const media = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		header http.Header
		body   string
	}{
		"plain":                {header(media), "grant_type=client_credentials"},
		"a charset":            {header(media + "; charset=UTF-8"), "grant_type=client_credentials"},
		"another case":         {header("Application/X-WWW-Form-Urlencoded"), "grant_type=client_credentials"},
		"an unknown parameter": {header(media), "grant_type=client_credentials&resource=https%3A%2F%2Fx.example&__proto__=x"},
		"without values":       {header(media), "grant_type=client_credentials&scope=&client_id=&client_secret=&x="},
		"escapes":              {header(media), "grant%5Ftype=client%5fcredentials&scope=users%3Aread"},
	} {
		t.Run(name, func(t *testing.T) {
			var grant apitest.ClientGrant
			s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: "/oauth/token", Header: c.header, Body: c.body}).Is(http.StatusOK).JSON(&grant)
			if grant.Scope != "users:read" {
				t.Errorf("the scope is %q", grant.Scope)
			}
		})
	}
	for _, path := range []string{"/oauth/token", "/oauth/introspect", "/oauth/revoke"} {
		answer := s.Auth.Get(t, path, "")
		if answer.Problem(http.StatusMethodNotAllowed, "method_not_allowed"); answer.Header.Get("Allow") != http.MethodPost {
			t.Errorf("%s: Allow is %q", path, answer.Header.Get("Allow"))
		}
		s.Auth.PostForm(t, path+"/", nil, apitest.Form("token", "x")).Problem(http.StatusNotFound, "not_found")
	}
}

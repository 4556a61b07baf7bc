package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// validBodies are what an operation with a body takes; the values are nobody's.
var validBodies = map[string]body{
	"register":           {"username": "newcomer", "email": "newcomer@example.com", "password": apitest.Password},
	"login":              {"login": "nobody", "password": "x", "transport": "body"},
	"refresh":            {"refresh_token": "v1.x.y.z"},
	"logout":             {"refresh_token": "v1.x.y.z"},
	"updateMe":           {"username": "renamed", "email": "renamed@example.com", "current_password": "x"},
	"deleteMe":           {"current_password": "x"},
	"changePassword":     {"current_password": "x", "new_password": newPassword},
	"forgotPassword":     {"email": "nobody@example.com"},
	"resetPassword":      {"token": "x", "new_password": newPassword},
	"verifyEmail":        {"token": "x"},
	"resendVerification": {"email": "nobody@example.com"},
	"createKey":          {"algorithm": "ES256"},
	"rotateKeys":         {"kid": strings.Repeat("x", 43)},
	"revokeKey":          {"active": false}, // no string, so nothing that no string may be
}

// badInput is one request that must be refused.
type badInput struct {
	body   any
	header http.Header
	status int
	// points is where all errors point; empty where that does not matter.
	points string
}

// with is a body with one member set to something else.
func (b members) with(name string, value any) body {
	out := maps.Clone(body(b))
	out[name] = value
	return out
}

// members are a body whose members can be exchanged.
type members body

// badInputs are made from an operation's schema.
func badInputs(valid body, schema *openapi3.Schema) map[string]badInput {
	text, err := json.Marshal(valid)
	if err != nil {
		panic(err) // strings
	}
	object := string(text)
	typed := func(media string) http.Header { return http.Header{"Content-Type": {media}} }
	cases := map[string]badInput{
		"an unknown member":    {body: members(valid).with("surplus", "x"), status: 400, points: "/surplus"},
		"__proto__":            {body: members(valid).with("__proto__", body{}), status: 400, points: "/__proto__"},
		"no object":            {body: `[` + object + `]`, status: 400},
		"null":                 {body: `null`, status: 400},
		"text":                 {body: `"x"`, status: 400},
		"half an object":       {body: object[:len(object)-1], status: 400},
		"two objects":          {body: object + object, status: 400},
		"a comment":            {body: object + "//", status: 400},
		"bad UTF-8":            {body: strings.Replace(object, `":"`, "\":\"\xff", 1), status: 400},
		"a lone surrogate":     {body: strings.Replace(object, `":"`, `":"\ud800`, 1), status: 400},
		"NUL":                  {body: strings.Replace(object, `":"`, `":"\u0000`, 1), status: 400},
		"deep":                 {body: `{"x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "}", status: 400},
		"64 KiB and one":       {body: object + strings.Repeat(" ", 64<<10+1-len(object)), status: 413},
		"text/plain":           {body: object, header: typed("text/plain"), status: 415},
		"a form":               {body: object, header: typed("application/x-www-form-urlencoded"), status: 415},
		"a form of parts":      {body: object, header: typed("multipart/form-data; boundary=x"), status: 415},
		"merge patch":          {body: object, header: typed("application/merge-patch+json"), status: 415},
		"UTF-16":               {body: object, header: typed("application/json; charset=utf-16"), status: 415},
		"two types":            {body: object, header: http.Header{"Content-Type": {"application/json", "text/plain"}}, status: 415},
		"no type":              {body: object, header: typed(""), status: 415},
		"gzip":                 {body: object, header: http.Header{"Content-Encoding": {"gzip"}}, status: 415},
		"identity":             {body: object, header: http.Header{"Content-Encoding": {"identity"}}, status: 415},
		"headers of 17 KiB":    {body: object, header: http.Header{"X-Filler": {strings.Repeat("x", 17<<10)}}, status: 431},
		"all members as twins": {body: strings.Replace(object, "{", "{"+strings.ToUpper(object[1:strings.Index(object, ":")])+`:"x",`, 1), status: 400},
	}
	for name, member := range schema.Properties {
		maps.Copy(cases, badMembers(valid, name, object, member.Value, slices.Contains(schema.Required, name)))
	}
	if !strings.Contains(object, `":"`) {
		for _, what := range []string{"bad UTF-8", "a lone surrogate", "NUL"} {
			delete(cases, what)
		}
	}
	return cases
}

// badMembers are values of the wrong type or size for one member.
func badMembers(valid body, name, object string, schema *openapi3.Schema, required bool) map[string]badInput {
	cases := map[string]badInput{}
	wrong := func(what string, value any) {
		cases[name+" is "+what] = badInput{body: members(valid).with(name, value), status: 400, points: "/" + name}
	}
	for what, value := range map[string]any{
		"a number": 7, "true": true, "null": nil, "a list": []string{"x"}, "an object": body{"x": "y"}, "empty": "",
	} {
		right := schema.Type.Is("boolean") && what == "true" || schema.Type.Is("integer") && what == "a number" && schema.Enum == nil
		if !right {
			wrong(what, value)
		}
	}
	if schema.MaxLength != nil {
		wrong("one too long", strings.Repeat("a", int(*schema.MaxLength)+1))
	}
	if len(schema.Enum) > 0 {
		wrong("none of the set", "x")
		one := fmt.Sprint(schema.Enum[0])
		wrong("of the wrong case", strings.Map(func(c rune) rune { return c ^ ' ' }, one[:1])+one[1:])
	}
	if required {
		without := maps.Clone(valid)
		delete(without, name)
		cases[name+" is missing"] = badInput{body: without, status: 400, points: "/" + name}
	}
	twice := fmt.Sprintf(`{%q:%q,%s`, name, valid[name], object[1:])
	cases[name+" is there twice"] = badInput{body: twice, status: 400}
	return cases
}

// TestS52S72S73S74BadInputChangesNothing: what does not fit the specification is refused,
// at the first look.
func TestS52S72S73S74BadInputChangesNothing(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := anAdmin(t, s) // who is let in everywhere
	before := everything(t, s)
	unused, doc, sent := maps.Clone(validBodies), authDocument(t), 0
	for _, o := range operations(t) {
		r := apitest.Request{Method: o.method, Path: o.fill(person)}
		if o.secured && o.id != "logout" { // its token would do
			r.Token = person.AccessToken
		}
		spec := doc.Paths.Value(o.path).GetOperation(o.method)
		if spec.RequestBody == nil {
			sent += refusesABody(t, s, o, r)
			continue
		}
		if o.oauth {
			sent += refusesBadForms(t, s, o, spec)
			continue
		}
		valid, known := validBodies[o.id]
		if delete(unused, o.id); !known {
			t.Errorf("%s has no valid body", o.id)
			continue
		}
		for name, c := range badInputs(valid, spec.RequestBody.Value.Content["application/json"].Schema.Value) {
			sent++
			bad := r
			bad.Body, bad.Header = c.body, c.header
			answer := s.Auth.Do(t, bad)
			var p apitest.Problem
			answer.JSON(&p)
			if answer.Status != c.status || c.points != "" && !slices.Equal(slices.Compact(p.Pointers()), []string{c.points}) {
				t.Errorf("%s, %s: %d, want %d and %s\n%s", o.id, name, answer.Status, c.status, c.points, answer.Body)
			}
		}
	}
	for id := range unused {
		t.Errorf("validBodies has %s, which takes none", id)
	}
	if after := everything(t, s); after != before {
		t.Errorf("something has changed:\n%s\nwas:\n%s", after, before)
	}
	s.Refresh(t, person.RefreshToken)
	t.Logf("%d requests", sent)
}

// refusesABody sends one where the specification has none, and what the path
// and the query can't hold.
func refusesABody(t *testing.T, s *apitest.System, o operation, r apitest.Request) (sent int) {
	t.Helper()
	for what, c := range map[string]badInput{
		"an object": {body: body{}, status: 400}, "text": {body: "x", header: http.Header{"Content-Type": {"text/plain"}}, status: 400},
		"100 KiB": {body: strings.Repeat(" ", 100<<10), status: 400},
	} {
		bad := r
		bad.Body, bad.Header = c.body, c.header
		if got := s.Auth.Do(t, bad).Status; got != c.status && got != http.StatusRequestEntityTooLarge && got != http.StatusUnsupportedMediaType {
			t.Errorf("%s with a body, %s: %d", o.id, what, got)
		}
		sent++
	}
	for _, query := range []string{"?surplus=1", "?token=x", "?%zz", "?a;b"} {
		bad := r
		bad.Path += query
		if got := s.Auth.Do(t, bad).Status; got != http.StatusBadRequest {
			t.Errorf("%s%s: %d", o.id, query, got)
		}
		sent++
	}
	for _, value := range []string{"x", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2", "01936a7e5c1d7c4b9f550d8f5c3a1b2e", "%7B01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e%7D", "urn:uuid:01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", "%00", "%c3%28"} {
		if !strings.Contains(o.path, "{") || o.id == "getPageAsset" {
			break
		}
		bad := r
		bad.Path = strings.NewReplacer("{user}", value, "{session}", value).Replace(o.path)
		s.Auth.Do(t, bad).Problem(http.StatusBadRequest, "invalid_request")
		sent++
	}
	return sent
}

package httpapi

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestBody: whatever the closed schema does not allow is told by its place.
func TestBody(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for name, tc := range map[string]struct {
		body string
		want []string // nil: accepted
	}{
		"least":                 {`{"username":"bob"}`, nil},
		"all":                   {`{"username":"bob","password":"p","size":3,"kind":"flat","id":"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e","note":null,"tags":["a","b"],"inner":{"a/b~c":true}}`, nil},
		"escaped name":          {`{"\u0075sername":"bob"}`, nil},
		"missing":               {`{}`, []string{"/username"}},
		"null":                  {`{"username":null}`, []string{"/username"}},
		"a number":              {`{"username":7}`, []string{"/username"}},
		"an object":             {`{"username":{"a":1}}`, []string{"/username"}},
		"too short":             {`{"username":"bo"}`, []string{"/username"}},
		"too long":              {`{"username":"b` + strings.Repeat("o", 32) + `"}`, []string{"/username"}},
		"pattern":               {`{"username":"böb"}`, []string{"/username"}},
		"pattern, line break":   {`{"username":"bob\n"}`, []string{"/username"}},
		"below":                 {`{"username":"bob","size":0}`, []string{"/size"}},
		"above":                 {`{"username":"bob","size":10}`, []string{"/size"}},
		"no integer":            {`{"username":"bob","size":1.5}`, []string{"/size"}},
		"not in the list":       {`{"username":"bob","kind":"square"}`, []string{"/kind"}},
		"no uuid":               {`{"username":"bob","id":"01936a7e5c1d7c4b9f550d8f5c3a1b2e"}`, []string{"/id"}},
		"too many items":        {`{"username":"bob","tags":["a","b","c"]}`, []string{"/tags"}},
		"an item twice":         {`{"username":"bob","tags":["a","a"]}`, []string{"/tags"}},
		"in an item":            {`{"username":"bob","tags":["a",1]}`, []string{"/tags/1"}},
		"in an object":          {`{"username":"bob","inner":{"a/b~c":1}}`, []string{"/inner/a~1b~0c"}},
		"an array":              {`[{"username":"bob"}]`, []string{""}},
		"a string":              {`"bob"`, []string{""}},
		"null alone":            {`null`, []string{""}},
		"all at once":           {`{"password":"","size":0,"kind":"x","id":"x","tags":[1],"inner":[]}`, []string{"/id", "/inner", "/kind", "/password", "/size", "/tags/0", "/username"}},
		"other case":            {`{"username":"bob","Username":"x"}`, []string{"/Username"}},
		"other case alone":      {`{"Username":"bob"}`, []string{"/Username", "/username"}},
		"long s":                {`{"username":"bob","paſſword":"x"}`, []string{"/paſſword"}},
		"unknown member":        {`{"username":"bob","role":"admin"}`, []string{"/role"}},
		"two unknown members":   {`{"username":"bob","id_":1,"verified":true}`, []string{"/id_", "/verified"}},
		"empty name":            {`{"username":"bob","":1}`, []string{"/"}},
		"unknown, in an object": {`{"username":"bob","inner":{"x/y":1}}`, []string{"/inner/x~1y"}},
		"unknown beside wrong":  {`{"size":0,"frob":1,"inner":{"x":1}}`, []string{"/frob", "/inner/x", "/size", "/username"}},
		// What encoding/json would take, by its first and its last reading.
		"duplicate":       {`{"username":"bob","username":"x"}`, []string{""}},
		"trailing":        {`{"username":"bob"}{}`, []string{""}},
		"byte order mark": {"\xef\xbb\xbf" + `{"username":"bob"}`, []string{""}},
		"NUL":             {`{"username":"bob\u0000"}`, []string{""}},
		"lone surrogate":  {`{"username":"bob\ud800"}`, []string{""}},
		"bad UTF-8":       {"{\"username\":\"bob\xff\"}", []string{""}},
		"empty text":      {` `, []string{""}},
		"deep":            {strings.Repeat(`{"a":`, 10_000), []string{""}},
		"1e999":           {`{"username":"bob","size":1e999}`, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send("POST", "/things", tc.body)
			if tc.want == nil {
				if got := wantSeen(t, answer).Body; got != tc.body {
					t.Errorf("the handler reads %q", got)
				}
				return
			}
			p := wantProblem(t, answer, 400, "invalid_request")
			got := pointers(p)
			if !slices.Equal(got, tc.want) {
				t.Errorf("it points at %q, want %q", got, tc.want)
			}
			for _, field := range p.Errors {
				if field.Detail == "" || field.Detail == "does not fit the schema" || len(field.Detail) > 300 {
					t.Errorf("%s: the detail is %q", field.Pointer, field.Detail)
				}
			}
		})
	}
}

// TestNoBody: where one is asked for, and where none is.
func TestNoBody(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	chunked := func(body string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(strings.NewReader(body)), -1, []string{"chunked"}
		}
	}
	typed := withHeader("Content-Type", "application/json")
	nothing := func(*http.Request) {}
	for name, tc := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status             int
	}{
		"required, none":            {"POST", "/things", "", typed, 400},
		"required, none, untyped":   {"POST", "/things", "", nothing, 400},
		"required, none, text":      {"POST", "/things", "", withHeader("Content-Type", "text/plain"), 415},
		"required, no chunks":       {"POST", "/things", "", func(r *http.Request) { typed(r); chunked("")(r) }, 400},
		"optional, none":            {"PATCH", "/things", "", nothing, 200},
		"optional, none, typed":     {"PATCH", "/things", "", typed, 200},
		"optional, no chunks":       {"PATCH", "/things", "", func(r *http.Request) { typed(r); chunked("")(r) }, 200},
		"optional, one":             {"PATCH", "/things", `{"username":"bob"}`, nothing, 200},
		"optional, a bad one":       {"PATCH", "/things", `{"username":"b"}`, nothing, 400},
		"body on GET":               {"GET", "/things", `{}`, nothing, 400},
		"body on GET, in chunks":    {"GET", "/things", "", chunked("{}"), 400},
		"body on GET, another type": {"GET", "/things", "x", withHeader("Content-Type", "text/plain"), 400},
		"body on DELETE":            {"DELETE", "/things/01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", `{}`, nothing, 400},
		"type on GET":               {"GET", "/things", "", typed, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send(tc.method, tc.path, tc.body, tc.change)
			switch tc.status {
			case 200:
				wantSeen(t, answer)
			case 400:
				wantProblem(t, answer, 400, "invalid_request")
			default:
				wantProblem(t, answer, 415, "unsupported_media_type")
			}
		})
	}
}

// TestS79ValuesAreNotRepeated: an answer may name what was sent, never quote it.
func TestS79ValuesAreNotRepeated(t *testing.T) {
	t.Parallel()
	const canary = "hunter2canary"
	c := newChassis(t, nil)
	for name, send := range map[string]func() *http.Response{
		"pattern": func() *http.Response { return c.send("POST", "/things", `{"username":"`+canary+`!"}`) },
		"too long": func() *http.Response {
			return c.send("POST", "/things", `{"username":"`+strings.Repeat(canary, 4)+`"}`)
		},
		"list":           func() *http.Response { return c.send("POST", "/things", `{"username":"bob","kind":"`+canary+`"}`) },
		"wrong type":     func() *http.Response { return c.send("POST", "/things", `{"username":"bob","size":"`+canary+`"}`) },
		"format":         func() *http.Response { return c.send("POST", "/things", `{"username":"bob","id":"`+canary+`"}`) },
		"unknown member": func() *http.Response { return c.send("POST", "/things", `{"username":"bob","frob":"`+canary+`"}`) },
		"beside another": func() *http.Response { return c.send("POST", "/things", `{"username":"b","password":"`+canary+`"}`) },
		"items":          func() *http.Response { return c.send("POST", "/things", `{"username":"bob","tags":["`+canary+`"]}`) },
		"twice": func() *http.Response {
			return c.send("POST", "/things", `{"password":"`+canary+`","password":"`+canary+`"}`)
		},
		"syntax":        func() *http.Response { return c.send("POST", "/things", `{"password":"`+canary+`"`) },
		"number":        func() *http.Response { return c.send("POST", "/things", canary) },
		"query":         func() *http.Response { return c.send("GET", "/things?limit="+canary, "") },
		"unknown query": func() *http.Response { return c.send("GET", "/things?frob="+canary, "") },
		"query escape":  func() *http.Response { return c.send("GET", "/things?q="+canary+"%zz", "") },
		"header":        func() *http.Response { return c.send("GET", "/things", "", withHeader("If-Match", canary+canary)) },
		"path":          func() *http.Response { return c.send("GET", "/things/"+canary+"!", "") },
		"no path":       func() *http.Response { return c.send("GET", "/"+canary, "") },
		"media type":    func() *http.Response { return c.send("POST", "/things", "{}", withHeader("Content-Type", canary)) },
		"token":         func() *http.Response { return c.send("GET", "/own", "", withHeader("Authorization", "Bearer "+canary)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := send()
			if body := bodyOf(t, answer); answer.StatusCode < 400 || strings.Contains(body, canary) {
				t.Errorf("got %d %s", answer.StatusCode, body)
			}
			for name, values := range answer.Header {
				if strings.Contains(strings.Join(values, ""), canary) {
					t.Errorf("%s is %q", name, values)
				}
			}
			if strings.Contains(c.log.String(), canary) {
				t.Error("it is in the log")
			}
		})
	}
}

package httpapi

import (
	"slices"
	"strings"
	"testing"
)

func TestLoadSpec(t *testing.T) {
	t.Parallel()
	spec, err := LoadSpec([]byte(tinySpec), nil)
	if err != nil {
		t.Fatal(err)
	}
	op := spec.Operation("HEAD", "/counted")
	if op == nil || op != spec.Operation("GET", "/counted") {
		t.Fatal("HEAD is not GET's")
	}
	if op.ID != "countedByCaller" || !op.Access.Self || !slices.Equal(op.Access.Scopes, []string{"things:read"}) ||
		!slices.Equal(op.Limits, []Limit{{Requests: 3, Window: 60, Key: "caller"}}) || op.bearer != bearerRequired {
		t.Errorf("read as %+v", op)
	}
	for pattern, want := range map[string]bearerNeed{"/open": bearerIgnored, "/leave": bearerOptional, "/closed": bearerRequired} {
		if got := spec.Operation("GET", pattern).bearer; got != want {
			t.Errorf("%s: bearer is %d, want %d", pattern, got, want)
		}
	}
	for _, absent := range [][2]string{{"PUT", "/counted"}, {"GET", "/nowhere"}, {"GET", "/things/abc"}, {"", ""}} {
		if got := spec.Operation(absent[0], absent[1]); got != nil {
			t.Errorf("%v is %s", absent, got.ID)
		}
	}
	if all := spec.Operations(); !slices.IsSortedFunc(all, func(a, b *Operation) int { return strings.Compare(a.ID, b.ID) }) || len(all) != 21 {
		t.Errorf("%d operations, or not in order", len(all))
	}
}

// TestLoadSpecRefuses: a slip in one of our extensions stops the start.
func TestLoadSpecRefuses(t *testing.T) {
	t.Parallel()
	document := func(members string) string {
		return `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"post":{"responses":{},` + members + `}}}}`
	}
	if _, err := LoadSpec([]byte(document(`"x-ratelimit":[{"requests":1,"window":1,"key":"ip"}]`)), nil); err != nil {
		t.Fatalf("a good document is refused: %v", err)
	}
	const keyParameter = `{"name":"Idempotency-Key","in":"header","schema":{"type":"string"}}`
	for name, text := range map[string]string{
		"no document":         `{`,
		"limit of zero":       document(`"x-ratelimit":[{"requests":0,"window":60,"key":"ip"}]`),
		"window of zero":      document(`"x-ratelimit":[{"requests":1,"window":0,"key":"ip"}]`),
		"unknown key":         document(`"x-ratelimit":[{"requests":1,"window":60,"key":"moon"}]`),
		"no key":              document(`"x-ratelimit":[{"requests":1,"window":60}]`),
		"limit, a slip":       document(`"x-ratelimit":[{"requests":1,"windows":60,"key":"ip"}]`),
		"limit, no list":      document(`"x-ratelimit":{"requests":1,"window":60,"key":"ip"}`),
		"access, a slip":      document(`"x-access":{"scope":["a"]}`),
		"access, a word":      document(`"x-access":"admin"`),
		"codes, no list":      document(`"x-error-codes":"not_found"`),
		"a body that is text": document(`"requestBody":{"content":{"text/plain":{"schema":{"type":"string"}}}}`),
		"a form, no OAuth":    document(`"requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object"}}}}`),
		"OAuth in JSON":       document(`"x-oauth-errors":["invalid_request"],"requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}}`),
		"two media types":     document(`"requestBody":{"content":{"application/json":{"schema":{"type":"object"}},"application/x-www-form-urlencoded":{"schema":{"type":"object"}}}}`),
		"a key of nobody":     document(`"parameters":[` + keyParameter + `],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1}}}}}}`),
		"a name left out":     document(`"parameters":[` + keyParameter + `],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"username":{"type":"string","minLength":1}}}}}}`),
		"a name of nothing":   document(`"parameters":[` + keyParameter + `],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["username"],"properties":{"username":{"type":"string"}}}}}}`),
		"a key without body":  document(`"parameters":[` + keyParameter + `]`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := LoadSpec([]byte(text), nil); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// TestWhoseBusinessSecurityIs: bearer tokens are the chassis's, and so is
// reading a client's proof; any other scheme is not.
func TestWhoseBusinessSecurityIs(t *testing.T) {
	t.Parallel()
	for security, want := range map[string]struct {
		bearer bearerNeed
		client bool
	}{
		`[]`:                                     {bearerIgnored, false},
		`[{"bearerAuth":[]}]`:                    {bearerRequired, false},
		`[{"bearerAuth":[]},{}]`:                 {bearerOptional, false},
		`[{"clientBasic":[]},{}]`:                {bearerIgnored, true},
		`[{"clientBasic":[]}]`:                   {bearerIgnored, true},
		`[{"bearerAuth":[]},{"clientBasic":[]}]`: {bearerOptional, true},
	} {
		text := `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"security":[{"bearerAuth":[]}],"paths":{"/a":{"post":{"responses":{},"security":` + security + `}}}}`
		spec, err := LoadSpec([]byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if op := spec.Operation("POST", "/a"); op.bearer != want.bearer || op.client != want.client {
			t.Errorf("%s: %v, %v", security, op.bearer, op.client)
		}
	}
}

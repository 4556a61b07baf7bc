package token_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// guarded answers with the caller's subject behind the middleware.
func guarded(v *token.Verifier) http.Handler {
	return token.Middleware(v)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, ok := token.FromContext(r.Context())
		if !ok {
			http.Error(w, "no claims", http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, claims.Subject)
	}))
}

func ask(h http.Handler, target string, authorization ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for _, a := range authorization {
		r.Header.Add("Authorization", a)
	}
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "req-1")
	h.ServeHTTP(w, r)
	return w
}

func TestMiddlewareLetsThrough(t *testing.T) {
	t.Parallel()
	h := guarded(newVerifier(newClock(), staticOf(keyA())))
	raw := mint(t, keyA(), goodClaims())
	for _, scheme := range []string{"Bearer ", "bearer ", "BEARER ", "Bearer   "} {
		if w := ask(h, "/", scheme+raw); w.Code != http.StatusOK || w.Body.String() != goodClaims().Subject {
			t.Errorf("%q: %d %s", scheme, w.Code, w.Body)
		}
	}
}

// S35, S37: each refusal looks the same, and says nothing about why.
func TestS35S37MiddlewareRefuses(t *testing.T) {
	t.Parallel()
	clock := newClock()
	h := guarded(newVerifier(clock, staticOf(keyA())))
	raw := mint(t, keyA(), goodClaims())
	old := goodClaims()
	old.IssuedAt, old.ExpiresAt = start.Add(-time.Hour), start.Add(-time.Minute)
	cases := map[string][]string{
		"no header": nil, "empty": {""}, "scheme only": {"Bearer"}, "no token": {"Bearer "}, "another scheme": {"Basic " + raw},
		"no scheme": {raw}, "two headers": {"Bearer " + raw, "Bearer " + raw}, "two schemes": {"Basic eDp5", "Bearer " + raw},
		"two in one": {"Bearer " + raw + ", Bearer " + raw}, "trailing": {"Bearer " + raw + " x"}, "tab": {"Bearer\t" + raw},
		"quoted": {`Bearer "` + raw + `"`}, "padding": {"Bearer ==="}, "junk": {"Bearer junk"}, "expired": {"Bearer " + mint(t, keyA(), old)},
		"foreign key": {"Bearer " + mint(t, keyB(), goodClaims())},
	}
	const want = `{"type":"urn:latchkey:problem:unauthorized","title":"Authentication is required","status":401,` +
		`"detail":"A valid bearer token is required.","code":"unauthorized","request_id":"req-1"}`
	for name, headers := range cases {
		w := ask(h, "/", headers...)
		if w.Code != http.StatusUnauthorized || w.Body.String() != want || w.Header().Get("WWW-Authenticate") != "Bearer" ||
			w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
	}
}

func TestS35TokenInTheQuery(t *testing.T) {
	t.Parallel()
	h := guarded(newVerifier(newClock(), staticOf(keyA())))
	raw := mint(t, keyA(), goodClaims())
	if w := ask(h, "/?access_token="+raw); w.Code != http.StatusUnauthorized {
		t.Errorf("query: %d", w.Code)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("access_token="+raw))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("form: %d", w.Code)
	}
}

// An outage of the key set signs nobody out.
func TestMiddlewareWithoutKeys(t *testing.T) {
	t.Parallel()
	h := guarded(newVerifier(newClock(), keySetFunc(func(string) (token.PublicKey, error) {
		return token.PublicKey{}, token.ErrKeysUnavailable
	})))
	w := ask(h, "/", "Bearer "+mint(t, keyA(), goodClaims()))
	var problem map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("WWW-Authenticate") != "" ||
		problem["code"] != "dependency_unavailable" || fmt.Sprint(problem["status"]) != "503" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// Behind Middleware a right is asked for, and the answer to who lacks it is 403.
func TestRequire(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyP256()))
	bearer := "Bearer " + mint(t, keyP256(), goodClaims()) // users:read users:write; user, editor
	const scoped = `Bearer error="insufficient_scope", scope="`
	for _, c := range []struct {
		name    string
		require func(http.Handler) http.Handler
		want    string // the challenge; empty: let through
	}{
		{"a scope it has", token.RequireScope("users:read"), ""}, {"the last scope", token.RequireScope("users:write"), ""},
		{"a scope it lacks", token.RequireScope("users:purge"), scoped + `users:purge"`}, {"a part of a scope", token.RequireScope("users"), scoped + `users"`},
		{"a role as a scope", token.RequireScope("editor"), scoped + `editor"`},
		{"a role it has", token.RequireRole("editor"), ""}, {"a role it lacks", token.RequireRole("admin"), `Bearer error="insufficient_scope"`},
		{"no role", token.RequireRole(""), `Bearer error="insufficient_scope"`}, {"a scope as a role", token.RequireRole("users:read"), `Bearer error="insufficient_scope"`},
	} {
		h := token.Middleware(v)(c.require(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") })))
		w := ask(h, "/", bearer)
		if c.want == "" {
			if w.Code != http.StatusOK || w.Body.String() != "in" {
				t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
			}
			continue
		}
		const body = `{"type":"urn:latchkey:problem:forbidden","title":"The caller lacks the right","status":403,` +
			`"detail":"The token does not give the right to do this.","code":"forbidden","request_id":"req-1"}`
		if w.Code != http.StatusForbidden || w.Body.String() != body || w.Header().Get("WWW-Authenticate") != c.want ||
			w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", c.name, w.Code, w.Header(), w.Body)
		}
		if w := ask(h, "/"); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s, without a token: %d", c.name, w.Code)
		}
		// Somebody has forgotten Middleware: nobody gets in.
		if w := ask(c.require(h), "/", bearer); w.Code != http.StatusUnauthorized {
			t.Errorf("%s, without claims: %d", c.name, w.Code)
		}
	}
	for _, scope := range []string{"", "a b", `a"`, `a\b`, "a\r\nSet-Cookie: x", "é"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is taken for a scope", scope)
				}
			}()
			token.RequireScope(scope)
		}()
	}
}

package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime"

	"github.com/latchkey-id/latchkey/token"
)

// tinySpec is a document of its own, so that the chassis is tested alone.
const tinySpec = `{
"openapi": "3.0.3", "info": {"title": "tiny", "version": "1"},
"security": [{"bearerAuth": []}],
"paths": {
 "/livez": {"get": {"operationId": "getLivez", "tags": ["service"], "security": [], "responses": {"200": {"description": "ok"}}}},
 "/readyz": {"get": {"operationId": "getReadyz", "tags": ["service"], "security": [], "responses": {"200": {"description": "ok"}}}},
 "/openapi.json": {"get": {"operationId": "getOpenapiJson", "tags": ["service"], "security": [], "responses": {"200": {"description": "ok"}}}},
 "/openapi.yaml": {"get": {"operationId": "getOpenapiYaml", "tags": ["service"], "security": [], "responses": {"200": {"description": "ok"}}}},
 "/things": {
  "get": {"operationId": "listThings", "security": [], "responses": {"200": {"description": "ok"}}, "parameters": [
   {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200}},
   {"name": "q", "in": "query", "schema": {"type": "string", "minLength": 1, "maxLength": 20}},
   {"name": "flag", "in": "query", "schema": {"type": "boolean"}},
   {"name": "at", "in": "query", "schema": {"type": "string", "format": "date-time"}},
   {"name": "If-Match", "in": "header", "schema": {"type": "string", "minLength": 3, "maxLength": 20}}]},
  "post": {"operationId": "makeThing", "security": [], "responses": {"200": {"description": "ok"}},
   "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
  "patch": {"operationId": "maybeThing", "security": [], "responses": {"200": {"description": "ok"}},
   "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
 "/things/{thing}": {"get": {"operationId": "getThing", "security": [], "responses": {"200": {"description": "ok"}}, "parameters": [
   {"name": "thing", "in": "path", "required": true, "schema": {"type": "string", "minLength": 3, "maxLength": 20, "pattern": "^[a-zé%/+0-9 ]+$"}}]},
  "delete": {"operationId": "deleteThing", "security": [], "responses": {"200": {"description": "ok"}}, "parameters": [
   {"name": "thing", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}]}},
 "/things/{thing}/part": {"get": {"operationId": "getPart", "security": [], "responses": {"200": {"description": "ok"}}, "parameters": [
   {"name": "thing", "in": "path", "required": true, "schema": {"type": "string"}}]}},
 "/any/{thing}": {"get": {"operationId": "any", "security": [], "responses": {"200": {"description": "ok"}}, "parameters": [
   {"name": "thing", "in": "path", "required": true, "schema": {"type": "string"}}]}},
 "/open": {"get": {"operationId": "open", "security": [], "x-any-origin": true, "responses": {"200": {"description": "ok"}}}},
 "/limited": {"get": {"operationId": "limitedByIP", "security": [], "x-ratelimit": [{"requests": 3, "window": 60, "key": "ip"}], "responses": {"200": {"description": "ok"}}}},
 "/counted": {"get": {"operationId": "countedByCaller", "x-access": {"scopes": ["things:read"], "self": true},
   "x-ratelimit": [{"requests": 3, "window": 60, "key": "caller"}], "responses": {"200": {"description": "ok"}}}},
 "/guarded": {"get": {"operationId": "guarded", "x-access": {"scopes": ["things:read"], "roles": ["admin"]},
   "x-ratelimit": [{"requests": 30, "window": 60, "key": "ip"}], "responses": {"200": {"description": "ok"}}}},
 "/own": {"get": {"operationId": "own", "x-access": {"scopes": ["things:read"], "self": true}, "responses": {"200": {"description": "ok"}}}},
 "/person": {"get": {"operationId": "person", "x-access": {"person": true}, "responses": {"200": {"description": "ok"}}}},
 "/leave": {"get": {"operationId": "leave", "security": [{"bearerAuth": []}, {}], "x-access": {"person": true, "expired": true}, "responses": {"200": {"description": "ok"}}}},
 "/join": {"post": {"operationId": "join", "security": [], "responses": {"200": {"description": "ok"}},
   "x-ratelimit": [{"requests": 30, "window": 60, "key": "ip"}],
   "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}],
   "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
 "/keyed": {"post": {"operationId": "keyed", "x-access": {"scopes": ["things:read"], "self": true}, "responses": {"200": {"description": "ok"}},
   "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}],
   "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
 "/closed": {"get": {"operationId": "closed", "responses": {"200": {"description": "ok"}}}}
},
"components": {
 "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}},
 "schemas": {"Thing": {"type": "object", "additionalProperties": false, "required": ["username"], "properties": {
   "username": {"type": "string", "minLength": 3, "maxLength": 32, "pattern": "^[A-Za-z][A-Za-z0-9_.-]*$"},
   "password": {"type": "string", "minLength": 1, "maxLength": 1024},
   "size": {"type": "integer", "minimum": 1, "maximum": 9},
   "kind": {"type": "string", "enum": ["round", "flat"]},
   "id": {"type": "string", "format": "uuid"},
   "note": {"type": "string", "nullable": true},
   "tags": {"type": "array", "maxItems": 2, "uniqueItems": true, "items": {"type": "string", "maxLength": 8}},
   "inner": {"type": "object", "additionalProperties": false, "properties": {"a/b~c": {"type": "boolean"}}}
  }}}
}}`

const (
	testIssuer  = "https://id.example"
	testPeer    = "192.0.2.1:1234" // httptest.NewRequest's
	testSubject = "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
)

// chassis is NewHandler around tinySpec.
type chassis struct {
	http.Handler
	options Options
	log     *logText
}

type handlers map[string]http.HandlerFunc // by operationId

func newChassis(t testing.TB, with handlers, change ...func(*Options)) *chassis {
	t.Helper()
	spec, err := LoadSpec([]byte(tinySpec), []byte("openapi: 3.0.3\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := &chassis{log: &logText{}}
	c.options = Options{
		Spec:      spec,
		Verifier:  &token.Verifier{Issuer: testIssuer, Audience: Audience, Keys: token.NewStatic(publicKey())},
		Log:       slog.New(slog.NewJSONHandler(c.log, nil)),
		Health:    &Health{Check: func(context.Context) error { return nil }},
		PublicURL: "http://127.0.0.1:8080",
	}
	c.options.Health.started.Store(true)
	for _, f := range change {
		f(&c.options)
	}
	c.Handler = NewHandler(c.options, func(r chi.Router) {
		for _, op := range spec.Operations() {
			if slices.Contains(op.spec.Tags, "service") {
				continue
			}
			handler := with[op.ID]
			if handler == nil {
				handler = echo
			}
			r.MethodFunc(op.Method, op.Pattern, handler)
		}
	})
	return c
}

// seen is what reached a handler.
type seen struct {
	RequestID, Client, UserAgent, Thing, Query, Body, Caller string
}

// echo answers with what the handler saw; the path parameter is bound as the
// generated code binds it.
func echo(w http.ResponseWriter, r *http.Request) {
	var s seen
	if raw := chi.URLParam(r, "thing"); raw != "" {
		if err := runtime.BindStyledParameterWithOptions("simple", "thing", raw, &s.Thing, runtime.BindStyledParameterOptions{
			ParamLocation: runtime.ParamLocationPath, Required: true,
		}); err != nil {
			BindError(w, r, err)
			return
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		Write(w, r, err)
		return
	}
	s.Body, s.Query, s.RequestID = string(body), r.URL.RawQuery, RequestID(r.Context())
	s.Client, s.UserAgent = ClientAddress(r.Context()).String(), UserAgent(r.Context())
	if claims := Caller(r.Context()); claims != nil {
		s.Caller = claims.Subject
	}
	writeJSON(w, s)
}

// send makes a request and lets change it before it is served.
func (c *chassis) send(method, target, body string, change ...func(*http.Request)) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w.Result()
}

func withHeader(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
}

func from(remote string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = remote }
}

func withToken(t testing.TB, claims token.Claims) func(*http.Request) {
	return withHeader("Authorization", "Bearer "+mint(t, claims))
}

// wantSeen reads an echo.
func wantSeen(t *testing.T, answer *http.Response) seen {
	t.Helper()
	body := bodyOf(t, answer)
	var s seen
	if err := json.Unmarshal([]byte(body), &s); answer.StatusCode != http.StatusOK || err != nil {
		t.Fatalf("got %d %s", answer.StatusCode, body)
	}
	return s
}

// wantProblem checks that an answer is a whole problem document, and reads it.
func wantProblem(t *testing.T, answer *http.Response, status int, code string) problem {
	t.Helper()
	body := bodyOf(t, answer)
	var p problem
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("got %d %q, no problem document: %v", answer.StatusCode, body, err)
	}
	if answer.StatusCode != status || p.Status != status || string(p.Code) != code {
		t.Errorf("got %d %s, want %d %s: %s", answer.StatusCode, p.Code, status, code, body)
	}
	if got := answer.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
	if p.Type != "urn:latchkey:problem:"+code || p.Title == "" || p.Detail == "" {
		t.Errorf("type, title or detail is missing: %s", body)
	}
	if p.RequestID == "" || p.RequestID != answer.Header.Get("X-Request-Id") {
		t.Errorf("request_id is %q, X-Request-Id %q", p.RequestID, answer.Header.Get("X-Request-Id"))
	}
	return p
}

func bodyOf(t testing.TB, answer *http.Response) string {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("the answer breaks off: %v", err)
	}
	return string(body)
}

// signingKey is made once: it takes a good part of a second under -race.
var signingKey = sync.OnceValue(func() token.SigningKey {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	key, err := token.NewSigningKey(private)
	if err != nil {
		panic(err)
	}
	return key
})

func publicKey() token.PublicKey {
	key, err := token.NewPublicKey(signingKey().Private.Public())
	if err != nil {
		panic(err)
	}
	return key
}

// mint signs claims, with what is left out as a person's token has it.
func mint(t testing.TB, c token.Claims) string {
	t.Helper()
	now := time.Now()
	if c.Issuer == "" {
		c.Issuer = testIssuer
	}
	if c.Subject == "" {
		c.Subject = testSubject
	}
	if c.ClientID == "" {
		c.ClientID = "web"
	}
	if c.Audience == nil {
		c.Audience = []string{Audience}
	}
	if c.ExpiresAt.IsZero() {
		c.ExpiresAt = now.Add(10 * time.Minute)
	}
	c.IssuedAt, c.ID = now.Add(-time.Hour), uuid.NewString()
	text, err := token.Mint(signingKey(), c)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Claims of the callers that tests speak of.
func person() token.Claims { return token.Claims{SessionID: uuid.NewString()} }
func service() token.Claims {
	return token.Claims{Subject: "billing", ClientID: "billing", Scope: "things:read"}
}
func authItself() token.Claims {
	return token.Claims{Subject: AuthIdentity, ClientID: AuthIdentity, Scope: "things:read"}
}

// logText is a buffer that a server's goroutines may write to.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

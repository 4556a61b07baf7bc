package mock

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// Options are what a mocked service has of its surroundings.
type Options struct {
	Other       string // where the other service's document is
	CORSOrigins []string
	Health      *httpapi.Health
	Log         *slog.Logger
}

// Auth mocks the auth service.
func Auth(o Options) (http.Handler, error) { return serve(authapi.SpecJSON, authapi.SpecYAML, o) }

// Users mocks the users service.
func Users(o Options) (http.Handler, error) { return serve(usersapi.SpecJSON, usersapi.SpecYAML, o) }

// issuer is nobody's.
const issuer = "urn:latchkey:mock"

func serve(jsonText, yamlText []byte, o Options) (http.Handler, error) {
	spec, err := httpapi.LoadLinkedSpec(jsonText, yamlText, o.Other)
	if err != nil {
		return nil, err
	}
	all, err := allAnswers(spec)
	if err != nil {
		return nil, err
	}
	own, err := newTokens()
	if err != nil {
		return nil, err
	}
	routes := chi.NewRouter() // to know an operation before the chassis does
	chassis := httpapi.NewHandler(httpapi.Options{
		Spec: spec, Verifier: own.verifier, Log: o.Log, Health: o.Health, CORSOrigins: o.CORSOrigins, Docs: true,
	}, func(r chi.Router) {
		for _, op := range spec.Operations() {
			if answers, ours := all[op.ID]; ours {
				r.MethodFunc(op.Method, op.Pattern, answers.serve)
				routes.MethodFunc(op.Method, op.Pattern, answers.serve)
			}
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Latchkey-Mock", "true")
		if _, ok := token.BearerToken(r); ok {
			at := chi.NewRouteContext()
			routes.Match(at, r.Method, r.URL.EscapedPath())
			raw, err := own.mint(spec.Operation(r.Method, at.RoutePattern()))
			if err != nil {
				httpapi.Write(w, r, err)
				return
			}
			r = r.Clone(r.Context())
			r.Header.Set("Authorization", "Bearer "+raw)
		}
		chassis.ServeHTTP(w, r)
	}), nil
}

// allAnswers are those of all operations but the chassis's own, by id.
func allAnswers(spec *httpapi.Spec) (map[string]answers, error) {
	kinds, err := kindsOf(spec.Doc)
	if err != nil {
		return nil, fmt.Errorf("mock: x-errors: %w", err)
	}
	all := map[string]answers{}
	for _, op := range spec.Operations() {
		found := spec.Doc.Paths.Value(op.Pattern).GetOperation(op.Method)
		if slices.Contains(found.Tags, "service") {
			continue
		}
		if all[op.ID], err = answersOf(found, op.Codes, kinds); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// serve answers as Prefer asks, once the chassis has let the request through.
func (a answers) serve(w http.ResponseWriter, r *http.Request) {
	wanted := preferred(r.Header)
	if wanted == "" {
		a.of[a.first].write(w)
		return
	}
	found, ok := a.of[wanted]
	if !ok {
		httpapi.Write(w, r, fault.Fields(fault.Field{Pointer: "header.Prefer", Detail: "code is one of " + strings.Join(a.wanted, ", ")}))
		return
	}
	w.Header().Set("Preference-Applied", "code="+wanted)
	found.write(w)
}

// preferred is the code of a Prefer header (RFC 7240, section 2).
func preferred(h http.Header) string {
	for _, line := range h.Values("Prefer") {
		for preference := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(preference), "=")
			if strings.EqualFold(strings.TrimSpace(name), "code") {
				return strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return ""
}

// tokens are access tokens of the mock's own, which take the place of those
// that are sent: nobody has a valid one.
type tokens struct {
	key      token.SigningKey
	verifier *token.Verifier
}

func newTokens() (*tokens, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := token.NewSigningKey(private)
	if err != nil {
		return nil, err
	}
	public, err := token.NewPublicKey(private.Public())
	if err != nil {
		return nil, err
	}
	return &tokens{key: key, verifier: &token.Verifier{Issuer: issuer, Audience: httpapi.Audience, Keys: token.NewStatic(public)}}, nil
}

// mint makes a token of somebody who may call an operation: an administrator, or
// the auth service where only that is let in.
func (t *tokens) mint(op *httpapi.Operation) (string, error) {
	id := uuid.NewString()
	c := token.Claims{
		Issuer: issuer, Audience: []string{httpapi.Audience}, ID: id, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Minute),
		Subject: id, ClientID: "latchkey", SessionID: id, Roles: []string{"admin"},
	}
	if op != nil && len(op.Access.Scopes) > 0 && len(op.Access.Roles) == 0 && !op.Access.Self {
		c.Subject, c.ClientID, c.SessionID = httpapi.AuthIdentity, httpapi.AuthIdentity, ""
		c.Roles, c.Scope = nil, strings.Join(op.Access.Scopes, " ")
	}
	return token.Mint(t.key, c)
}

// Alive is the health of a service that depends on nothing.
func Alive() *httpapi.Health {
	return &httpapi.Health{Check: func(context.Context) error { return nil }}
}

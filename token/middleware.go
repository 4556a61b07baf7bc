package token

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// retryAfter is what a 503 tells the caller, in seconds: a Remote without a
// usable set tries again within 2.
const retryAfter = "2"

type contextKey struct{}

// NewContext gives a context that carries the claims of the caller.
func NewContext(ctx context.Context, c *Claims) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// FromContext gives the claims that Middleware (or NewContext) put there.
func FromContext(ctx context.Context) (*Claims, bool) {
	c, ok := ctx.Value(contextKey{}).(*Claims)
	return c, ok && c != nil
}

// BearerToken reads the token from the Authorization header (RFC 6750, section
// 2.1). It is false when there is none, when there are two headers, or when the
// one is of another scheme or form. A token in the query or in a form is never
// looked at: addresses end up in logs (RFC 9700, section 4.3.2).
func BearerToken(r *http.Request) (string, bool) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, rest, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	token := strings.TrimLeft(rest, " ")
	return token, isToken68(token)
}

// isToken68 tells the form that credentials have (RFC 9110, section 11.2).
func isToken68(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		c := body[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return body != ""
}

// Middleware lets a request through when it shows a valid token, and puts the
// token's claims into its context (FromContext). Otherwise it answers itself,
// with a problem document (RFC 9457): 401, which says nothing about why, or 503
// when the keys to tell are not to be had.
func Middleware(v *Verifier) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, ok := BearerToken(r)
			if !ok {
				refuse(w)
				return
			}
			claims, err := v.Verify(r.Context(), raw)
			switch {
			case err == nil:
				next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), claims)))
			case errors.Is(err, ErrInvalid):
				refuse(w)
			default:
				w.Header().Set("Retry-After", retryAfter)
				writeProblem(w, problem{
					Type: "urn:latchkey:problem:dependency_unavailable", Title: "Temporarily unavailable",
					Status: http.StatusServiceUnavailable, Code: "dependency_unavailable",
					Detail: "The token cannot be checked at the moment. Try again shortly.",
				})
			}
		})
	}
}

// RequireScope lets a request through when its token has scope. It goes behind
// Middleware; a request that has no claims is answered 401, one whose token lacks
// the scope 403 with the scope that it needs (RFC 6750, section 3.1). It panics
// when scope is not one (RFC 6749, section 3.3), which is a mistake in the program.
func RequireScope(scope string) func(http.Handler) http.Handler {
	if !isScope(scope) {
		panic("token: RequireScope: not a scope")
	}
	challenge := `Bearer error="insufficient_scope", scope="` + scope + `"`
	return require(func(c *Claims) bool { return c.HasScope(scope) }, challenge)
}

// RequireRole lets a request through when its token's subject has role, and is
// like RequireScope otherwise. The challenge names no role: a caller cannot ask
// for one.
func RequireRole(role string) func(http.Handler) http.Handler {
	return require(func(c *Claims) bool { return c.HasRole(role) }, `Bearer error="insufficient_scope"`)
}

func require(has func(*Claims) bool, challenge string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			claims, ok := FromContext(r.Context())
			switch {
			case !ok:
				refuse(w)
			case has(claims):
				next.ServeHTTP(w, r)
			default:
				w.Header().Set("WWW-Authenticate", challenge)
				writeProblem(w, problem{
					Type: "urn:latchkey:problem:forbidden", Title: "The caller lacks the right",
					Status: http.StatusForbidden, Code: "forbidden",
					Detail: "The token does not give the right to do this.",
				})
			}
		})
	}
}

// isScope tells a scope-token, which also fits between quotes as it is.
func isScope(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	writeProblem(w, problem{
		Type: "urn:latchkey:problem:unauthorized", Title: "Authentication is required",
		Status: http.StatusUnauthorized, Code: "unauthorized",
		Detail: "A valid bearer token is required.",
	})
}

// problem is a problem document with latchkey's members. The request id is the
// one that a middleware further out has set on the answer, if any.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	RequestID string `json:"request_id,omitempty"`
}

func writeProblem(w http.ResponseWriter, p problem) {
	p.RequestID = w.Header().Get("X-Request-Id")
	body, err := json.Marshal(p)
	if err != nil { // cannot happen: strings and an int
		w.WriteHeader(p.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}

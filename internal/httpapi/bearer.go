package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/token"
)

// identify verifies the request's bearer token, once.
func (a *API) identify(r *http.Request, s *state) (*token.Claims, error) {
	if s.identified {
		return s.claims, s.claimsErr
	}
	s.identified = true
	s.claims, s.claimsErr = a.verify(r, s.op)
	return s.claims, s.claimsErr
}

func (a *API) verify(r *http.Request, op *Operation) (*token.Claims, error) {
	raw, ok := token.BearerToken(r)
	if !ok {
		return nil, fault.ErrUnauthorized
	}
	verify := a.options.Verifier.Verify
	if op.Access.Expired {
		verify = a.options.Verifier.VerifyExpired
	}
	claims, err := verify(r.Context(), raw)
	switch {
	case err == nil:
		return claims, nil
	case errors.Is(err, token.ErrKeysUnavailable):
		return nil, fault.ErrDependency.Because(err)
	default:
		return nil, fault.ErrUnauthorized.Because(err)
	}
}

// bearer lets in whom the operation's security and x-access let in.
func (a *API) bearer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := stateOf(r.Context())
		absent := len(r.Header.Values("Authorization")) == 0
		if s.op.bearer == bearerIgnored || s.op.bearer == bearerOptional && absent {
			next.ServeHTTP(w, r)
			return
		}
		claims, err := a.identify(r, s)
		if err == nil {
			err = s.op.Access.admit(claims)
		}
		if err != nil {
			Write(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// grantedTo says which scopes count for a caller: those of its token, but
// credentials:* for the auth service's own identity only, whatever another
// client's token says.
func grantedTo(claims *token.Claims) func(scope string) bool {
	return func(scope string) bool {
		return claims.HasScope(scope) && (!strings.HasPrefix(scope, "credentials:") || isAuth(claims))
	}
}

// Granted reports whether the request's caller holds a scope that counts for
// it: credentials:* is the auth service's own identity's alone.
func Granted(ctx context.Context, scope string) bool {
	claims := Caller(ctx)
	return claims != nil && grantedTo(claims)(scope)
}

// admit decides by the operation alone. What depends on the object (one's own
// record, an admin's record) is the domain's to decide.
func (x Access) admit(claims *token.Claims) error {
	person := claims.SessionID != ""
	switch {
	case x.Person && !person:
		return fault.ErrUnauthorized // a service token in a person's place
	case x.Person, x.Self && person:
		return nil
	case slices.ContainsFunc(x.Scopes, grantedTo(claims)), slices.ContainsFunc(x.Roles, claims.HasRole):
		return nil
	}
	return fault.ErrForbidden
}

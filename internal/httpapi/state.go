package httpapi

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/token"
)

// state is what the chassis knows of one request. There is one per request,
// filled in as the request passes through the chain, and used by that
// request's goroutine only.
type state struct {
	id        string
	ownID     bool // it was made here
	trace     observe.Request
	op        *Operation
	peer      netip.Addr // whose limits count, after TRUSTED_PROXIES
	forwarded bool       // peer and userAgent are those that auth forwarded
	userAgent string

	identified bool // bearer was looked at
	claims     *token.Claims
	claimsErr  error

	// oauth makes errors take OAuth's form; known before the operation is.
	oauth  bool
	client ClientCredentials

	body any // as parsed and found valid; nil where there is none

	limits [2]string // values of RateLimit-Remaining and RateLimit-Reset

	err error // what Write answered
}

type stateKey struct{}

// stateOf returns the request's state, or an empty one outside the chassis.
func stateOf(ctx context.Context) *state {
	if s, ok := ctx.Value(stateKey{}).(*state); ok {
		return s
	}
	return &state{}
}

func withState(r *http.Request, s *state) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), stateKey{}, s))
}

// RequestID returns the id that the request is known by.
func RequestID(ctx context.Context) string { return stateOf(ctx).id }

// Caller returns the claims of the bearer token, or nil where the operation
// needs none and none was sent. They are read-only.
func Caller(ctx context.Context) *token.Claims { return stateOf(ctx).claims }

// ClientAddress returns the address of the person or program behind the
// request: the peer's, the one a trusted proxy names, or the one that the auth
// service forwards.
func ClientAddress(ctx context.Context) netip.Addr { return stateOf(ctx).peer }

// UserAgent returns the client's User-Agent, at most 512 bytes of it.
func UserAgent(ctx context.Context) string { return stateOf(ctx).userAgent }

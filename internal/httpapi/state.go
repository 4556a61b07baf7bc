package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/token"
)

// state is what the chassis knows of one request. There is one per request,
// filled in as the request passes through the chain, and used by that
// request's goroutine only. It is the request's context itself, and holds what
// chi would put into another one: each context more is a copy of the request.
type state struct {
	context.Context // with the deadline
	route           *chi.Context

	id        string
	ownID     bool // it was made here
	idHeader  [1]string
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

// Value gives the state itself, and chi's; anything else is the server's.
func (s *state) Value(key any) any {
	switch key {
	case stateKey{}:
		return s
	case chi.RouteCtxKey:
		return s.route
	}
	return s.Context.Value(key)
}

// routes are chi's notes, which it keeps from request to request itself.
var routes = sync.Pool{New: func() any { return chi.NewRouteContext() }}

// withState gives the request a context of its own, which is over with release.
// The router is for middleware that asks it (HEAD as GET).
func withState(r *http.Request, s *state, router chi.Routes, limit time.Duration) (_ *http.Request, release func()) {
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	s.Context, s.route = ctx, routes.Get().(*chi.Context)
	s.route.Reset()
	s.route.Routes = router
	return r.WithContext(s), func() {
		cancel()
		routes.Put(s.route)
	}
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

package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/token"
)

// Options is what a service gives the chassis.
type Options struct {
	Spec     *Spec
	Verifier *token.Verifier
	Log      *slog.Logger
	Health   *Health
	// Metrics and Tracing may be nil.
	Metrics *observe.Metrics
	Tracing *observe.Tracing
	// PublicURL decides about HSTS.
	PublicURL string
	// TrustedProxies may name the client in X-Forwarded-For.
	TrustedProxies []netip.Prefix
	// CORSOrigins may call from a browser; nobody else's scripts may.
	CORSOrigins []string
	// RateLimits turns the limits of the document on.
	RateLimits bool
	// Overrides replace the document's numbers: by operationId in upper case
	// with underscores, as in RATE_LIMIT_CREATE_USER. Names of no operation
	// here are the other service's.
	Overrides map[string]config.RateLimit
	// Idempotency keeps answers for retries; nil where no operation takes a key.
	Idempotency Idempotency
	// Docs turns the page at /docs on.
	Docs bool
	// Before is what a service puts before all else, for every request.
	Before []func(http.Handler) http.Handler
	// Deadline is how long a request may take; default 5 s.
	Deadline time.Duration
}

// API is the chassis of one service.
type API struct {
	options Options
	router  chi.Routes
	limits  map[*Operation][]*limiter
	polls   polls
}

// OptionsFrom takes from a service's configuration what the chassis needs.
func OptionsFrom(c config.Common, spec *Spec, verifier *token.Verifier, health *Health, log *slog.Logger) Options {
	return Options{
		Spec: spec, Verifier: verifier, Health: health, Log: log, PublicURL: c.PublicURL,
		TrustedProxies: c.TrustedProxies, CORSOrigins: c.CORSOrigins, RateLimits: bool(c.RateLimits), Overrides: c.RateLimitOverrides, Docs: c.Docs,
	}
}

type link struct {
	name string
	with func(http.Handler) http.Handler
}

// NewHandler builds a service's handler around its generated routes, which
// register mounts with BindError and Write as the generated code's error hooks.
// It is a router, so that its routes can be held against the document.
func NewHandler(options Options, register func(chi.Router)) chi.Router {
	if options.Deadline == 0 {
		options.Deadline = 5 * time.Second
	}
	a := &API{options: options}
	if options.RateLimits {
		a.limits = buildLimits(options.Spec, options.Overrides, options.Health.Shared, options.Metrics.Limits())
	}

	// Every request passes these, in this order. What watches is outside recover,
	// so that it sees the status of a recovered panic too.
	every := []link{
		{"request state, id and deadline", a.begin},
		{"trace", a.trace},
		{"log and metrics", a.watch},
		{"recover", recoverPanic},
		{"security headers", a.securityHeaders},
		{"drain", a.drain},
		{"CORS", a.cors()}, // before what refuses: a script must be able to read why
		{"framing", framing},
		{"header size", headerSize},
		{"cross-origin", a.crossOrigin()},
		{"escaped path", escapedPath},
		{"HEAD as GET", middleware.GetHead},
	}
	// Routed requests pass these too, before binding.
	routed := []link{
		{"operation", a.findOperation},
		{"forwarded client", a.believeForwarded},
		{"address limit", a.limit("ip")},
		{"bearer", a.bearer},
		{"strict body and validation", a.validate},
		{"caller limit", a.limit("caller")},
		{"idempotency", a.idempotency},
	}

	router := chi.NewRouter()
	a.router = router
	for _, l := range every[1:] {
		router.Use(l.with)
	}
	router.NotFound(func(w http.ResponseWriter, r *http.Request) { Write(w, r, fault.ErrNotFound) })
	router.MethodNotAllowed(a.methodNotAllowed(router))
	operations := router.With()
	for _, l := range routed {
		operations = operations.With(l.with)
	}
	register(operations)
	a.mountService(operations)
	if options.Docs {
		a.mountDocs(router)
	}
	// The state is chi's context, too, and so comes before the router.
	entrance := every[0].with(router)
	for _, before := range slices.Backward(options.Before) {
		entrance = before(entrance)
	}
	return &handler{router, entrance}
}

// handler is a router that is entered elsewhere.
type handler struct {
	chi.Router
	entrance http.Handler
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.entrance.ServeHTTP(w, r) }

// begin makes the request's state, gives it an id and answers with it. From
// here the request has its time.
func (a *API) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, own := requestID(r)
		s := &state{
			id:        id,
			ownID:     own,
			peer:      clientAddress(r, a.options.TrustedProxies),
			userAgent: cutUserAgent(r.UserAgent()),
			oauth:     a.options.Spec.answersAsOAuth(r),
		}
		s.idHeader[0] = id
		w.Header()["X-Request-Id"] = s.idHeader[:]
		a.options.Health.sample(r, id, s.peer)
		if s.oauth {
			w.Header().Set("Pragma", "no-cache") // RFC 6749, section 5.1
		}
		r, release := withState(r, s, a.router, a.options.Deadline)
		defer release()
		next.ServeHTTP(w, r)
	})
}

// trace joins the trace that the request comes with, or begins one where the
// service is traced.
func (a *API) trace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, traced := a.options.Tracing.Begin(r)
		stateOf(ctx).trace = traced
		if ctx != r.Context() {
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// requestID keeps a request's id if the client gave one, else makes one; own
// says that it did.
func requestID(r *http.Request) (id string, own bool) {
	const most = 128
	given := r.Header.Get("X-Request-Id")
	bad := func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-", c))
	}
	if given != "" && len(given) <= most && !strings.ContainsFunc(given, bad) {
		return given, false
	}
	return uuid.Must(uuid.NewV7()).String(), true
}

// recoverPanic turns a panic into a 500. Where part of an answer is out
// already, the connection is dropped instead, so that nobody takes the part
// for the whole; http.ErrAbortHandler is net/http's own way to do so.
func recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			thrown := recover()
			if thrown == nil {
				return
			}
			if thrown == http.ErrAbortHandler { //nolint:errorlint // a value of recover, compared as net/http does
				panic(thrown)
			}
			err := fault.ErrInternal.Because(fmt.Errorf("panic: %v", thrown))
			if begun, ok := w.(middleware.WrapResponseWriter); ok && begun.Status() != 0 {
				stateOf(r.Context()).err = err
				panic(http.ErrAbortHandler)
			}
			Write(w, r, err)
		}()
		next.ServeHTTP(w, r)
	})
}

// drain asks clients to come back on another connection once a shutdown has
// begun, so that none is cut while it sends.
func (a *API) drain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.options.Health.Draining() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// escapedPath makes chi match what was sent, always: else a path that Go could
// decode without loss reaches the binding decoded, and is decoded twice.
func escapedPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawPath = r.URL.EscapedPath()
		next.ServeHTTP(w, r)
	})
}

func (a *API) findOperation(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := stateOf(r.Context())
		route := chi.RouteContext(r.Context())
		if withoutText(route) {
			Write(w, r, fault.ErrNotFound)
			return
		}
		pattern := route.RoutePattern()
		if s.op = a.options.Spec.Operation(r.Method, pattern); s.op == nil {
			Write(w, r, fault.ErrInternal.Because(fmt.Errorf("%s %s is routed but not in the document", r.Method, pattern)))
			return
		}
		if s.op.anyOrigin {
			openToAnyOrigin(w.Header())
		}
		next.ServeHTTP(w, r)
	})
}

// withoutText tells a path like /users//restore: for chi the empty segment is a
// parameter, for the document the path is none of its own.
func withoutText(route *chi.Context) bool { return slices.Contains(route.URLParams.Values, "") }

// methodNotAllowed answers 405 with the Allow header that RFC 9110, section
// 15.5.6, asks for.
func (a *API) methodNotAllowed(router chi.Routes) http.HandlerFunc {
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	refused := fault.New(fault.MethodNotAllowed, fault.CodeMethodNotAllowed, "See the Allow header for the methods that are.")
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range methods {
			if route := chi.NewRouteContext(); router.Match(route, method, r.URL.EscapedPath()) && !withoutText(route) {
				allowed = append(allowed, method)
				if method == http.MethodGet {
					allowed = append(allowed, http.MethodHead)
				}
			}
		}
		if len(allowed) == 0 { // a method that chi does not know, on no path of ours
			Write(w, r, fault.ErrNotFound)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		Write(w, r, refused)
	}
}

// BindError is the generated code's hook for what it can't bind. Validation
// has passed by then, so the two disagree; the client still gets a 400.
func BindError(w http.ResponseWriter, r *http.Request, err error) {
	Write(w, r, fault.Fields(fault.Field{Detail: "could not be read"}).Because(err))
}

// RefuseNil is a strict middleware's body: a handler that returns neither an
// answer nor an error would make an empty 200.
func RefuseNil(response any, err error) (any, error) {
	if response == nil && err == nil {
		return nil, fault.ErrInternal.Because(errors.New("the handler gave no answer"))
	}
	return response, err
}

package httpapi

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/latchkey-id/latchkey/token"
)

// watch measures each request, and writes one line of it, at its end. No query,
// no header, no body is in that: they may hold secrets. The route is the
// pattern, so that a name in a path is not in it either.
func (a *API) watch(next http.Handler) http.Handler {
	metrics := a.options.Metrics.HTTP()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		metrics.Begin()
		defer func() {
			s := stateOf(r.Context())
			done := outcome{route: routeOf(r, s.op), status: ww.Status(), bytes: ww.BytesWritten(), took: time.Since(started)}
			if done.status == 0 {
				done.status = http.StatusOK
			}
			operation, ownID := "", ""
			if s.op != nil {
				operation = s.op.ID
			}
			if s.ownID {
				ownID = s.id
			}
			metrics.Done(operation, done.status, done.took, s.trace.Sampled(), ownID)
			if s.err != nil {
				metrics.Problem(operation, string(toFault(s.err).Code))
			}
			s.trace.End(operation, done.route, s.id, done.status, s.err)
			a.logRequest(r, s, operation, done)
		}()
		next.ServeHTTP(ww, r)
	})
}

// outcome is how a request ended.
type outcome struct {
	route         string
	status, bytes int
	took          time.Duration
}

func (a *API) logRequest(r *http.Request, s *state, operation string, done outcome) {
	level := slog.LevelInfo
	switch last := a.polls.of(r.URL.Path); {
	case last != nil && done.status < http.StatusBadRequest:
		if !sampled(last, time.Now()) {
			level = slog.LevelDebug
		}
	case done.status >= http.StatusInternalServerError && !isHealth(r):
		level = slog.LevelError
	}
	if !a.options.Log.Enabled(r.Context(), level) {
		return
	}
	attrs := make([]slog.Attr, 0, 11)
	attrs = append(attrs,
		slog.String("method", r.Method),
		slog.String("route", done.route),
		slog.Int("status", done.status),
		slog.Float64("duration_ms", float64(done.took.Microseconds())/1000),
		slog.Int("bytes", done.bytes),
		slog.String("caller", callerKind(s.claims)),
		slog.String("client", addressText(s.peer)),
		slog.String("request_id", s.id),
	)
	if operation != "" {
		attrs = append(attrs, slog.String("operation", operation))
	}
	if s.trace.TraceID != "" {
		attrs = append(attrs, slog.String("trace_id", s.trace.TraceID))
	}
	if s.err != nil {
		attrs = append(attrs, slog.String("error", s.err.Error()))
	}
	a.options.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// polls thins out the lines of what is asked for all the time, by nobody in
// particular, and found well: probes, and verifiers that fetch the key set. One
// line a minute for each route shows that they come; metrics count them.
type polls struct{ live, ready, keySet atomic.Int64 }

// of gives the minute in which a route had its last line; nil where each request
// has one.
func (p *polls) of(path string) *atomic.Int64 {
	switch path {
	case "/livez":
		return &p.live
	case "/readyz":
		return &p.ready
	case keySetPath:
		return &p.keySet
	}
	return nil
}

// keySetPath is the route of the auth service's public keys.
const keySetPath = "/.well-known/jwks.json"

// sampled reports whether a request is the first one of its minute.
func sampled(last *atomic.Int64, at time.Time) bool {
	was, minute := last.Load(), at.Unix()/60
	return was != minute && last.CompareAndSwap(was, minute)
}

// isHealth reports whether a probe asks: often, and with a 503 that is an
// answer and not an accident.
func isHealth(r *http.Request) bool { return r.URL.Path == "/livez" || r.URL.Path == "/readyz" }

func routeOf(r *http.Request, op *Operation) string {
	if op != nil {
		return op.Pattern
	}
	if route := chi.RouteContext(r.Context()); route != nil {
		if pattern := route.RoutePattern(); pattern != "" {
			return pattern
		}
	}
	return "none"
}

// addressText is empty where there is no client: the auth service, by itself.
func addressText(address netip.Addr) string {
	if !address.IsValid() {
		return ""
	}
	return address.String()
}

func callerKind(claims *token.Claims) string {
	switch {
	case claims == nil:
		return "anonymous"
	case claims.SessionID != "":
		return "person"
	default:
		return "service"
	}
}

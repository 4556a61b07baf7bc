package httpapi

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/latchkey-id/latchkey/token"
)

// logRequest writes one line per request, at its end. No query, no header, no
// body is in it: they may hold secrets. The route is the pattern, so that a
// name in a path is not in it either.
func (a *API) logRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() {
			s := stateOf(r.Context())
			status := ww.Status()
			if status == 0 {
				status = http.StatusOK
			}
			attrs := []slog.Attr{
				slog.String("method", r.Method),
				slog.String("route", routeOf(r)),
				slog.Int("status", status),
				slog.Float64("duration_ms", float64(time.Since(started).Microseconds())/1000),
				slog.Int("bytes", ww.BytesWritten()),
				slog.String("caller", callerKind(s.claims)),
				slog.String("client", addressText(s.peer)),
				slog.String("request_id", s.id),
			}
			level := slog.LevelInfo
			switch health := isHealth(r); {
			case health && status < http.StatusInternalServerError:
				level = slog.LevelDebug
			case !health && status >= http.StatusInternalServerError:
				level = slog.LevelError
			}
			if s.err != nil {
				attrs = append(attrs, slog.String("error", s.err.Error()))
			}
			a.options.Log.LogAttrs(r.Context(), level, "request", attrs...)
		}()
		next.ServeHTTP(ww, r)
	})
}

// isHealth reports whether a probe asks: often, and with a 503 that is an
// answer and not an accident.
func isHealth(r *http.Request) bool { return r.URL.Path == "/livez" || r.URL.Path == "/readyz" }

func routeOf(r *http.Request) string {
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

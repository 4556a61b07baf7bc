package httpapi

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/go-chi/cors"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// preflightAge is how long, in seconds, a browser may go by the answer to a
// preflight: short, so that an origin taken off the list is soon out.
const preflightAge = 600

// errOtherOrigin refuses what a browser was made to send from elsewhere.
var errOtherOrigin = fault.New(fault.Forbidden, fault.CodeForbidden, "Requests from other origins are not allowed.")

// cors lets scripts of the listed origins read answers, with credentials. It
// answers preflights itself, before limits and bearer. Without a list it is
// not there at all: go-chi/cors takes no list for all origins.
func (a *API) cors() func(http.Handler) http.Handler {
	listed := a.options.CORSOrigins
	if len(listed) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return cors.Handler(cors.Options{
		// Its own AllowedOrigins would ignore case and expand wildcards.
		AllowOriginFunc: func(_ *http.Request, origin string) bool { return slices.Contains(listed, origin) },
		AllowedMethods: []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", "If-None-Match", headerIdempotencyKey, "X-Request-Id"},
		ExposedHeaders: []string{
			"X-Request-Id", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "ETag", "Location",
			headerReplayed, "WWW-Authenticate",
		},
		AllowCredentials: true,
		MaxAge:           preflightAge,
	})
}

// openToAnyOrigin lets scripts of every origin read the answer, without
// credentials, which no browser would combine with `*` (Fetch, section 3.3.5).
func openToAnyOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Del("Access-Control-Allow-Credentials")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// crossOrigin refuses, by Sec-Fetch-Site or else by Origin, what a browser
// sends from an origin that is neither the service's own nor listed. GET, HEAD
// and OPTIONS pass: they change nothing. So does what no browser sent.
func (a *API) crossOrigin() func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, origin := range a.options.CORSOrigins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			panic(err) // config.Origins takes no such origin
		}
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := protection.Check(r); err != nil {
				Write(w, r, errOtherOrigin.Because(fmt.Errorf("cross-origin check: %w", err)))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

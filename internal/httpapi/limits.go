package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-chi/httprate"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
)

var errRateLimited = fault.New(fault.RateLimited, fault.CodeRateLimited,
	"The limit of this operation is spent. Try again later.")

// limiter enforces one x-ratelimit entry.
type limiter struct {
	Limit
	rate    *httprate.RateLimiter
	metrics *observe.Limit
}

// buildLimits makes the running limiters from the document; an override
// (RATE_LIMIT_<OPERATION_ID>) replaces the numbers of every entry. Where
// shared is nil they count in memory.
func buildLimits(spec *Spec, overrides map[string]config.RateLimit, shared *SharedLimits, metrics *observe.Limits) map[*Operation][]limiter {
	made := map[*Operation][]limiter{}
	for _, op := range spec.operations {
		for _, limit := range op.Limits {
			if o, ok := overrides[variable(op.ID)]; ok {
				limit.Requests, limit.Window = o.Requests, int(o.Window/time.Second)
			}
			made[op] = append(made[op], limiter{Limit: limit, rate: newRate(op.ID, limit, shared), metrics: metrics.Limit(op.ID, limit.Key)})
		}
	}
	return made
}

// variable is an operationId as RATE_LIMIT_… spells it: createUser is
// CREATE_USER.
func variable(operationID string) string {
	var b strings.Builder
	for i, c := range operationID {
		if i > 0 && unicode.IsUpper(c) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(c))
	}
	return b.String()
}

// newRate makes a limiter. Its windows begin with the limiter where it counts
// in memory, and with the wall clock, which instances have in common, where
// it does not.
func newRate(operationID string, limit Limit, shared *SharedLimits) *httprate.RateLimiter {
	options := []httprate.Option{
		httprate.WithResponseHeaders(httprate.ResponseHeaders{
			Limit: "RateLimit-Limit", Remaining: "RateLimit-Remaining", Reset: "RateLimit-Reset",
		}),
		// No counter fails; httprate's own hook would answer 428 with the error's text.
		httprate.WithErrorHandler(func(http.ResponseWriter, *http.Request, error) {}),
	}
	if shared != nil {
		options = append(options, httprate.WithLimitCounter(shared.counter(operationID, limit)))
	}
	return httprate.NewRateLimiter(limit.Requests, limit.window(), options...)
}

// limit is the middleware for the limits of one key. Those by address come
// before the bearer check, those by caller after the request was found valid.
func (a *API) limit(key string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := stateOf(r.Context())
			for _, l := range a.limits[s.op] {
				if l.Key == key && l.spent(w, r, s) {
					Write(w, r, errRateLimited)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// spent counts the request. It turns httprate's RateLimit-Reset, a point in
// time, into seconds, which need no common clock.
func (l limiter) spent(w http.ResponseWriter, r *http.Request, s *state) bool {
	key := s.countedAs(l.Key)
	if key == "" {
		return false
	}
	spent := l.rate.OnLimit(w, r, key)
	header := w.Header()
	if remaining, err := strconv.Atoi(header.Get("RateLimit-Remaining")); err == nil {
		l.metrics.Decided(spent, 1-float64(remaining)/float64(l.Requests))
		if remaining < 0 { // instances let one too many through
			header.Set("RateLimit-Remaining", "0")
		}
	}
	if at, err := strconv.ParseInt(header.Get("RateLimit-Reset"), 10, 64); err == nil {
		left := max(1, time.Until(time.Unix(at, 0)).Round(time.Second))
		header.Set("RateLimit-Reset", seconds(left, time.Second))
		if spent { // the window slides: the first one is free a share of it later
			header.Set("Retry-After", seconds(left+l.window()/time.Duration(l.Requests), l.window()))
		}
	}
	return spent
}

// countedAs names the bucket. The auth service's calls count for the end user
// whose address it forwards; what it does on nobody's behalf is not limited.
func (s *state) countedAs(key string) string {
	if s.claims != nil && isAuth(s.claims) {
		if !s.forwarded {
			return ""
		}
		return "ip " + network(s.peer).String()
	}
	if key == "caller" && s.claims != nil {
		return "sub " + s.claims.Subject
	}
	return "ip " + network(s.peer).String()
}

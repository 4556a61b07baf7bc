package httpapi

import (
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
)

var errRateLimited = fault.New(fault.RateLimited, fault.CodeRateLimited,
	"The limit of this operation is spent. Try again later.")

// buildLimits makes the running limiters from the document; an override
// (RATE_LIMIT_<OPERATION_ID>) replaces the numbers of every entry. Where
// shared is nil they count in memory.
func buildLimits(spec *Spec, overrides map[string]config.RateLimit, shared *SharedLimits, metrics *observe.Limits) map[*Operation][]*limiter {
	made := map[*Operation][]*limiter{}
	names := newBucketNames()
	for _, op := range spec.operations {
		for _, limit := range op.Limits {
			if o, ok := overrides[variable(op.ID)]; ok {
				limit.Requests, limit.Window = o.Requests, int(o.Window/time.Second)
			}
			l := newLimiter(op.ID, limit, shared)
			l.names, l.metrics = names, metrics.Limit(op.ID, limit.Key)
			made[op] = append(made[op], l)
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

// limit is the middleware for the limits of one key. Those by address come
// before the bearer check, those by caller after the request was found valid.
func (a *API) limit(key string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := stateOf(r.Context())
			for _, l := range a.limits[s.op] {
				if l.Key == key && l.spent(w.Header(), s) {
					Write(w, r, errRateLimited)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// The headers' names as net/http spells them, so that they need not be spelled
// anew for each request.
const (
	headerLimit     = "Ratelimit-Limit"
	headerRemaining = "Ratelimit-Remaining"
	headerReset     = "Ratelimit-Reset"
)

// spent counts the request, and says in the headers what is left. They take
// their values from the state, which is there already: a request that is let
// through allocates nothing here (TestLimitAllocatesNothing).
func (l *limiter) spent(header http.Header, s *state) bool {
	of, counts := s.countedAs(l.Key)
	if !counts {
		return false
	}
	c := l.take(l.names.of(of))
	l.metrics.Decided(c.spent, 1-float64(c.left)/float64(l.Requests), c.at)
	wait := max(1, time.Unix(c.end.Unix(), 0).Sub(c.at).Round(time.Second))
	s.limits = [2]string{decimal(max(c.left, 0)), seconds(wait, time.Second)} // less than none: instances let one too many through
	header[headerLimit] = l.declared
	header[headerRemaining], header[headerReset] = s.limits[0:1:1], s.limits[1:2:2]
	if c.spent { // the window slides: the first one is free a share of it later
		header.Set("Retry-After", seconds(wait+l.window()/time.Duration(l.Requests), l.window()))
	}
	return c.spent
}

// countedAs tells the bucket, if the request counts. The auth service's calls
// count for the end user whose address it forwards; what it does on nobody's
// behalf is not limited.
func (s *state) countedAs(key string) (of bucket, counts bool) {
	if s.claims != nil && isAuth(s.claims) {
		return bucket{address: network(s.peer)}, s.forwarded
	}
	if key == "caller" && s.claims != nil {
		return bucket{isSubject: true, subject: s.claims.Subject}, true
	}
	return bucket{address: network(s.peer)}, true
}

package httpapi

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/go-chi/httprate"

	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/token"
)

// limitedRequest is a request that limits look at, the middleware that enforces
// them, and what gives them back all that was spent.
func limitedRequest(tb testing.TB, peer string, limits ...Limit) (handler http.Handler, r *http.Request, refill func()) {
	tb.Helper()
	op := &Operation{ID: "limited", Limits: limits}
	spec := &Spec{operations: map[route]*Operation{{http.MethodGet, "/limited"}: op}}
	a := &API{limits: buildLimits(spec, nil, nil, observe.NewMetrics("users").Limits())}
	r = knownRequest(httptest.NewRequest(http.MethodGet, "/limited", nil), &state{
		op: op, peer: netip.MustParseAddr(peer), claims: &token.Claims{Subject: testSubject, SessionID: testSubject},
	})
	refill = func() {
		for _, l := range a.limits[op] {
			l.counter = httprate.NewLocalLimitCounter(l.window())
		}
	}
	return a.limit("ip")(a.limit("caller")(http.HandlerFunc(empty))), r, refill
}

// The limits that most operations have.
var (
	byAddress = Limit{Requests: 6000, Window: 60, Key: "ip"}
	byCaller  = Limit{Requests: 600, Window: 60, Key: "caller"}
)

// BenchmarkLimit is one request that its limits let through, counted in memory.
// The counters begin anew before a limit is spent.
func BenchmarkLimit(b *testing.B) {
	for _, c := range []struct {
		name, peer string
		limits     []Limit
	}{
		{"none", "192.0.2.1", nil},
		{"address", "192.0.2.1", []Limit{byAddress}},
		{"IPv6", "2001:db8:1:2:3:4:5:6", []Limit{byAddress}},
		{"caller", "192.0.2.1", []Limit{byCaller}},
		{"both", "192.0.2.1", []Limit{byAddress, byCaller}},
	} {
		b.Run(c.name, func(b *testing.B) {
			handler, r, refill := limitedRequest(b, c.peer, c.limits...)
			w, left := newSink(), byCaller.Requests
			b.ReportAllocs()
			for b.Loop() {
				if left--; left < 0 {
					refill()
					left = byCaller.Requests - 1
				}
				handler.ServeHTTP(w, r)
				w.mustBe(b, http.StatusNoContent)
			}
		})
	}
}

// BenchmarkLimitSpent is one request that is refused, problem document included.
func BenchmarkLimitSpent(b *testing.B) {
	handler, r, _ := limitedRequest(b, "192.0.2.1", Limit{Requests: 1, Window: 24 * 3600, Key: "ip"})
	handler.ServeHTTP(newSink(), r)
	w := newSink()
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(w, r)
		w.mustBe(b, http.StatusTooManyRequests)
	}
}

// BenchmarkLimitManyCallers is BenchmarkLimit with another address each time, a
// hundred thousand of them, on all processors.
func BenchmarkLimitManyCallers(b *testing.B) {
	handler, r, _ := limitedRequest(b, "192.0.2.1", Limit{Requests: math.MaxInt32, Window: 60, Key: "ip"})
	op := stateOf(r.Context()).op
	peers := make([]netip.Addr, 100_000)
	for i := range peers {
		peers[i] = netip.MustParseAddr(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		w, s := newSink(), &state{op: op}
		own := knownRequest(r, s)
		for i := 0; pb.Next(); i++ {
			s.peer = peers[i%len(peers)]
			handler.ServeHTTP(w, own)
			w.status = 0
		}
	})
}

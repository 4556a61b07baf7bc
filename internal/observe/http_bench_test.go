package observe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// BenchmarkHTTP is what the metrics of one request cost: of a usual one, of a
// slow one, whose exemplar is kept, and of one that was answered with a problem.
func BenchmarkHTTP(b *testing.B) {
	for _, c := range []struct {
		name    string
		status  int
		took    time.Duration
		problem string
	}{
		{"usual", http.StatusOK, time.Millisecond, ""},
		{"exemplar", http.StatusOK, time.Second, ""},
		{"problem", http.StatusNotFound, time.Millisecond, "not_found"},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := observe.NewMetrics("users").HTTP()
			b.ReportAllocs()
			for b.Loop() {
				h.Begin()
				h.Done("getUser", c.status, c.took, "", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e")
				if c.problem != "" {
					h.Problem("getUser", c.problem)
				}
			}
		})
	}
}

// BenchmarkLimitDecided is what the metrics of one limit cost.
func BenchmarkLimitDecided(b *testing.B) {
	l := observe.NewMetrics("users").Limits().Limit("getUser", "ip")
	at := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		l.Decided(false, 0.5, at)
	}
}

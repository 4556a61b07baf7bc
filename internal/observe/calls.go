package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Calls are the auth service's to the users service.
type Calls struct {
	registry prometheus.Registerer
	duration *prometheus.HistogramVec
}

func newCalls(r prometheus.Registerer) *Calls {
	c := &Calls{registry: r, duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Name: "users_call_duration_seconds", Buckets: quickBuckets,
		Help: "Time that the auth service waited for the users service, attempts and the waits between them, by operationId there and outcome: " +
			"answered (whatever the answer), failed (no answer), refused (not made: the breaker is open), canceled (its own caller went away).",
	}, []string{"operation", "outcome"})}
	r.MustRegister(c.duration)
	return c
}

// Done is told of a call at its end.
func (c *Calls) Done(operationID, outcome string, took time.Duration) {
	if c != nil {
		c.duration.WithLabelValues(operationID, outcome).Observe(took.Seconds())
	}
}

var breakerStates = []string{"closed", "half-open", "open"}

// WatchBreaker reads the breaker's state at each scrape.
func (c *Calls) WatchBreaker(state func() string) {
	if c == nil {
		return
	}
	desc := describe("users_breaker_state", "1 for the state that the breaker between auth and users is in (closed is well), else 0.", "state")
	c.registry.MustRegister(reader{[]*prometheus.Desc{desc}, func(ch chan<- prometheus.Metric) {
		now := state()
		for _, s := range breakerStates {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, truth(s == now), s)
		}
	}})
}

package observe

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Jobs are the queues that the auth service works off.
type Jobs struct {
	duration *prometheus.HistogramVec
	queues   atomic.Pointer[[]Queue]
}

// Queue is the state of one queue, in the database, at one moment.
type Queue struct {
	Name string
	// States counts jobs by River's states.
	States map[string]int64
	// OldestDue is for how long the oldest job that is due has been.
	OldestDue time.Duration
}

func newJobs(r prometheus.Registerer) *Jobs {
	j := &Jobs{duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Name: "job_duration_seconds", Buckets: jobBuckets,
		Help: "Time of one attempt at a job, by kind (mail is one) and outcome: done, failed (tried again later), dead (given up), snoozed, interrupted (by a stop).",
	}, []string{"kind", "outcome"})}
	count := describe("jobs", "Jobs in the database, by queue (mail is one) and state: available, running, retryable, scheduled, and discarded or cancelled (dead letters). Every instance shows the same.", "queue", "state")
	oldest := describe("job_oldest_due_seconds", "For how long the oldest due job of a queue has waited to be done. Every instance shows the same.", "queue")
	r.MustRegister(j.duration, reader{[]*prometheus.Desc{count, oldest}, func(ch chan<- prometheus.Metric) {
		queues := j.queues.Load()
		if queues == nil {
			return
		}
		for _, q := range *queues {
			for state, n := range q.States {
				ch <- prometheus.MustNewConstMetric(count, prometheus.GaugeValue, float64(n), q.Name, state)
			}
			ch <- prometheus.MustNewConstMetric(oldest, prometheus.GaugeValue, q.OldestDue.Seconds(), q.Name)
		}
	}})
	return j
}

// Attempted is told of one attempt at its end.
func (j *Jobs) Attempted(kind, outcome string, took time.Duration) {
	if j != nil {
		j.duration.WithLabelValues(kind, outcome).Observe(took.Seconds())
	}
}

// Show keeps what was last read of the queues; nil forgets it, so that figures
// which nobody can vouch for are not shown.
func (j *Jobs) Show(queues []Queue) {
	if j == nil {
		return
	}
	if queues == nil {
		j.queues.Store(nil)
		return
	}
	j.queues.Store(&queues)
}

package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Hashing is told of passwords on their way through the bounded pool.
type Hashing struct {
	registry prometheus.Registerer
	wait     prometheus.Histogram
	duration *prometheus.HistogramVec
	turned   *prometheus.CounterVec
}

func newHashing(r prometheus.Registerer) *Hashing {
	h := &Hashing{
		registry: r,
		wait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: "password", Name: "queue_wait_seconds", Buckets: waitBuckets,
			Help: "Time that a password waited for a hash worker, those that were turned away included.",
		}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: "password", Name: "hash_duration_seconds", Buckets: hashBuckets,
			Help: "Time that a worker spent on a password, by what it did (hash, verify) and the algorithm of the hash.",
		}, []string{"algorithm", "purpose"}),
		turned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: "password", Name: "queue_left_total",
			Help: "Passwords that left the queue without a worker: shed after HASH_QUEUE, or canceled by a caller who went away.",
		}, []string{"reason"}),
	}
	h.turned.WithLabelValues("shed")
	h.turned.WithLabelValues("canceled")
	r.MustRegister(h.wait, h.duration, h.turned)
	return h
}

// HashingNow is the pool at one moment.
type HashingNow struct{ Workers, Busy, Waiting int }

// Watch reads the pool at each scrape.
func (h *Hashing) Watch(read func() HashingNow) {
	if h == nil {
		return
	}
	gauge(h.registry, "password_workers", "Threads that hash passwords.", func() float64 { return float64(read().Workers) })
	gauge(h.registry, "password_workers_busy", "Threads that are hashing.", func() float64 { return float64(read().Busy) })
	gauge(h.registry, "password_queue_depth", "Passwords that wait for a worker.", func() float64 { return float64(read().Waiting) })
}

// Waited is told how long a password was in the queue.
func (h *Hashing) Waited(d time.Duration) {
	if h != nil {
		h.wait.Observe(d.Seconds())
	}
}

// Shed is told of a password that no worker got to in time.
func (h *Hashing) Shed() {
	if h != nil {
		h.turned.WithLabelValues("shed").Inc()
	}
}

// Canceled is told of one whose caller went away.
func (h *Hashing) Canceled() {
	if h != nil {
		h.turned.WithLabelValues("canceled").Inc()
	}
}

// Hashed is told of a worker's time: purpose is hash or verify.
func (h *Hashing) Hashed(algorithm, purpose string, d time.Duration) {
	if h != nil {
		h.duration.WithLabelValues(algorithm, purpose).Observe(d.Seconds())
	}
}

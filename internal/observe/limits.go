package observe

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Limits counts what the rate limits decide, and how near the nearest caller of
// each has come to it.
type Limits struct {
	registry  prometheus.Registerer
	decisions *prometheus.CounterVec
	mu        sync.Mutex
	peaks     map[[2]string]*peak
}

func newLimits(r prometheus.Registerer) *Limits {
	l := &Limits{
		registry: r, peaks: map[[2]string]*peak{},
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "rate_limit_decisions_total",
			Help: "Requests that a declared limit looked at, by operationId, what it counts by (ip, caller) and what it decided (allowed, limited).",
		}, []string{"operation", "key", "decision"}),
	}
	ratio := describe("rate_limit_peak_ratio",
		"Largest share of a limit that one caller had used up in the last one to two minutes; 1 and more is limited.", "operation", "key")
	r.MustRegister(l.decisions, reader{[]*prometheus.Desc{ratio}, func(ch chan<- prometheus.Metric) {
		l.mu.Lock()
		defer l.mu.Unlock()
		for labels, p := range l.peaks {
			ch <- prometheus.MustNewConstMetric(ratio, prometheus.GaugeValue, p.read(time.Now()), labels[0], labels[1])
		}
	}})
	return l
}

// Limit is one entry of an operation's x-ratelimit.
type Limit struct {
	allowed, limited prometheus.Counter
	peak             *peak
}

// Limit gives the metrics of one declared limit; ask once.
func (l *Limits) Limit(operationID, key string) *Limit {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	labels := [2]string{operationID, key}
	if l.peaks[labels] == nil {
		l.peaks[labels] = &peak{}
	}
	return &Limit{
		allowed: l.decisions.WithLabelValues(operationID, key, "allowed"),
		limited: l.decisions.WithLabelValues(operationID, key, "limited"),
		peak:    l.peaks[labels],
	}
}

// Decided is told of one decision, made at a time, and what share of the limit
// its caller has used up with it.
func (l *Limit) Decided(limited bool, used float64, at time.Time) {
	if l == nil {
		return
	}
	if limited {
		l.limited.Inc()
		used = max(used, 1)
	} else {
		l.allowed.Inc()
	}
	l.peak.note(used, at)
}

// WatchRedis says whether limits are shared at the moment.
func (l *Limits) WatchRedis(shared func() bool) {
	if l != nil {
		gauge(l.registry, "redis_up", "1 while the instances share their limits through Redis, 0 while each counts alone.",
			func() float64 { return truth(shared()) })
	}
}

// peak is the greatest value of this minute and of the one before.
type peak struct {
	minute        atomic.Int64
	now, previous atomic.Uint64 // float64 bits; order-preserving as none is negative
}

func (p *peak) turn(at time.Time) {
	minute := at.Unix() / 60
	was := p.minute.Load()
	if was == minute || !p.minute.CompareAndSwap(was, minute) {
		return
	}
	last := p.now.Swap(0)
	if was != minute-1 {
		last = 0
	}
	p.previous.Store(last)
}

func (p *peak) note(value float64, at time.Time) {
	p.turn(at)
	bits := math.Float64bits(max(value, 0))
	for {
		old := p.now.Load()
		if bits <= old || p.now.CompareAndSwap(old, bits) {
			return
		}
	}
}

func (p *peak) read(at time.Time) float64 {
	p.turn(at)
	return math.Float64frombits(max(p.now.Load(), p.previous.Load()))
}

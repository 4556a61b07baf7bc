package observe

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// noOperation labels requests that belong to no operation of the document:
// unknown paths, pages, documentation.
const noOperation = "none"

// HTTP counts and times requests by operationId.
type HTTP struct {
	duration *prometheus.HistogramVec
	problems *prometheus.CounterVec
	inFlight prometheus.Gauge
	cached   sync.Map // operation → *operation
}

// operation keeps an operation's observers, by status less 100, so that a
// request costs no look-up by labels.
type operation [500]atomic.Pointer[observer]

type observer struct{ of prometheus.Observer }

func newHTTP(r prometheus.Registerer) *HTTP {
	h := &HTTP{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: "http", Name: "request_duration_seconds", Buckets: quickBuckets,
			Help: "Time from a request's headers to the end of its answer, by operationId (none: no operation of the document) and status.",
		}, []string{"operation", "status"}),
		problems: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: "http", Name: "problems_total",
			Help: "Problem documents that were answered, by operationId and error code.",
		}, []string{"operation", "code"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Subsystem: "http", Name: "requests_in_flight",
			Help: "Requests that are being worked on.",
		}),
	}
	r.MustRegister(h.duration, h.problems, h.inFlight)
	return h
}

// Begin counts a request as in flight, until Done.
func (h *HTTP) Begin() {
	if h != nil {
		h.inFlight.Inc()
	}
}

// notable is from when on a request's exemplar is worth keeping.
const notable = 100 * time.Millisecond

// Done is told of a request at its end. operationID is empty for one that
// belongs to no operation. Of a slow, a failed or a traced one an exemplar is
// kept: its trace, or its request id where the service made that itself; one
// that a client chose is never shown.
func (h *HTTP) Done(operationID string, status int, took time.Duration, traceID, ownRequestID string) {
	if h == nil {
		return
	}
	h.inFlight.Dec()
	o := h.observer(orNone(operationID), status)
	var exemplar prometheus.Labels
	switch {
	case traceID != "":
		exemplar = prometheus.Labels{"trace_id": traceID}
	case ownRequestID != "" && (took >= notable || status >= 500):
		exemplar = prometheus.Labels{"request_id": ownRequestID}
	}
	if e, ok := o.(prometheus.ExemplarObserver); ok && len(exemplar) > 0 {
		e.ObserveWithExemplar(took.Seconds(), exemplar)
		return
	}
	o.Observe(took.Seconds())
}

func orNone(operationID string) string {
	if operationID == "" {
		return noOperation
	}
	return operationID
}

func (h *HTTP) observer(operationID string, status int) prometheus.Observer {
	if status < 100 || status > 599 {
		status = 599 // net/http would have panicked
	}
	kept, ok := h.cached.Load(operationID)
	if !ok {
		kept, _ = h.cached.LoadOrStore(operationID, &operation{})
	}
	slot := &kept.(*operation)[status-100]
	if o := slot.Load(); o != nil {
		return o.of
	}
	o := &observer{h.duration.WithLabelValues(operationID, strconv.Itoa(status))}
	slot.Store(o)
	return o.of
}

// Problem is told of a problem document, by its code.
func (h *HTTP) Problem(operationID, code string) {
	if h != nil {
		h.problems.WithLabelValues(orNone(operationID), code).Inc()
	}
}

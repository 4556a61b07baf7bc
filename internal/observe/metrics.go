package observe

import (
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// namespace is the first part of every name that is ours.
const namespace = "latchkey"

// Upper bounds of the buckets, in seconds. Quick things are asked about from
// half a millisecond on, password hashes from the cheapest one on.
var (
	quickBuckets = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5}
	waitBuckets  = []float64{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5}
	hashBuckets  = []float64{0.005, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 4}
	jobBuckets   = []float64{0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}
)

// Metrics are those of one service, in a registry of its own: `latchkey up`
// runs two services in one process. All fields are set by NewMetrics; a nil
// *Metrics has nil fields, see the accessors.
type Metrics struct {
	registry *prometheus.Registry

	http     *HTTP
	limits   *Limits
	hashing  *Hashing
	outcomes *Outcomes
	database *Database
	jobs     *Jobs
	calls    *Calls
	keys     *Keys
}

// NewMetrics makes the metrics of a service, users or auth. What only the other
// one does is left out.
func NewMetrics(service string) *Metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
			collectors.MetricsScheduler, collectors.MetricsGC)),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		buildInfo(service),
	)
	m := &Metrics{registry: r, http: newHTTP(r), limits: newLimits(r), database: newDatabase(r), outcomes: newOutcomes(r, service)}
	switch service {
	case "users":
		m.hashing = newHashing(r)
	case "auth":
		m.jobs, m.calls = newJobs(r), newCalls(r)
	}
	m.keys = newKeys(r)
	return m
}

// HTTP are the requests.
func (m *Metrics) HTTP() *HTTP { return field(m, func(m *Metrics) *HTTP { return m.http }) }

// Limits are the rate limits.
func (m *Metrics) Limits() *Limits { return field(m, func(m *Metrics) *Limits { return m.limits }) }

// Hashing is the pool that hashes passwords; the users service's.
func (m *Metrics) Hashing() *Hashing { return field(m, func(m *Metrics) *Hashing { return m.hashing }) }

// Outcomes are what became of sign-ins and their like.
func (m *Metrics) Outcomes() *Outcomes {
	return field(m, func(m *Metrics) *Outcomes { return m.outcomes })
}

// Database are pools and statements.
func (m *Metrics) Database() *Database {
	return field(m, func(m *Metrics) *Database { return m.database })
}

// Jobs are the queues; the auth service's.
func (m *Metrics) Jobs() *Jobs { return field(m, func(m *Metrics) *Jobs { return m.jobs }) }

// Calls are those to the users service; the auth service's.
func (m *Metrics) Calls() *Calls { return field(m, func(m *Metrics) *Calls { return m.calls }) }

// Keys are the signing keys, or the key set that is followed.
func (m *Metrics) Keys() *Keys { return field(m, func(m *Metrics) *Keys { return m.keys }) }

func field[T any](m *Metrics, of func(*Metrics) *T) *T {
	if m == nil {
		return nil
	}
	return of(m)
}

// Gatherer gives the metrics to whoever reads them other than over HTTP.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Handler serves the metrics: OpenMetrics, with exemplars, where the scraper
// asks for it, else Prometheus's text. One scrape at a time is enough; a
// collector that fails takes nothing but its own metrics away.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		EnableOpenMetrics:   true,
		ErrorHandling:       promhttp.ContinueOnError,
		ErrorLog:            slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		MaxRequestsInFlight: 4,
	})
}

// buildInfo is constant 1, by what the program was built of.
func buildInfo(service string) prometheus.Collector {
	labels := prometheus.Labels{"service": service, "version": "unknown", "revision": "unknown", "goversion": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			labels["version"] = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				labels["revision"] = s.Value
			}
		}
	}
	g := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", ConstLabels: labels,
		Help: "Constant 1, labelled by what the program was built from.",
	}, func() float64 { return 1 })
	return g
}

// gauge registers one that is read at each scrape.
func gauge(r prometheus.Registerer, name, help string, read func() float64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, read))
}

// describe makes a description for collectors that read many values at once.
func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
}

// truth is a condition as a number.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// reader is a collector of a few gauges or counters that are read together.
type reader struct {
	descs []*prometheus.Desc
	read  func(chan<- prometheus.Metric)
}

// Describe tells the descriptions.
func (r reader) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range r.descs {
		ch <- d
	}
}

// Collect reads.
func (r reader) Collect(ch chan<- prometheus.Metric) { r.read(ch) }

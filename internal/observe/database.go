package observe

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// Database are connection pools and SQL statements.
type Database struct {
	registry prometheus.Registerer
	query    *prometheus.HistogramVec
	errors   *prometheus.CounterVec
	acquire  *prometheus.HistogramVec
}

func newDatabase(r prometheus.Registerer) *Database {
	d := &Database{
		registry: r,
		query: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: "db", Name: "query_duration_seconds", Buckets: quickBuckets,
			Help: "Time of a statement, from sending it to its last row, by the name of its query in queries/ (begin, commit and rollback by their own; other: none has a name).",
		}, []string{"query"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: "db", Name: "query_errors_total",
			Help: "Statements that failed, by query and the class of their SQLSTATE (PostgreSQL, appendix A), or connection, timeout, canceled.",
		}, []string{"query", "class"}),
		acquire: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: "db", Name: "acquire_duration_seconds", Buckets: quickBuckets,
			Help: "Time that a request waited for a connection of a pool (main, jobs, replica), by outcome: acquired, failed.",
		}, []string{"pool", "outcome"}),
	}
	r.MustRegister(d.query, d.errors, d.acquire)
	return d
}

// Watch reads a pool at each scrape.
func (d *Database) Watch(name string, pool *pgxpool.Pool) {
	if d == nil {
		return
	}
	desc := func(metric, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(namespace+"_db_"+metric, help, labels, prometheus.Labels{"pool": name})
	}
	conns := desc("pool_connections", "Connections of a pool, by state: idle, acquired (in use), constructing.", "state")
	most := desc("pool_max_connections", "Connections that a pool may have (DATABASE_MAX_CONNS).")
	opened := desc("pool_connections_opened_total", "Connections that a pool has opened.")
	d.registry.MustRegister(reader{[]*prometheus.Desc{conns, most, opened}, func(ch chan<- prometheus.Metric) {
		s := pool.Stat()
		for state, n := range map[string]int32{"idle": s.IdleConns(), "acquired": s.AcquiredConns(), "constructing": s.ConstructingConns()} {
			ch <- prometheus.MustNewConstMetric(conns, prometheus.GaugeValue, float64(n), state)
		}
		ch <- prometheus.MustNewConstMetric(most, prometheus.GaugeValue, float64(s.MaxConns()))
		ch <- prometheus.MustNewConstMetric(opened, prometheus.CounterValue, float64(s.NewConnsCount()))
	}})
}

// Tracer times the statements and the waits of one pool; nil for nil.
func (d *Database) Tracer(pool string) pgx.QueryTracer {
	if d == nil {
		return nil
	}
	return &sqlTimes{
		database: d,
		acquired: d.acquire.WithLabelValues(pool, "acquired"), failed: d.acquire.WithLabelValues(pool, "failed"),
	}
}

// sqlTimes is pgx's view of Database. Prepared statements keep the text that
// they were made of, name included.
type sqlTimes struct {
	database         *Database
	acquired, failed prometheus.Observer
	queries          sync.Map // name → prometheus.Observer
}

// timed is the context of a statement, or of a wait for a connection, and knows
// when that began: one value where context.WithValue would make two.
type timed struct {
	context.Context
	key  any
	name string // of the query
	at   time.Time
}

type (
	queryKey   struct{}
	acquireKey struct{}
)

// Value gives the nearest of its kind.
func (t *timed) Value(key any) any {
	if key == t.key {
		return t
	}
	return t.Context.Value(key)
}

// TraceQueryStart is pgx's call before a statement.
func (s *sqlTimes) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return &timed{ctx, queryKey{}, QueryName(data.SQL), time.Now()}
}

// TraceQueryEnd is pgx's call after it.
func (s *sqlTimes) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	begun, ok := ctx.Value(queryKey{}).(*timed)
	if !ok {
		return
	}
	s.observer(begun.name).Observe(time.Since(begun.at).Seconds())
	if data.Err != nil && !errors.Is(data.Err, pgx.ErrNoRows) {
		s.database.errors.WithLabelValues(begun.name, classOf(data.Err)).Inc()
	}
}

// observer keeps each query's, so that a statement costs no look-up by labels;
// their names are a closed set.
func (s *sqlTimes) observer(name string) prometheus.Observer {
	if kept, ok := s.queries.Load(name); ok {
		return kept.(prometheus.Observer)
	}
	made := s.database.query.WithLabelValues(name)
	s.queries.Store(name, made)
	return made
}

// TraceAcquireStart is pgxpool's call before a connection is waited for.
func (s *sqlTimes) TraceAcquireStart(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData) context.Context {
	return &timed{Context: ctx, key: acquireKey{}, at: time.Now()}
}

// TraceAcquireEnd is pgxpool's call after that.
func (s *sqlTimes) TraceAcquireEnd(ctx context.Context, _ *pgxpool.Pool, data pgxpool.TraceAcquireEndData) {
	begun, ok := ctx.Value(acquireKey{}).(*timed)
	if !ok {
		return
	}
	took := time.Since(begun.at).Seconds()
	if data.Err != nil {
		s.failed.Observe(took)
		return
	}
	s.acquired.Observe(took)
}

// QueryName is the name that sqlc writes before a statement, that of a
// transaction's own statements, or other. What a client sends is in no
// statement's text: the names are a closed set.
func QueryName(sql string) string {
	if rest, ok := strings.CutPrefix(sql, "-- name: "); ok {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	if len(sql) <= len("rollback")+1 || strings.HasPrefix(sql, "begin") {
		for _, own := range []string{"begin", "commit", "rollback"} {
			if strings.HasPrefix(sql, own) {
				return own
			}
		}
	}
	return "other"
}

// classOf names the kind of a statement's failure.
func classOf(err error) string {
	var pg *pgconn.PgError
	var network net.Error
	switch {
	case errors.As(err, &pg) && len(pg.Code) == 5:
		return pg.Code[:2]
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	}
	return "connection"
}

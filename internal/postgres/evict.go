package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// pingAfter is how long a connection may idle and be trusted all the same.
	pingAfter = time.Second
	// pingTimeout is how long it then may take to answer, before the pool takes
	// its server for gone. Without it one dead connection costs a whole request.
	pingTimeout = time.Second
	// resetPause is how far apart two resets of a pool are, at least.
	resetPause = time.Second
)

// eviction makes a pool leave a server that can't serve it any more. What one
// connection learns holds for all to that server, so all are replaced, and those
// in use when they come back: after a failover or a demotion no request finds
// out again.
type eviction struct {
	pool  atomic.Pointer[pgxpool.Pool] // nil until there is one
	reset atomic.Int64                 // when the pool was last reset, Unix ns
}

// evictFrom sets the hooks of cfg.
func evictFrom(cfg *pgxpool.Config) *eviction {
	e := &eviction{}
	standard := cfg.ConnConfig.OnPgError // closes the connection after what is FATAL
	cfg.ConnConfig.OnPgError = func(conn *pgconn.PgConn, err *pgconn.PgError) bool {
		if !leaves(err.Code) {
			return standard(conn, err)
		}
		e.all()
		return false
	}
	cfg.ShouldPing = e.shouldPing
	return e
}

// leaves says of a SQLSTATE that its server is, or is about to be, none to write
// to: a standby or made read-only; stopping; crashed; starting.
func leaves(code string) bool {
	switch code {
	case readOnlyTransaction, adminShutdown, crashShutdown, cannotConnectNow:
		return true
	}
	return false
}

// shouldPing pings a connection that has been idle. The pool pings again, which
// is one round trip more, and drops at once what is closed by then.
func (e *eviction) shouldPing(ctx context.Context, p pgxpool.ShouldPingParams) bool {
	if p.IdleDuration <= pingAfter {
		return false
	}
	// A caller who has gone breaks no good connection.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	if p.Conn.Ping(ctx) == nil {
		return false
	}
	e.all()
	return true
}

// all replaces every connection, unless that was done a moment ago.
func (e *eviction) all() {
	now, last := time.Now().UnixNano(), e.reset.Load()
	if time.Duration(now-last) < resetPause || !e.reset.CompareAndSwap(last, now) {
		return
	}
	if pool := e.pool.Load(); pool != nil {
		pool.Reset()
	}
}

// severalHosts says whether the URL names more than one server: what else a
// configuration can fall back to is the same one without TLS.
func severalHosts(c *pgconn.Config) bool {
	for _, f := range c.Fallbacks {
		if f.Host != c.Host || f.Port != c.Port {
			return true
		}
	}
	return false
}

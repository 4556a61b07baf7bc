package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgxpool"
)

// QueueLimit is a service's: whoever would have to wait longer for a connection
// is told so within a second, while there is still somebody who hears it.
const QueueLimit = 500 * time.Millisecond

// queue bounds the wait for a connection of a pool whose connections are all in
// use. Whoever comes while one is free waits as long as its context lasts: a
// connection may have to be made first. It sees who comes and goes by pgxpool's
// calls to tracers, which cost nothing where nobody waits. A connection that is
// taken out of its pool for good (pgxpool's Hijack) would count for ever: jobs,
// which do so, have a pool of their own.
type queue struct {
	limit  time.Duration
	most   int32        // connections that the pool may have
	inside atomic.Int32 // callers that wait for one or have one
}

// bound is the context of a wait that has a limit.
type bound struct {
	context.Context
	cancel context.CancelFunc
}

// through puts the queue behind another tracer, which may be nil.
func (q *queue) through(tracer pgx.QueryTracer) pgx.QueryTracer {
	all := multitracer.New()
	if tracer != nil {
		all = multitracer.New(tracer)
	}
	all.PoolAcquireTracers = append(all.PoolAcquireTracers, q) // the last: TraceAcquireEnd gets its context
	all.PoolReleaseTracers = append(all.PoolReleaseTracers, q)
	return all
}

// TraceAcquireStart is pgxpool's call before a connection is waited for.
func (q *queue) TraceAcquireStart(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData) context.Context {
	if q.inside.Add(1) <= q.most {
		return ctx
	}
	ctx, cancel := context.WithTimeout(ctx, q.limit)
	return &bound{ctx, cancel}
}

// TraceAcquireEnd is pgxpool's call after that.
func (q *queue) TraceAcquireEnd(ctx context.Context, _ *pgxpool.Pool, data pgxpool.TraceAcquireEndData) {
	if b, ok := ctx.(*bound); ok {
		b.cancel()
	}
	if data.Err != nil {
		q.inside.Add(-1)
	}
}

// TraceRelease is pgxpool's call when a connection is given back.
func (q *queue) TraceRelease(*pgxpool.Pool, pgxpool.TraceReleaseData) { q.inside.Add(-1) }

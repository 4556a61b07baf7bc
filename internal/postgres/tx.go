package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How long a rollback may take; the pool closes the connection after that, which
// ends the transaction as well. lastRollback is left to one whose request has
// run out of time: its answer waits.
const (
	rollbackTimeout = 2 * time.Second
	lastRollback    = 50 * time.Millisecond
)

// InTx runs fn in one transaction, commits when fn returns nil and rolls back
// when it returns an error or panics. It returns fn's error as it is, or what
// BEGIN or COMMIT said. A caller that goes away does not interrupt a COMMIT:
// nobody would know what became of it. After a failed one the outcome is unknown
// when the connection broke. fn must do nothing but SQL: no network, no hashing.
func InTx(ctx context.Context, pool *pgxpool.Pool, fn func(pgx.Tx) error) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	finished := false
	defer func() {
		if finished {
			return
		}
		// A fresh context: a cancelled request must still roll back.
		limit := rollbackTimeout
		if deadline, ok := ctx.Deadline(); ok {
			limit = min(limit, max(time.Until(deadline), 0)+lastRollback)
		}
		fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		_ = tx.Rollback(fresh)
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	finished = true
	carried, cancel := Carried(ctx)
	defer cancel()
	return tx.Commit(carried)
}

// Carried is a context for what goes on within the time of ctx, although its
// caller goes away meanwhile.
func Carried(ctx context.Context) (context.Context, context.CancelFunc) {
	on := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(on, deadline)
	}
	return context.WithCancel(on)
}

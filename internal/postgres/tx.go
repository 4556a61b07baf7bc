package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// rollbackTimeout is how long a rollback may take once the request is gone; the
// pool closes the connection after that, which ends the transaction as well.
const rollbackTimeout = 2 * time.Second

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
		fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
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

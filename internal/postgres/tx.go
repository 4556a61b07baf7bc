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
// BEGIN or COMMIT said. After a failed COMMIT the outcome is unknown when the
// connection broke. fn must do nothing but SQL: no network, no hashing.
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
	finished = true
	return tx.Commit(ctx)
}

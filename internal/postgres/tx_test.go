package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

const deferredTable = "CREATE TABLE t (n int, CONSTRAINT t_n_key UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)"

func insert(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "INSERT INTO t VALUES (1)")
	return err
}

func TestInTxRollsBack(t *testing.T) {
	t.Parallel()
	pool := open(t, shared.URL("postgres", database(t)), postgres.Options{MaxConns: 2})
	exec(t, pool, deferredTable)
	refused := errors.New("refused")
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		return errors.Join(insert(t.Context(), tx), refused)
	})
	if !errors.Is(err, refused) {
		t.Errorf("fn's error: got %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		if err := insert(ctx, tx); err != nil {
			return err
		}
		cancel()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}

	func() {
		defer func() { _ = recover() }()
		_ = postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
			_ = insert(t.Context(), tx)
			panic("fn")
		})
	}()
	if n := count(t, pool, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("%d rows were not rolled back", n)
	}
	if used := pool.Stat().AcquiredConns(); used != 0 {
		t.Errorf("%d connections were not given back", used)
	}
}

func TestInTxCommits(t *testing.T) {
	t.Parallel()
	pool := open(t, shared.URL("postgres", database(t)), postgres.Options{MaxConns: 2})
	exec(t, pool, deferredTable)
	insertOne := func(tx pgx.Tx) error { return insert(t.Context(), tx) }
	if err := postgres.InTx(t.Context(), pool, insertOne); err != nil {
		t.Fatal(err)
	}
	// The constraint is deferred, so this one fails at COMMIT.
	if err := postgres.InTx(t.Context(), pool, insertOne); !postgres.IsUnique(err, "t_n_key") {
		t.Errorf("at commit: got %v", err)
	}
	if n := count(t, pool, "SELECT count(*) FROM t"); n != 1 {
		t.Errorf("%d rows were committed", n)
	}
	if used := pool.Stat().AcquiredConns(); used != 0 {
		t.Errorf("%d connections were not given back", used)
	}
}

// TestInTxIsNotInterruptedAtCommit: a caller who leaves during COMMIT would else
// be told that it failed, when it had not.
func TestInTxIsNotInterruptedAtCommit(t *testing.T) {
	t.Parallel()
	pool := open(t, shared.URL("postgres", database(t)), postgres.Options{MaxConns: 2})
	exec(t, pool, `CREATE TABLE t (n int);
		CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		time.AfterFunc(100*time.Millisecond, cancel)
		return insert(ctx, tx)
	})
	if n := count(t, pool, "SELECT count(*) FROM t"); err != nil || n != 1 || ctx.Err() == nil {
		t.Errorf("%v, %d rows, the context %v", err, n, ctx.Err())
	}
}

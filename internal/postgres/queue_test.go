package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Whoever finds all connections in use is told so in time, and as often as it
// tries; a pool without the limit lets wait.
func TestAFullPoolDoesNotLetWait(t *testing.T) {
	t.Parallel()
	const limit, patience = 500 * time.Millisecond, 2 * time.Second
	url := shared.URL("postgres", database(t))
	wait := func(pool *pgxpool.Pool) (time.Duration, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		began := time.Now()
		_, err := pool.Exec(ctx, "SELECT 1")
		return time.Since(began), err
	}
	pool := open(t, url, postgres.Options{MaxConns: 2, QueueLimit: limit})
	for round := range 3 { // what is given back is counted so
		var held []*pgxpool.Conn
		for range 2 {
			conn, err := pool.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
		}
		for range 2 {
			took, err := wait(pool)
			if took < limit || took >= patience || !errors.Is(postgres.Fault(err), fault.ErrDependency) {
				t.Errorf("round %d: after %s: %v", round, took, err)
			}
		}
		soon := time.AfterFunc(limit/10, held[0].Release)
		if took, err := wait(pool); err != nil || took >= patience {
			t.Errorf("round %d: after %s: %v", round, took, err)
		}
		soon.Stop()
		held[1].Release()
		if _, err := wait(pool); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}

	patient := open(t, url, postgres.Options{MaxConns: 1})
	conn, err := patient.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if took, err := wait(patient); err == nil || took < patience {
		t.Errorf("without a limit: %v after %s", err, took)
	}
}

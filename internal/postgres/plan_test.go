package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// TestPlannedEachTimePreparesNothing: a statement that is not kept can't get
// one plan for all values.
func TestPlannedEachTimePreparesNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	settings, err := pgxpool.ParseConfig(dbtest.Users(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	settings.MaxConns = 1 // what is prepared is a connection's own
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	kept := func() (n int) {
		if err := pool.QueryRow(ctx, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int + 4%'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	each := postgres.PlannedEachTime{Pool: pool}
	for i := range 8 {
		var sum int
		if err := each.QueryRow(ctx, "SELECT $1::int + 42", i).Scan(&sum); err != nil || sum != i+42 {
			t.Fatalf("%d, %v", sum, err)
		}
	}
	if n := kept(); n != 0 {
		t.Errorf("%d statements are kept", n)
	}
	var sum int
	if err := pool.QueryRow(ctx, "SELECT $1::int + 43", 1).Scan(&sum); err != nil || kept() != 1 {
		t.Errorf("of the pool itself %d are kept, %v", kept(), err)
	}
}

package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// write fails with 25006 on a server that can't be written to.
func write(t *testing.T, pool *pgxpool.Pool) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := pool.Exec(ctx, "UPDATE users.roles SET description = description")
	return err
}

// fill opens n connections of the pool and gives them back.
func fill(t *testing.T, pool *pgxpool.Pool, n int) {
	t.Helper()
	var held []*pgxpool.Conn
	for range n {
		c, err := pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	for _, c := range held {
		c.Release()
	}
}

// A primary that becomes read-only, as one that is demoted: one request finds
// out, and all that follow go to the new one. Where the URL names several hosts,
// that they must be writable needs no saying.
func TestDemotedPrimaryIsLeft(t *testing.T) {
	t.Parallel()
	pair := dbtest.StartPair(t)
	url := "postgres://latchkey_users@" + pair.Replica.Addr + "," + pair.Primary.Addr + "/latchkey?sslmode=disable"
	pool := open(t, url, postgres.Options{})
	fill(t, pool, 8)
	if err := write(t, pool); err != nil {
		t.Fatal(err)
	}
	pair.Promote(t)
	pair.Primary.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on")
	pair.Primary.Exec(t, "SELECT pg_reload_conf()")
	var err error
	eventually(t, "the primary refuses to be written to", func() bool { err = write(t, pool); return err != nil })
	if !errors.Is(postgres.Fault(err), fault.ErrDependency) {
		t.Errorf("the first write met %v", err)
	}
	for i := range 20 {
		if err := write(t, pool); err != nil {
			t.Fatalf("write %d after the one that found out met %v", i+1, err)
		}
	}
}

// A primary whose machine is gone, so that nothing tells its clients: idle
// connections are given up after a second, and a first host that hangs is
// passed over. No request fails.
func TestHangingPrimaryIsLeft(t *testing.T) {
	t.Parallel()
	pair := dbtest.StartPair(t)
	pool := open(t, dbtest.URLTo("latchkey_users", pair.Primary, pair.Replica), postgres.Options{})
	fill(t, pool, 8)
	pair.Promote(t)
	pair.Primary.Hang()
	time.Sleep(1100 * time.Millisecond) // connections younger than that are trusted
	for i := range 20 {
		began := time.Now()
		if err := write(t, pool); err != nil {
			t.Fatalf("write %d met %v after %s", i+1, err, time.Since(began))
		}
		if took := time.Since(began); i == 0 || took > time.Second {
			t.Logf("write %d took %s", i+1, took.Round(time.Millisecond))
		}
	}
}

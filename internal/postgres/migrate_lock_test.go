package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// busy are two files, the second of which alters the table of the first, with
// that one applied and the table held by a transaction that reads it.
func busy(t *testing.T, second string) (m postgres.Migrations, pool *pgxpool.Pool, reader pgx.Tx) {
	t.Helper()
	first := "-- migrate:up\nCREATE TABLE SCHEMA.people (n int);\n-- migrate:down\nDROP TABLE SCHEMA.people;\n"
	m, pool = migrations(t, fstest.MapFS{"0001_people.sql": {Data: []byte(first)}})
	if n, err := postgres.Migrate(t.Context(), m); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	m.FS = fstest.MapFS{
		"0001_people.sql": {Data: []byte(strings.ReplaceAll(first, "SCHEMA", m.Schema))},
		"0002_more.sql":   {Data: []byte(strings.ReplaceAll(second, "SCHEMA", m.Schema))},
	}
	reader, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Rollback(context.Background()) })
	if _, err := reader.Exec(t.Context(), "SELECT FROM "+m.Schema+".people"); err != nil {
		t.Fatal(err)
	}
	return m, pool, reader
}

const addColumn = "-- migrate:up\nALTER TABLE SCHEMA.people ADD COLUMN m int;\n-- migrate:down\nALTER TABLE SCHEMA.people DROP COLUMN m;\n"

// A long transaction holds the table: the migration is refused its lock again
// and again, and look-ups wait behind it no longer than lock_timeout each time.
func TestMigrateQueuesNoTraffic(t *testing.T) {
	t.Parallel()
	m, pool, reader := busy(t, addColumn)
	m.URL += "&lock_timeout=200ms"
	m.LockWaits = make([]time.Duration, 1000)
	for i := range m.LockWaits {
		m.LockWaits[i] = 50 * time.Millisecond
	}
	result := migrating(t, m)
	waiting := func() bool {
		return count(t, pool, "SELECT count(*) FROM pg_stat_activity "+ofMigrator+" AND wait_event_type = 'Lock'") > 0
	}
	for range 5 {
		eventually(t, "the migration waits for its lock", waiting)
		// It would wait for good behind the migration, which waits for the reader.
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		_, err := pool.Exec(ctx, "SELECT FROM "+m.Schema+".people")
		cancel()
		if err != nil {
			t.Fatalf("a look-up behind the migration: %v", err)
		}
	}
	select {
	case err := <-result:
		t.Fatalf("it did not wait for the reader: %v", err)
	default:
	}
	if err := reader.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
	exec(t, pool, "SELECT m FROM "+m.Schema+".people")
}

func TestMigrateGivesUpItsLock(t *testing.T) {
	t.Parallel()
	m, pool, _ := busy(t, addColumn)
	m.URL += "&lock_timeout=50ms"
	m.LockWaits = []time.Duration{time.Millisecond, time.Millisecond}
	n, err := postgres.Migrate(t.Context(), m)
	wantError(t, err, m.Schema, "0002_more.sql", "3 times", "is not applied", "lock timeout", "postgres")
	if n != 0 || count(t, pool, "SELECT count(*) FROM "+m.Schema+".schema_migrations") != 1 {
		t.Errorf("applied %d", n)
	}
	// Nothing of it is left in the way, and the end of a context is heeded between attempts.
	m.LockWaits = []time.Duration{time.Hour}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := postgres.Migrate(ctx, m); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// What a migration session may wait for, and what not.
func TestMigrateTimeouts(t *testing.T) {
	t.Parallel()
	shown := "-- migrate:up\nCREATE TABLE SCHEMA.shown AS SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout') AS v;\n-- migrate:down\nDROP TABLE SCHEMA.shown;\n"
	m, pool := migrations(t, fstest.MapFS{"0001_shown.sql": {Data: []byte(shown)}})
	// A role's setting is for its ordinary sessions.
	exec(t, pool, "ALTER DATABASE "+pool.Config().ConnConfig.Database+" SET statement_timeout = '30s'")
	if _, err := postgres.Migrate(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	var v string
	if err := pool.QueryRow(t.Context(), "SELECT v FROM "+m.Schema+".shown").Scan(&v); err != nil || v != "2s 0" {
		t.Errorf("lock_timeout and statement_timeout are %q, %v", v, err)
	}
}

const concurrently = "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY IF NOT EXISTS people_n_idx ON SCHEMA.people (n);\n" +
	"-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY IF EXISTS SCHEMA.people_n_idx;\n"

// An index made CONCURRENTLY waits for old transactions, as long as they take,
// with nobody behind it.
func TestMigrateWaitsWithAnIndex(t *testing.T) {
	t.Parallel()
	m, pool, reader := busy(t, concurrently)
	m.URL += "&lock_timeout=20ms"
	m.LockWaits = []time.Duration{}
	// The reader's snapshot, not only its lock, is what the index waits for.
	if _, err := reader.Exec(t.Context(), "LOCK TABLE "+m.Schema+".people IN ROW EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	result := migrating(t, m)
	eventually(t, "the index waits for the reader", func() bool {
		return count(t, pool, "SELECT count(*) FROM pg_stat_activity "+ofMigrator+" AND wait_event_type = 'Lock' AND state_change < now() - interval '100 ms'") > 0
	})
	exec(t, pool, "INSERT INTO "+m.Schema+".people VALUES (1)")
	if err := reader.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// A migrator that died in the middle of an index leaves one that is not valid,
// which the next one replaces; one that died just after it leaves a good one.
func TestMigrateReplacesAnInvalidIndex(t *testing.T) {
	t.Parallel()
	const valid = "SELECT count(*) FROM pg_index WHERE indexrelid = '%s.people_n_idx'::regclass AND indisvalid"
	m, pool, reader := busy(t, concurrently)
	if _, err := reader.Exec(t.Context(), "LOCK TABLE "+m.Schema+".people IN ROW EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	result := migrating(t, m)
	eventually(t, "the index waits for the reader", func() bool {
		return count(t, pool, "SELECT count(*) FROM pg_stat_activity "+ofMigrator+" AND wait_event_type = 'Lock' AND query LIKE '%CONCURRENTLY%'") > 0
	})
	exec(t, pool, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "+ofMigrator)
	if err := <-result; err == nil {
		t.Fatal("no error")
	}
	if err := reader.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	isValid := strings.ReplaceAll(valid, "%s", m.Schema)
	if count(t, pool, isValid) != 0 {
		t.Fatal("the index is valid: nothing is shown")
	}
	for _, after := range []string{"a kill", "a kill just before it was noted"} {
		if n, err := postgres.Migrate(t.Context(), m); n != 1 || err != nil || count(t, pool, isValid) != 1 {
			t.Errorf("after %s: %d, %v, %d valid indexes", after, n, err, count(t, pool, isValid))
		}
		exec(t, pool, "DELETE FROM "+m.Schema+".schema_migrations WHERE version = '0002'")
	}
}

// migrating migrates, and gives what becomes of it.
func migrating(t *testing.T, m postgres.Migrations) <-chan error {
	result := make(chan error, 1)
	go func() {
		_, err := postgres.Migrate(t.Context(), m)
		result <- err
	}()
	return result
}

package jobs_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// riverVersions is how many migrations River v0.51 brings.
const riverVersions = 8

// unmigrated gives a database whose schema auth is empty, and the superuser's
// way into it.
func unmigrated(t *testing.T) (postgres.Migrations, dbtest.DB, *pgxpool.Pool) {
	t.Helper()
	d := dbtest.Auth(t)
	super := open(t, d.SuperURL)
	exec(t, super, `DROP SCHEMA auth CASCADE; CREATE SCHEMA auth AUTHORIZATION latchkey_auth_owner;
		GRANT USAGE ON SCHEMA auth TO latchkey_auth`)
	return postgres.Migrations{
		URL: d.OwnerURL, FS: db.Auth, Schema: "auth", Role: "latchkey_auth", After: []postgres.Step{jobs.Migrations()},
	}, d, super
}

func open(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(t.Context(), url, postgres.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func exec(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func query[T any](t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (value T) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// prepare is a service's start without MIGRATE.
func prepare(t *testing.T, d dbtest.DB) error {
	t.Helper()
	pool, err := postgres.Prepare(t.Context(), postgres.Database{
		URL: d.URL, Migrations: db.Auth, Schema: "auth", After: []postgres.Step{jobs.Migrations()}, Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		pool.Close()
	}
	return err
}

func TestMigrateFiveAtOnce(t *testing.T) {
	t.Parallel()
	m, d, super := unmigrated(t)
	var wg sync.WaitGroup
	applied, errs := make([]int, 5), make([]error, 5)
	for i := range 5 {
		wg.Go(func() { applied[i], errs[i] = postgres.Migrate(t.Context(), m) })
	}
	wg.Wait()
	sum := 0
	for _, n := range applied {
		sum += n
	}
	files, err := fs.Glob(db.Auth, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(errs...); err != nil || sum != len(files)+riverVersions {
		t.Fatalf("applied %v, want %d + %d in all: %v", applied, len(files), riverVersions, err)
	}
	if n := query[int](t, super, "SELECT count(*) FROM auth.river_migration"); n != riverVersions {
		t.Errorf("%d versions of River", n)
	}
	if err := prepare(t, d); err != nil {
		t.Error(err)
	}
	if n, err := postgres.Migrate(t.Context(), m); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

// River's migrator that dies in the middle leaves neither half a migration nor
// the lock.
func TestMigrateKilled(t *testing.T) {
	t.Parallel()
	const migrating = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'latchkey-migrate'"
	for name, kill := range map[string]func(*testing.T, *pgxpool.Pool, context.CancelFunc){
		"context": func(_ *testing.T, _ *pgxpool.Pool, cancel context.CancelFunc) { cancel() },
		"connection": func(t *testing.T, super *pgxpool.Pool, _ context.CancelFunc) {
			exec(t, super, "SELECT pg_terminate_backend(pid) "+migrating)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, d, super := unmigrated(t)
			files := m
			files.After = nil // first: one that builds an index concurrently would wait for the reader, too
			if _, err := postgres.Migrate(t.Context(), files); err != nil {
				t.Fatal(err)
			}
			upTo(t, d, 2)
			reader, err := super.Begin(t.Context()) // in the way of version 3
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = reader.Rollback(context.WithoutCancel(t.Context())) }()
			if _, err := reader.Exec(t.Context(), "LOCK TABLE auth.river_job IN ACCESS SHARE MODE"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			result := make(chan error, 1)
			go func() {
				_, err := postgres.Migrate(ctx, m)
				result <- err
			}()
			eventually(t, "River's migration waits", func() bool {
				return query[int](t, super, "SELECT count(*) "+migrating+" AND wait_event_type = 'Lock'") > 0
			})
			kill(t, super, cancel)
			if err := <-result; err == nil {
				t.Fatal("no error")
			}
			if err := reader.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := query[int](t, super, "SELECT count(*) FROM auth.river_migration"); n != 2 {
				t.Errorf("%d versions after the kill", n)
			}
			if n, err := postgres.Migrate(t.Context(), m); n != riverVersions-2 || err != nil {
				t.Errorf("afterwards: %d, %v", n, err)
			}
			if err := prepare(t, d); err != nil {
				t.Error(err)
			}
		})
	}
}

// upTo applies River's migrations up to a version, without rights.
func upTo(t *testing.T, d dbtest.DB, version int) {
	t.Helper()
	m, err := rivermigrate.New(riverpgxv5.New(open(t, d.OwnerURL)),
		&rivermigrate.Config{Schema: "auth", Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = m.Migrate(t.Context(), rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: version})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestBehindIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ damage, pending string }{
		"version":       {"DELETE FROM auth.river_migration WHERE version = 8", "river 008"},
		"rights":        {"REVOKE ALL ON auth.river_queue FROM latchkey_auth", "river rights"},
		"not even read": {"REVOKE ALL ON auth.river_migration FROM latchkey_auth; REVOKE ALL ON auth.river_job FROM latchkey_auth", "river rights"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Auth(t)
			exec(t, open(t, d.SuperURL), c.damage)
			if err := prepare(t, d); err == nil || !strings.Contains(err.Error(), "lacks the migrations "+c.pending+": run `latchkey migrate`") {
				t.Errorf("got %v", err)
			}
			n, err := postgres.Migrate(t.Context(), postgres.Migrations{
				URL: d.OwnerURL, FS: db.Auth, Schema: "auth", Role: "latchkey_auth", After: []postgres.Step{jobs.Migrations()},
			})
			if n != 1 || err != nil {
				t.Fatalf("applied %d, %v", n, err)
			}
			if err := prepare(t, d); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// counting counts queries.
type counting struct {
	postgres.Querier
	queries int
}

func (c *counting) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.queries++
	return c.Querier.Query(ctx, sql, args...) //nolint:rowserrcheck // the caller reads them
}

func TestUpToDateIsOneQuery(t *testing.T) {
	t.Parallel()
	c := &counting{Querier: dbtest.Auth(t).Pool}
	pending, err := jobs.Migrations().Pending(t.Context(), c)
	if len(pending) != 0 || err != nil || c.queries != 1 {
		t.Errorf("pending %q, %v, by %d queries", pending, err, c.queries)
	}
}

// The lesser role has what River needs on whatever River made, and no more.
func TestRights(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	rows, err := d.Pool.Query(t.Context(), `
		SELECT c.relname || ': ' || coalesce((SELECT string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type)
			FROM aclexplode(c.relacl) a WHERE a.grantee = 'latchkey_auth'::regrole), '')
		FROM pg_class c WHERE c.relnamespace = 'auth'::regnamespace AND c.relname LIKE 'river%' AND c.relkind IN ('r', 'S')
		ORDER BY c.relname`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"river_job: DELETE INSERT SELECT UPDATE",
		"river_job_id_seq: USAGE",
		"river_leader: DELETE INSERT SELECT UPDATE",
		"river_migration: SELECT",
		"river_notification: DELETE INSERT SELECT UPDATE",
		"river_notification_id_seq: USAGE",
		"river_queue: DELETE INSERT SELECT UPDATE",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

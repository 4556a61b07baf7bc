package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// files are n migrations that each fail when run a second time. The second is
// an index made CONCURRENTLY, which waits for all other snapshots to end.
func files(n int) fstest.MapFS {
	fs := fstest.MapFS{"README": {Data: []byte("not a migration")}}
	for i := 1; i <= n; i++ {
		up := fmt.Sprintf("-- migrate:up\nCREATE TABLE SCHEMA.t%d (n int); SELECT pg_sleep(0.02);\n-- migrate:down\n", i)
		if i == 2 {
			up = "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY t1_n_idx ON SCHEMA.t1 (n);\n-- migrate:down\n"
		}
		fs[fmt.Sprintf("%04d_step.sql", i)] = &fstest.MapFile{Data: []byte(up)}
	}
	return fs
}

// migrations are files in a schema and a database of the test's own.
func migrations(t *testing.T, fs fstest.MapFS) (m postgres.Migrations, super *pgxpool.Pool) {
	t.Helper()
	schema := schemaName()
	for _, f := range fs {
		f.Data = []byte(strings.ReplaceAll(string(f.Data), "SCHEMA", schema))
	}
	url := shared.URL("postgres", database(t))
	return postgres.Migrations{URL: url, FS: fs, Schema: schema, Role: "latchkey_" + schema}, open(t, url, postgres.Options{})
}

func TestMigrateFiveAtOnce(t *testing.T) {
	t.Parallel()
	m, pool := migrations(t, files(6))
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
	if err := errors.Join(errs...); err != nil || sum != 6 {
		t.Fatalf("applied %v: %v", applied, err)
	}
	if n := count(t, pool, "SELECT count(*) FROM "+m.Schema+".schema_migrations"); n != 6 {
		t.Errorf("%d versions", n)
	}
	began := time.Now()
	if n, err := postgres.Migrate(t.Context(), m); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	t.Logf("nothing to do: %v", time.Since(began))
}

func TestMigrateRights(t *testing.T) {
	t.Parallel()
	m, super := migrations(t, files(1))
	if _, err := postgres.Migrate(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	exec(t, super, "CREATE ROLE "+m.Schema+"_login LOGIN IN ROLE "+m.Role)
	url := strings.Replace(m.URL, "postgres@", m.Schema+"_login@", 1)
	lesser := open(t, url, postgres.Options{Role: m.Role})
	for sql, want := range map[string]bool{
		"SELECT FROM SCHEMA.schema_migrations": true,
		"DELETE FROM SCHEMA.schema_migrations": false,
		"CREATE TABLE SCHEMA.mine (n int)":     false,
		"SELECT FROM SCHEMA.t1":                false,
	} {
		_, err := lesser.Exec(t.Context(), strings.ReplaceAll(sql, "SCHEMA", m.Schema))
		if (err == nil) != want {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	m, pool := migrations(t, files(3))
	pending := func() string {
		names, err := postgres.Pending(t.Context(), pool, m.FS, m.Schema)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(names, " ")
	}
	if got := pending(); got != "0001_step.sql 0002_step.sql 0003_step.sql" {
		t.Errorf("before: %q", got)
	}
	if n, err := postgres.Migrate(t.Context(), m); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if got := pending(); got != "" {
		t.Errorf("after: %q", got)
	}
	exec(t, pool, "DELETE FROM "+m.Schema+".schema_migrations WHERE version <> '0001'")
	if got := pending(); got != "0002_step.sql 0003_step.sql" {
		t.Errorf("in between: %q", got)
	}
}

func TestMigrateStopsAtTheFault(t *testing.T) {
	t.Parallel()
	fs := files(1)
	fs["0002_bad.sql"] = &fstest.MapFile{Data: []byte("-- migrate:up\nCREATE TABLE SCHEMA.half (n int);\nCREATE TABEL x;\n-- migrate:down\n")}
	m, pool := migrations(t, fs)
	n, err := postgres.Migrate(t.Context(), m)
	wantError(t, err, m.Schema, "TABEL", "line: 3")
	if n != 1 {
		t.Errorf("applied %d", n)
	}
	if count(t, pool, "SELECT count(*) FROM pg_class WHERE relname = 'half'") != 0 {
		t.Error("half a migration stayed")
	}
	delete(fs, "0002_bad.sql")
	if n, err := postgres.Migrate(t.Context(), m); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

const ofMigrator = "WHERE datname = current_database() AND application_name = 'latchkey-migrate'"

// A migrator that dies in the middle of a statement, by its own context or at
// the server, leaves neither half a migration nor a lock.
func TestMigrateKilled(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(*testing.T, *pgxpool.Pool, context.CancelFunc){
		"context": func(_ *testing.T, _ *pgxpool.Pool, cancel context.CancelFunc) { cancel() },
		"connection": func(t *testing.T, pool *pgxpool.Pool, _ context.CancelFunc) {
			exec(t, pool, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "+ofMigrator)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slow := files(3)
			slow["0003_step.sql"].Data = []byte("-- migrate:up\nCREATE TABLE SCHEMA.t3 (n int); SELECT pg_sleep(60);\n-- migrate:down\n")
			m, pool := migrations(t, slow)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			result := make(chan error, 1)
			go func() {
				_, err := postgres.Migrate(ctx, m)
				result <- err
			}()
			eventually(t, "the slow migration runs", func() bool {
				return count(t, pool, "SELECT count(*) FROM pg_stat_activity "+ofMigrator+" AND wait_event = 'PgSleep' AND query LIKE '%(60)%'") > 0
			})
			kill(t, pool, cancel)
			if err := <-result; err == nil {
				t.Fatal("no error")
			}
			slow["0003_step.sql"].Data = []byte("-- migrate:up\nCREATE TABLE " + m.Schema + ".t3 (n int);\n-- migrate:down\n")
			ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if n, err := postgres.Migrate(ctx, m); n != 1 || err != nil {
				t.Errorf("afterwards: %d, %v", n, err)
			}
		})
	}
}

// sleepy is one migration of so many seconds.
func sleepy(seconds string) fstest.MapFS {
	return fstest.MapFS{"0001_sleep.sql": {Data: []byte("-- migrate:up\nSELECT pg_sleep(" + seconds + ");\n-- migrate:down\n")}}
}

func TestMigrateKilledProcess(t *testing.T) {
	t.Parallel()
	url := shared.URL("postgres", database(t))
	pool := open(t, url, postgres.Options{})
	migrator := osexec.Command(os.Args[0])
	migrator.Env = append(os.Environ(), migratorEnv+"="+url)
	if err := migrator.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the migration runs", func() bool {
		return count(t, pool, "SELECT count(*) FROM pg_stat_activity "+ofMigrator+" AND wait_event = 'PgSleep'") > 0
	})
	_ = migrator.Process.Kill()
	_ = migrator.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	n, err := postgres.Migrate(ctx, postgres.Migrations{URL: url, FS: sleepy("0"), Schema: "public"})
	if n != 1 || err != nil {
		t.Errorf("afterwards: %d, %v", n, err)
	}
}

func TestMigrateWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	m, pool := migrations(t, sleepy("1"))
	done := make(chan error, 1)
	go func() {
		_, err := postgres.Migrate(t.Context(), m)
		done <- err
	}()
	eventually(t, "the migration runs", func() bool {
		return count(t, pool, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") > 0
	})
	ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
	defer cancel()
	if _, err := postgres.Migrate(ctx, m); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestMigrateAsMereOwner(t *testing.T) {
	t.Parallel()
	m, super := migrations(t, files(3))
	login := m.Schema + "_owner"
	exec(t, super, "CREATE ROLE "+login+" LOGIN")
	m.URL = strings.Replace(m.URL, "postgres@", login+"@", 1)
	_, err := postgres.Migrate(t.Context(), m)
	wantError(t, err, "as a superuser run: CREATE ROLE", m.Role)
	exec(t, super, "CREATE ROLE "+m.Role)
	_, err = postgres.Migrate(t.Context(), m)
	wantError(t, err, "as a superuser run: CREATE SCHEMA", login)
	_, sql, _ := strings.Cut(err.Error(), "run: ")
	exec(t, super, sql)
	if n, err := postgres.Migrate(t.Context(), m); n != 3 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}

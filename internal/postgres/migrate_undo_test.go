package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// undoable are n migrations with a table each.
func undoable(n int) fstest.MapFS {
	fs := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		fs[fmt.Sprintf("%04d_t.sql", i)] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"-- migrate:up\nCREATE TABLE SCHEMA.t%d (n int);\n\n-- migrate:down\nDROP TABLE SCHEMA.t%d;\n", i, i)}
	}
	return fs
}

func status(t *testing.T, m postgres.Migrations) string {
	t.Helper()
	all, err := postgres.Status(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, one := range all {
		words = append(words, one.Name+" "+one.State)
	}
	return strings.Join(words, ", ")
}

func TestUndo(t *testing.T) {
	t.Parallel()
	m, pool := migrations(t, undoable(4))
	if got := status(t, m); got != "0001_t.sql pending, 0002_t.sql pending, 0003_t.sql pending, 0004_t.sql pending" {
		t.Errorf("before: %s", got)
	}
	if n, err := postgres.Migrate(t.Context(), m); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	for _, c := range []struct {
		steps int
		to    string
		want  string
	}{{1, "", "0004_t.sql"}, {3, "", "0004_t.sql 0003_t.sql 0002_t.sql"}, {0, "0002", "0004_t.sql 0003_t.sql"}, {0, "0004", ""}, {0, "0", "0004_t.sql 0003_t.sql 0002_t.sql 0001_t.sql"}} {
		plan, err := postgres.PlanUndo(t.Context(), m, c.steps, c.to)
		var files []string
		for _, one := range plan {
			files = append(files, one.File)
		}
		if got := strings.Join(files, " "); got != c.want || err != nil {
			t.Errorf("%d steps, to %q: %q, %v", c.steps, c.to, got, err)
		}
	}
	for _, c := range []struct {
		steps int
		to    string
	}{{5, ""}, {0, "0005"}, {0, "2"}} {
		if plan, err := postgres.PlanUndo(t.Context(), m, c.steps, c.to); err == nil {
			t.Errorf("%d steps, to %q: %v", c.steps, c.to, plan)
		}
	}
	plan, err := postgres.PlanUndo(t.Context(), m, 2, "")
	if err != nil || plan[0].SQL != "DROP TABLE "+m.Schema+".t4;" {
		t.Fatal(plan, err)
	}
	if n, err := postgres.Undo(t.Context(), m, plan); n != 2 || err != nil {
		t.Errorf("undone %d, %v", n, err)
	}
	if got := status(t, m); got != "0001_t.sql applied, 0002_t.sql applied, 0003_t.sql pending, 0004_t.sql pending" {
		t.Errorf("after: %s", got)
	}
	if count(t, pool, "SELECT count(*) FROM pg_class WHERE relname IN ('t3', 't4') AND relnamespace = '"+m.Schema+"'::regnamespace") != 0 {
		t.Error("a table is left")
	}
	// A plan that somebody else has carried out.
	n, err := postgres.Undo(t.Context(), m, plan)
	if wantError(t, err, "0004_t.sql", "not the newest"); n != 0 {
		t.Errorf("undone %d", n)
	}
}

// A newer release's migration stands on the ones before it.
func TestUndoUnderANewerRelease(t *testing.T) {
	t.Parallel()
	m, _ := migrations(t, undoable(3))
	if n, err := postgres.Migrate(t.Context(), m); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	older := undoable(0)
	for _, name := range []string{"0001_t.sql", "0002_t.sql"} {
		older[name] = m.FS.(fstest.MapFS)[name]
	}
	m.FS = older
	if got := status(t, m); got != "0001_t.sql applied, 0002_t.sql applied, 0003 unknown" {
		t.Errorf("got %s", got)
	}
	_, err := postgres.PlanUndo(t.Context(), m, 1, "")
	wantError(t, err, "0003", "does not know")
	n, err := postgres.Undo(t.Context(), m, []postgres.Undoable{{File: "0002_t.sql"}})
	if wantError(t, err, "0003"); n != 0 {
		t.Errorf("undone %d", n)
	}
}

func TestUndoNothing(t *testing.T) {
	t.Parallel()
	m, _ := migrations(t, fstest.MapFS{"0001_x.sql": {Data: []byte("-- migrate:up\nCREATE TABLE SCHEMA.t (n int);\n-- migrate:down\n-- never\n")}})
	if n, err := postgres.Migrate(t.Context(), m); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	_, err := postgres.PlanUndo(t.Context(), m, 1, "")
	wantError(t, err, "0001_x.sql", "down section is empty")
}

// Going down takes the lock of going up, and is as patient.
func TestUndoWaitsForMigrators(t *testing.T) {
	t.Parallel()
	m, pool, reader := busy(t, addColumn)
	if err := reader.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := postgres.Migrate(t.Context(), m); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	plan, err := postgres.PlanUndo(t.Context(), m, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	holder, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback(t.Context()) }()
	if _, err := holder.Exec(t.Context(), "LOCK TABLE "+m.Schema+".people IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	m.URL += "&lock_timeout=50ms"
	m.LockWaits = slices.Repeat([]time.Duration{20 * time.Millisecond}, 2000)
	results := make(chan error, 2)
	go func() { _, err := postgres.Undo(t.Context(), m, plan); results <- err }()
	eventually(t, "going down waits", func() bool {
		return count(t, pool, "SELECT count(*) FROM pg_stat_activity "+ofMigrator+" AND wait_event_type = 'Lock'") > 0
	})
	m.FS = fstest.MapFS{"0003_next.sql": {Data: []byte("-- migrate:up\nCREATE TABLE " + m.Schema + ".next (n int);\n-- migrate:down\n")}}
	go func() { _, err := postgres.Migrate(t.Context(), m); results <- err }()
	time.Sleep(200 * time.Millisecond) // long enough to do it, were it free to
	if count(t, pool, "SELECT count(*) FROM "+m.Schema+".schema_migrations") != 2 {
		t.Error("going up did not wait for going down")
	}
	if err := holder.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if got := count(t, pool, "SELECT count(*) FROM "+m.Schema+".schema_migrations WHERE version IN ('0001', '0003')"); got != 2 {
		t.Errorf("%d of 2 versions", got)
	}
}

package db_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// service is one schema with its migrations, in a database where it is empty.
type service struct {
	postgres.Migrations
	dbtest.DB
	super *pgxpool.Pool
}

// unmigrated gives the schema of a service, empty, in a database of the test's.
func unmigrated(t *testing.T, schema string) service {
	t.Helper()
	s := service{Migrations: postgres.Migrations{Schema: schema, Role: postgres.LesserRole(schema)}}
	switch schema {
	case "users":
		s.DB, s.FS = dbtest.Users(t), db.Users
	case "auth":
		s.DB, s.FS, s.After = dbtest.Auth(t), db.Auth, []postgres.Step{jobs.Migrations()}
	}
	s.Migrations.URL = s.OwnerURL
	super, err := postgres.Open(t.Context(), s.SuperURL, postgres.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(super.Close)
	s.super = super
	s.exec(t, "DROP SCHEMA "+schema+" CASCADE; CREATE SCHEMA "+schema+" AUTHORIZATION "+postgres.OwnerRole(schema)+
		"; GRANT USAGE ON SCHEMA "+schema+" TO "+s.Role)
	return s
}

func (s service) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := s.super.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// up applies the files that are in fs.
func (s service) up(t *testing.T, files fs.FS) {
	t.Helper()
	m := s.Migrations
	m.FS = files
	if _, err := postgres.Migrate(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// down undoes so many files, or all that are newer than to.
func (s service) down(t *testing.T, steps int, to string) {
	t.Helper()
	plan, err := postgres.PlanUndo(t.Context(), s.Migrations, steps, to)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := postgres.Undo(t.Context(), s.Migrations, plan); n != len(plan) || err != nil {
		t.Fatalf("%d of %d undone: %v", n, len(plan), err)
	}
}

// One by one up from nothing, down again and up again: at each level the schema
// is the same from either side. At the end nothing is left but the lists of
// what is applied, and River's tables, which stay.
func TestUpDownUp(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{"users", "auth"} {
		t.Run(schema, func(t *testing.T) {
			t.Parallel()
			s := unmigrated(t, schema)
			names, err := fs.Glob(s.FS, "*.sql")
			if err != nil || len(names) == 0 {
				t.Fatal(names, err)
			}
			s.up(t, only(t, s.FS, names[0]))
			s.down(t, 0, "0") // River's tables and dbmate's
			levels := [][]string{catalog(t, s.super, schema)}
			for i := range names {
				s.up(t, only(t, s.FS, names[:i+1]...))
				levels = append(levels, catalog(t, s.super, schema))
				if difference(levels[i], levels[i+1]) == "" {
					t.Errorf("the catalog does not show %s", names[i])
				}
			}
			for i := len(names) - 1; i >= 0; i-- {
				s.down(t, 1, "")
				if d := difference(levels[i], catalog(t, s.super, schema)); d != "" {
					t.Fatalf("%s, undone, leaves:\n%s", names[i], d)
				}
			}
			for _, line := range levels[0] {
				if !strings.Contains(line, "schema_migrations") && !strings.Contains(line, "river_") {
					t.Errorf("left after all is down: %s", line)
				}
			}
			s.up(t, s.FS)
			if d := difference(levels[len(names)], catalog(t, s.super, schema)); d != "" {
				t.Errorf("up, down and up again:\n%s", d)
			}
		})
	}
}

// only are some of the files.
func only(t *testing.T, files fs.FS, names ...string) fstest.MapFS {
	t.Helper()
	some := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		some[name] = &fstest.MapFile{Data: text}
	}
	return some
}

// all are copies of the files, to add to or to take from.
func all(t *testing.T, files fs.FS) fstest.MapFS {
	t.Helper()
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return only(t, files, names...)
}

package db_test

import (
	"io/fs"
	"strings"
	"testing"

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

// Up from nothing, then each migration down and up again; all down to nothing;
// all up again: each time the schema is what it was.
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
			s.up(t, s.FS)
			full := catalog(t, s.super, schema)
			if len(full) < 50 {
				t.Fatalf("the catalog has %d lines:\n%s", len(full), strings.Join(full, "\n"))
			}
			for n := range names {
				s.down(t, n+1, "")
				s.up(t, s.FS)
				if d := difference(full, catalog(t, s.super, schema)); d != "" {
					t.Fatalf("the last %d down and up again:\n%s", n+1, d)
				}
			}
			s.down(t, 0, "0")
			for _, line := range catalog(t, s.super, schema) {
				// dbmate's own table, and River's, which stay.
				if !strings.Contains(line, "schema_migrations") && !strings.Contains(line, "river_") {
					t.Errorf("left after all is down: %s", line)
				}
			}
			s.up(t, s.FS)
			if d := difference(full, catalog(t, s.super, schema)); d != "" {
				t.Errorf("up, down and up again:\n%s", d)
			}
		})
	}
}

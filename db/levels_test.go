package db_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// previous is what db/<schema>/previous.sql records of the release before.
type previous struct {
	level   string // its newest migration
	queries map[string]string
}

var (
	levelLine = regexp.MustCompile(`(?m)^-- level: (\d{14})$`)
	nameLine  = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\n`)
)

func previousOf(t *testing.T, schema string) previous {
	t.Helper()
	text, err := os.ReadFile(schema + "/previous.sql")
	if err != nil {
		t.Fatal(err)
	}
	level := levelLine.FindSubmatch(text)
	p := previous{queries: statementsOf(string(text))}
	if level == nil || len(p.queries) < 20 {
		t.Fatalf("%s/previous.sql: level %q, %d queries", schema, level, len(p.queries))
	}
	p.level = string(level[1])
	return p
}

// statementsOf cuts a file at the lines by which sqlc names its queries.
func statementsOf(text string) map[string]string {
	all := map[string]string{}
	names := nameLine.FindAllStringSubmatchIndex(text, -1)
	for i, at := range names {
		end := len(text)
		if i+1 < len(names) {
			end = names[i+1][0]
		}
		all[text[at[2]:at[3]]] = strings.TrimSpace(text[at[1]:end])
	}
	return all
}

// upTo are the files of a level, and the newest of all.
func upTo(t *testing.T, files fs.FS, level string) (older fs.FS, newest string) {
	t.Helper()
	some := all(t, files)
	for name := range some {
		newest = max(newest, name)
		if name[:len(level)] > level {
			delete(some, name)
		}
	}
	return some, newest
}

// start is how a service that knows those files begins, without MIGRATE.
func (s service) start(t *testing.T, files fs.FS) error {
	t.Helper()
	pool, err := postgres.Prepare(t.Context(), postgres.Database{
		URL: s.DB.URL, Migrations: files, Schema: s.Schema, After: s.After, Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		pool.Close()
	}
	return err
}

// shape is what pgx sees of a statement: types in, names and types out.
func shape(d *pgx.Conn, sql string) (string, error) {
	described, err := d.Prepare(context.Background(), "", sql)
	if err != nil {
		return "", err
	}
	s := fmt.Sprint(described.ParamOIDs)
	for _, field := range described.Fields {
		s += fmt.Sprintf(" %s %d", field.Name, field.DataTypeOID)
	}
	return s, nil
}

// asService connects as the service does.
func (s service) asService(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.DB.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// shapes describes all queries, each of which must be right on the schema.
func (s service) shapes(t *testing.T, queries map[string]string) map[string]string {
	t.Helper()
	conn, all := s.asService(t), map[string]string{}
	for name, sql := range queries {
		described, err := shape(conn, sql)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all[name] = described
	}
	return all
}

// refused plans each query without arguments and names those that the role may
// not run: whatever starts to execute, as even EXPLAIN does, is asked for its
// rights on every table, column and function.
func (s service) refused(t *testing.T, queries map[string]string) (all []string) {
	t.Helper()
	conn := s.asService(t)
	if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan"); err != nil {
		t.Fatal(err)
	}
	for name, sql := range queries {
		described, err := conn.Prepare(t.Context(), "looked_at", sql)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		execute := "EXECUTE looked_at"
		if n := len(described.ParamOIDs); n > 0 {
			execute += "(" + strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ") + ")"
		}
		_, err = conn.Exec(t.Context(), "EXPLAIN "+execute, pgx.QueryExecModeSimpleProtocol)
		switch {
		case postgres.IsDenied(err):
			all = append(all, name)
		case err != nil:
			t.Errorf("%s: %v", name, err)
		}
		if err := conn.Deallocate(t.Context(), "looked_at"); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// owners are queries that only `latchkey` runs, as the owner, by schema.
var owners = map[string][]string{
	"users": {"PruneAuditEvents"},
	"auth":  {"PruneAuditEvents", "RedactEvents"},
}

// present are the queries of the generated package, as pgx gets them.
func present(t *testing.T, schema string) map[string]string {
	t.Helper()
	files, err := fs.Glob(os.DirFS("../gen/"+schema+"db"), "*.sql.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile("../gen/" + schema + "db/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, literal := range strings.Split(string(text), "`") {
			for name, sql := range statementsOf(literal) {
				all[name] = sql
			}
		}
	}
	return all
}

// The three states of a change: the schema before it, after it with the code
// before it, and after it with the code that brought it. The front door of the
// third is what all other tests go through.
func TestThreeStates(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{"users", "auth"} {
		t.Run(schema, func(t *testing.T) {
			t.Parallel()
			s, before := unmigrated(t, schema), previousOf(t, schema)
			older, newest := upTo(t, s.FS, before.level)

			// 1. Before: the old code runs. Right after a release its level is the
			// newest, too, so the new code is shown a schema without its last file.
			s.up(t, older)
			if err := s.start(t, older); err != nil {
				t.Fatal(err)
			}
			lacking := unmigrated(t, schema)
			allButOne := all(t, s.FS)
			delete(allButOne, newest)
			lacking.up(t, allButOne)
			if err := lacking.start(t, s.FS); err == nil || !strings.Contains(err.Error(), "lacks the migrations "+newest+":") {
				t.Errorf("the new code starts on the old schema: %v", err)
			}
			was, mayNot := s.shapes(t, before.queries), s.refused(t, before.queries)

			// 2. After, with the old code: it starts, its queries are right, give and
			// take the same types, and its role may run them.
			s.up(t, s.FS)
			if err := s.start(t, older); err != nil {
				t.Errorf("the old code does not start on the new schema: %v", err)
			}
			for name, now := range s.shapes(t, before.queries) {
				if now != was[name] {
					t.Errorf("%s: was %q, is %q", name, was[name], now)
				}
			}
			if now := s.refused(t, before.queries); !slices.Equal(now, mayNot) {
				t.Errorf("the old code may not run %q, before it was %q", now, mayNot)
			}

			// 3. After, with the new code.
			if err := s.start(t, s.FS); err != nil {
				t.Error(err)
			}
			now := present(t, schema)
			if len(now) < len(before.queries)/2 {
				t.Errorf("only %d queries are found", len(now))
			}
			if refused := s.refused(t, now); !slices.Equal(refused, owners[schema]) {
				t.Errorf("the service may not run %q, want %q", refused, owners[schema])
			}
		})
	}
}

package main_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// nextLevel is what a later release might bring: a column with its index and
// its values, on the tables that are asked most.
var nextLevel = map[string][]string{
	"users": {
		"-- migrate:up\nALTER TABLE users.users ADD COLUMN label text NOT NULL DEFAULT 'x';\n-- migrate:down\nSELECT 1;",
		"-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY IF NOT EXISTS users_label_idx ON users.users (label);\n-- migrate:down\nSELECT 1;",
		"-- migrate:up transaction:false\nDO $$ BEGIN FOR i IN 1..20 LOOP UPDATE users.users SET label = i::text; COMMIT; END LOOP; END $$;\n-- migrate:down\nSELECT 1;",
	},
	"auth": {
		"-- migrate:up\nALTER TABLE auth.sessions ADD COLUMN label text;\n-- migrate:down\nSELECT 1;",
		"-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_label_idx ON auth.sessions (label);\n-- migrate:down\nSELECT 1;",
	},
}

// withNext are all migrations of a schema and the next level.
func withNext(t *testing.T, schema string, present fs.FS) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(present, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(present, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	for i, text := range nextLevel[schema] {
		files[fmt.Sprintf("2999010100000%d_next.sql", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// inTheWay holds a table until the migration has been refused its lock thrice.
func inTheWay(t *testing.T, d dbtest.DB, table string, migrate func() error) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE "+table+" IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- migrate() }()
	refused, waited := 0, false
	for deadline := time.Now().Add(30 * time.Second); refused < 3; time.Sleep(5 * time.Millisecond) {
		var waits bool
		err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
			WHERE NOT l.granted AND a.application_name = 'latchkey-migrate' AND a.datname = current_database())`).Scan(&waits)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the migration was refused its lock %d times: %v", refused, err)
		}
		if waited && !waits {
			refused++
		}
		waited = waits
	}
	if _, err := conn.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	return <-done
}

// TestF16MigratesUnderLoad: instances run, with their statements prepared, while
// the next level comes to the tables that they ask. No request fails.
func TestF16MigratesUnderLoad(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	second := s.AnotherUsers(t)
	admin, person := s.Admin(t), s.Person(t)
	var answered atomic.Int64
	var failed sync.Map
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	defer func() { stop(); load.Wait() }()
	repeat := func(c *apitest.Client, r func() apitest.Request, status int) {
		load.Go(func() {
			for ctx.Err() == nil {
				if answer, err := c.Try(r()); err != nil || answer.Status != status {
					failed.Store(fmt.Sprintf("%d %s %v", answer.Status, answer.Body, err), true)
				}
				answered.Add(1)
			}
		})
	}
	for _, users := range []*apitest.Client{s.Users, second} {
		repeat(users, func() apitest.Request {
			return apitest.Request{Method: http.MethodGet, Path: "/users/" + person.User.ID, Token: admin}
		}, http.StatusOK)
	}
	repeat(s.Auth, func() apitest.Request {
		return apitest.Request{Method: http.MethodPost, Path: "/auth/login", Body: apitest.Body{"login": person.User.Username, "password": apitest.Password}}
	}, http.StatusOK)
	repeat(s.Auth, func() apitest.Request {
		name := apitest.Name()
		return apitest.Request{Method: http.MethodPost, Path: "/auth/register", Body: apitest.Body{"username": name, "email": name + "@example.com", "password": apitest.Password}}
	}, http.StatusCreated)
	for schema, of := range map[string]struct {
		db    dbtest.DB
		files fs.FS
		table string
	}{"users": {s.UsersDB, db.Users, "users.users"}, "auth": {s.AuthDB, db.Auth, "auth.sessions"}} {
		m := postgres.Migrations{URL: of.db.OwnerURL + "&lock_timeout=100ms", FS: withNext(t, schema, of.files), Schema: schema, Role: postgres.LesserRole(schema)}
		for range 600 {
			m.LockWaits = append(m.LockWaits, 100*time.Millisecond)
		}
		err := inTheWay(t, of.db, of.table, func() error {
			n, err := postgres.Migrate(ctx, m)
			if err == nil && n != len(nextLevel[schema]) {
				return fmt.Errorf("%d migrations", n)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", schema, err)
		}
	}
	// And go on, each several times, on the new level.
	for enough := answered.Load() + 40; answered.Load() < enough; time.Sleep(5 * time.Millisecond) {
	}
	stop()
	load.Wait()
	failed.Range(func(what, _ any) bool { t.Error(what); return true })
	t.Logf("%d requests", answered.Load())
	if logs := s.Logs.String(); strings.Contains(logs, "SQLSTATE") {
		t.Error("a service logged an SQL error")
	}
}

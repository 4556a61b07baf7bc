package rest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/users/rest"
)

// write is a request that changes something; least is how many statements it
// sends at the least, BEGIN and COMMIT among them.
type write struct {
	name  string
	make  func(*testing.T, *apitest.System, string) apitest.Request
	least int
}

// of makes a request about a new account.
func of(method, suffix string, in any) func(*testing.T, *apitest.System, string) apitest.Request {
	return func(t *testing.T, s *apitest.System, admin string) apitest.Request {
		user := create(t, s, admin, body{"roles": []string{"user", "admin"}})
		return apitest.Request{Method: method, Path: "/users/" + user.ID + suffix, Body: in, Token: admin}
	}
}

func afterDelete(next func(*testing.T, *apitest.System, string) apitest.Request) func(*testing.T, *apitest.System, string) apitest.Request {
	return func(t *testing.T, s *apitest.System, admin string) apitest.Request {
		r := next(t, s, admin)
		path, _, _ := strings.Cut(r.Path, "?")
		s.Users.Delete(t, strings.TrimSuffix(path, "/restore"), admin, "").Is(http.StatusNoContent)
		return r
	}
}

var writes = []write{
	{"create", func(_ *testing.T, _ *apitest.System, admin string) apitest.Request {
		name := apitest.Name()
		return apitest.Request{Method: "POST", Path: "/users", Token: admin, Body: body{
			"username": name, "email": name + "@example.com", "password": apitest.Password, "roles": []string{"user", "admin"},
		}}
	}, 2},
	{"patch everything", func(t *testing.T, s *apitest.System, admin string) apitest.Request {
		name := apitest.Name()
		r := of("PATCH", "", body{
			"username": name, "email": name + "@example.org", "password": "another long passphrase", "disabled": true,
			"verified": true, "roles": []string{"user"},
		})(t, s, admin)
		guess := authIdentity(t, s)
		var user apitest.User
		s.Users.Get(t, r.Path, admin).Is(http.StatusOK).JSON(&user)
		s.Users.Post(t, "/credentials/verify", guess, body{"login": user.Username, "password": "a guess"}) // a throttle to clear
		return r
	}, 12},
	{"patch one member", of("PATCH", "", body{"verified": true}), 6},
	{"credentials", func(t *testing.T, s *apitest.System, admin string) apitest.Request {
		r := of("PATCH", "/credentials", body{
			"credential_epoch": 1, "username": apitest.Name(), "email": apitest.Name() + "@example.org",
			"password": "another long passphrase", "verified": true,
		})(t, s, admin)
		r.Token = authIdentity(t, s)
		return r
	}, 10},
	{"delete", of("DELETE", "", nil), 7},
	{"purge", of("DELETE", "?purge=true", nil), 7},
	{"purge of a deleted one", afterDelete(of("DELETE", "?purge=true", nil)), 5},
	{"restore", afterDelete(of("POST", "/restore", nil)), 6},
	{"put a new role", func(_ *testing.T, _ *apitest.System, admin string) apitest.Request {
		return apitest.Request{Method: "PUT", Path: "/roles/" + apitest.Name(), Body: body{"description": "new"}, Token: admin}
	}, 4},
	{"put a known role", func(_ *testing.T, _ *apitest.System, admin string) apitest.Request {
		return apitest.Request{Method: "PUT", Path: "/roles/user", Body: body{"description": "anew"}, Token: admin}
	}, 4},
	{"delete a role", func(t *testing.T, s *apitest.System, admin string) apitest.Request {
		path := "/roles/" + apitest.Name()
		s.Users.Do(t, apitest.Request{Method: "PUT", Path: path, Body: body{"description": ""}, Token: admin}).Is(http.StatusCreated)
		return apitest.Request{Method: "DELETE", Path: path, Token: admin}
	}, 4},
}

// everything is a picture of all rows of the schema.
func everything(t *testing.T, s *apitest.System) string {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, s.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	rows, _ := db.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'users' ORDER BY 1")
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 6 {
		t.Fatal(tables, err)
	}
	var picture strings.Builder
	for _, table := range tables {
		var text string
		name := pgx.Identifier{"users", table}.Sanitize()
		if err := db.QueryRow(ctx, "SELECT coalesce(string_agg(r::text, E'\n' ORDER BY r::text), '') FROM "+name+" r").Scan(&text); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&picture, "%s\n%s\n", table, text)
	}
	return picture.String()
}

// mustFailCleanly sends a request that is to fail, and checks that the answer
// tells nothing and that nothing has changed. It reports whether it failed at
// all.
func mustFailCleanly(t *testing.T, s *apitest.System, r apitest.Request, n int) (failed bool) {
	t.Helper()
	before := everything(t, s)
	answer := s.Users.Do(t, r)
	if answer.Status < 300 {
		return false
	}
	if answer.Status != http.StatusInternalServerError && answer.Status != http.StatusServiceUnavailable {
		t.Fatalf("failure %d answers %d\n%s", n, answer.Status, answer.Body)
	}
	text := strings.ToLower(string(answer.Body) + fmt.Sprint(answer.Header))
	for _, told := range []string{"sabotage", "users_pkey", "secret_", "sqlstate", "p0001", "pgx", "context", "insert", "select", "audit_events", "user_roles", "trigger"} {
		if strings.Contains(text, told) {
			t.Errorf("failure %d tells %q: %s", n, told, answer.Body)
		}
	}
	if after := everything(t, s); after != before {
		t.Errorf("failure %d left a change:\n%s\nwas:\n%s", n, after, before)
	}
	return true
}

// fuse fails the Nth statement of a connection pool: it is never sent.
type fuse struct{ left atomic.Int64 }

var errFuse = errors.New("sabotage")

func (f *fuse) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if data.SQL == "rollback" || data.SQL == ";" || data.SQL == "-- ping" || f.left.Add(-1) != 0 {
		return ctx
	}
	ctx, cancel := context.WithCancelCause(ctx)
	cancel(errFuse)
	return ctx
}

func (f *fuse) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// install puts a users service with the fuse in the place of the system's.
func (f *fuse) install(t *testing.T, s *apitest.System) {
	t.Helper()
	s.StopUsers()
	listeners := apitest.Rebind(t, s.Users.URL)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- rest.Run(ctx, s.UsersConfig, rest.Parts{
			Log: slog.New(slog.DiscardHandler), Listeners: &listeners, Tracer: f, AdminMade: func(string, string) {}, Ready: func() { close(ready) },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("users did not start: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("users was not ready in time")
	}
}

func TestF5WhicheverStatementFailsNothingHasChanged(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	var f fuse
	f.install(t, s)
	for _, w := range writes {
		t.Run(w.name, func(t *testing.T) {
			f.left.Store(0) // off
			r := w.make(t, s, admin)
			for n := 1; ; n++ {
				f.left.Store(int64(n))
				if !mustFailCleanly(t, s, r, n) {
					if n-1 < w.least {
						t.Errorf("only %d statements failed, want at least %d", n-1, w.least)
					}
					return
				}
			}
		})
	}
}

// sabotage makes the server itself refuse: at the Nth writing statement, or at
// a commit. A sequence counts, as it does not roll back.
const sabotage = `
CREATE SEQUENCE public.sabotage_left MINVALUE -1000000 START 1000000 INCREMENT -1 MAXVALUE 1000000;
CREATE FUNCTION public.sabotage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	IF nextval('public.sabotage_left') = 0 THEN
		RAISE EXCEPTION 'sabotage of INSERT INTO %', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'secret_check', TABLE = TG_TABLE_NAME;
	END IF;
	RETURN NULL;
END $$;
DO $$
DECLARE r record;
BEGIN
	FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'users' LOOP
		EXECUTE format('CREATE TRIGGER sabotage BEFORE INSERT OR UPDATE OR DELETE ON users.%I FOR EACH STATEMENT EXECUTE FUNCTION public.sabotage()', r.tablename);
		EXECUTE format('CREATE CONSTRAINT TRIGGER sabotage_commit AFTER INSERT OR UPDATE OR DELETE ON users.%I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.sabotage()', r.tablename);
	END LOOP;
END $$;`

func TestF5WhateverTheServerRefusesNothingHasChanged(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	super(t, s, sabotage)
	for _, w := range writes {
		t.Run(w.name, func(t *testing.T) {
			super(t, s, "SELECT setval('public.sabotage_left', 1000000)")
			r := w.make(t, s, admin)
			for n := 1; ; n++ {
				super(t, s, "SELECT setval('public.sabotage_left', $1)", n)
				if !mustFailCleanly(t, s, r, n) {
					if n < 5 { // two statements and their commit at the least
						t.Errorf("only %d writes failed", n-1)
					}
					return
				}
			}
		})
	}
}

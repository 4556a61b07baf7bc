package fill_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/dbtest/fill"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Two thousand accounts, so that there are several chunks of a COPY; every
// second account has two sessions, the others one.
const (
	users    = 2000
	sessions = 3000
)

func options() fill.Options {
	return fill.Options{Users: users, Sessions: sessions, Cost: bcrypt.MinCost}
}

// filled is a running system with an admin, filled.
func filled(t *testing.T) *apitest.System {
	t.Helper()
	s := apitest.Start(t)
	if err := fill.Run(t.Context(), s.UsersDB.SuperURL, options()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFilledAccountsSignInAndAreFound(t *testing.T) {
	t.Parallel()
	s := filled(t)
	for _, n := range []int64{1, 2, users / 2, users} {
		for _, login := range []string{fill.Username(n), fill.Email(n)} {
			if got := s.Login(t, login, fill.Password).User.ID; got != fill.UserID(n).String() {
				t.Errorf("%s signed in as %s", login, got)
			}
		}
	}
	admin := s.Admin(t) // who was there before
	for _, path := range []string{"/users/" + fill.UserID(7).String(), "/users/" + fill.Username(7), "/users/email/" + fill.Email(7)} {
		var user apitest.User
		s.Users.Get(t, path, admin).Is(http.StatusOK).JSON(&user)
		if user.ID != fill.UserID(7).String() || user.Username != fill.Username(7) || user.Email != fill.Email(7) || !slices.Equal(user.Roles, []string{"user"}) {
			t.Errorf("%s: %+v", path, user)
		}
	}
}

func TestFilledAccountsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	s := filled(t)
	admin := s.Admin(t)
	listed := func(query string) (ids []string) {
		var page struct {
			Items []apitest.User `json:"items"`
		}
		s.Users.Get(t, "/users?"+query, admin).Is(http.StatusOK).JSON(&page)
		for _, user := range page.Items {
			ids = append(ids, user.ID)
		}
		return ids
	}
	want := []string{fill.UserID(users).String(), fill.UserID(users - 1).String()}
	for _, query := range []string{"limit=3", "limit=3&role=user"} {
		if got := listed(query); len(got) != 3 || !slices.Equal(got[1:], want) {
			t.Errorf("%s: listed %v, not the admin and %v", query, got, want)
		}
	}
	if got := listed("q=" + fill.Username(5)); !slices.Equal(got, []string{fill.UserID(5).String()}) {
		t.Errorf("found %v, not account 5", got)
	}
}

func TestFilledSessionsAreRefreshed(t *testing.T) {
	t.Parallel()
	s := filled(t)
	tokens, err := fill.NewTokens(s.AuthConfig.SessionKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int64{1, users, users + 1, sessions} {
		for generation := int64(1); generation <= 3; generation++ {
			grant := s.Refresh(t, tokens.Refresh(n, generation))
			if want := fill.UserID(fill.SessionUser(n, users)).String(); grant.User.ID != want {
				t.Errorf("session %d is of %s, not %s", n, grant.User.ID, want)
			}
			if want := tokens.Refresh(n, generation+1); grant.RefreshToken != want {
				t.Errorf("session %d, generation %d: the successor is %s, not %s", n, generation, grant.RefreshToken, want)
			}
		}
	}
	other, err := fill.NewTokens(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": other.Refresh(2, 1)}).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": tokens.Refresh(sessions+1, 1)}).Problem(http.StatusUnauthorized, "invalid_token")
}

// catalogue has one line for each thing of both schemas, with all that is known
// of it but where its bytes are and how many.
const catalogue = `
WITH ours AS (SELECT c.* FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname IN ('users', 'auth'))
SELECT 'class ' || oid, (to_jsonb(ours) - ARRAY['relfilenode', 'relpages', 'reltuples', 'relallvisible', 'relfrozenxid', 'relminmxid'])::text FROM ours
UNION ALL SELECT 'index ' || indexrelid, to_jsonb(i)::text FROM pg_index AS i WHERE indrelid IN (SELECT oid FROM ours)
UNION ALL SELECT 'constraint ' || oid, to_jsonb(c)::text FROM pg_constraint AS c WHERE conrelid IN (SELECT oid FROM ours)
UNION ALL SELECT 'trigger ' || oid, to_jsonb(t)::text FROM pg_trigger AS t WHERE tgrelid IN (SELECT oid FROM ours)
UNION ALL SELECT 'attribute ' || attrelid || '.' || attnum, to_jsonb(a)::text FROM pg_attribute AS a WHERE attrelid IN (SELECT oid FROM ours)
UNION ALL SELECT 'policy or rule ' || oid, to_jsonb(r)::text FROM pg_rewrite AS r WHERE ev_class IN (SELECT oid FROM ours)
UNION ALL SELECT 'depends ' || d::text, '' FROM pg_depend AS d WHERE objid IN (SELECT oid FROM ours) OR refobjid IN (SELECT oid FROM ours)`

func catalogueOf(t *testing.T, conn *pgx.Conn) map[string]string {
	t.Helper()
	rows, err := conn.Query(t.Context(), catalogue) //nolint:rowserrcheck // ForEachRow does
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	var what, is string
	if _, err := pgx.ForEachRow(rows, []any{&what, &is}, func() error { lines[what] = is; return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func TestTheSchemaIsTheMigratedOne(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	conn := connect(t, db.SuperURL)
	before := catalogueOf(t, conn)
	if err := fill.Run(t.Context(), db.SuperURL, options()); err != nil {
		t.Fatal(err)
	}
	after := catalogueOf(t, conn)
	if len(before) < 500 {
		t.Errorf("the catalogue has %d lines only", len(before))
	}
	for what, was := range before {
		if is, there := after[what]; !there || is != was {
			t.Errorf("%s was\n%s\nand is\n%s", what, was, is)
		}
	}
	if !maps.Equal(before, after) {
		t.Errorf("%d lines before, %d after", len(before), len(after))
	}
}

// Nothing was asked of rows as they came: everything is asked here.
func TestFilledRowsKeepEveryConstraint(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	if err := fill.Run(t.Context(), db.SuperURL, options()); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, db.SuperURL)
	sizes, err := fill.Sizes(t.Context(), db.SuperURL)
	if err != nil || len(sizes) != 6 {
		t.Fatalf("%v, %v", sizes, err)
	}
	// The definition, given again, is asked of all rows.
	rows, err := conn.Query(t.Context(), `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, 'again_' || conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid::regclass::text IN ('users.users', 'users.user_roles', 'users.known_networks', 'users.audit_events', 'auth.sessions', 'auth.audit_events')`)
	if err != nil {
		t.Fatal(err)
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) < 20 {
		t.Errorf("%d constraints only", len(statements))
	}
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// An index that was set aside and not built has one page. No entry takes less
// than 16 bytes; ANALYZE says of an index what it knows of its table.
func TestIndexesHoldAllRows(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	if err := fill.Run(t.Context(), db.SuperURL, options()); err != nil {
		t.Fatal(err)
	}
	rows, err := connect(t, db.SuperURL).Query(t.Context(), `SELECT i.indexrelid::regclass::text FROM pg_index AS i
		JOIN pg_class AS r ON r.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = r.relnamespace
		WHERE n.nspname IN ('users', 'auth') AND r.reltuples >= 1000 AND i.indpred IS NULL
			AND pg_relation_size(i.indexrelid) < 16 * r.reltuples`)
	if err != nil {
		t.Fatal(err)
	}
	if short, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(short) > 0 {
		t.Errorf("%v, %v", short, err)
	}
}

func TestWhatIsInUseIsNotFilled(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	if err := fill.Run(t.Context(), db.OwnerURL, options()); !errors.Is(err, fill.ErrNotSuperuser) {
		t.Errorf("as the owner: %v", err)
	}
	if err := fill.Run(t.Context(), db.SuperURL, options()); err != nil {
		t.Fatal(err)
	}
	if err := fill.Run(t.Context(), db.SuperURL, options()); !errors.Is(err, fill.ErrNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
}

// A load that fails leaves its tables as they were: here the ids are taken.
func TestAFailureLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	few := fill.Options{Users: 10, Sessions: 10, Cost: bcrypt.MinCost}
	if err := fill.Run(t.Context(), db.SuperURL, few); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, db.SuperURL)
	before := catalogueOf(t, conn)
	if err := fill.Run(t.Context(), db.SuperURL, options()); err == nil {
		t.Fatal("ten accounts were made twice")
	}
	if after := catalogueOf(t, conn); !maps.Equal(before, after) {
		t.Error("the catalogue is another")
	}
	var count int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM users.users").Scan(&count); err != nil || count != 10 {
		t.Errorf("%d accounts, %v", count, err)
	}
}

package rest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// told is an event of the audit as the table has it.
type told struct {
	Type, Actor, UserID string
	After               map[string]any
	From                string // address, user agent and request id
	Count               int64
}

// audited gives the events about an account but for those of its registration,
// oldest first, as the service's
// role reads them.
func audited(t *testing.T, s *apitest.System, user string) []told {
	t.Helper()
	rows, err := s.AuthDB.Pool.Query(context.Background(), `
		SELECT type, actor_kind || ' ' || actor, user_id::text, after, concat_ws(' ', host(address), user_agent, request_id), count
		FROM auth.audit_events WHERE user_id = $1 AND type NOT IN ('user.registered', 'email.verification_sent') ORDER BY id`, user)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[told])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// want compares events with what is expected of them.
func want(t *testing.T, s *apitest.System, user string, events ...told) {
	t.Helper()
	got := audited(t, s, user)
	for i := range events {
		events[i].UserID = user
		events[i].Count = max(1, events[i].Count)
	}
	if text, wanted := asJSON(t, got), asJSON(t, events); text != wanted {
		t.Errorf("the audit has\n%s\nwant\n%s", text, wanted)
	}
}

func asJSON(t *testing.T, events []told) string {
	t.Helper()
	var text bytes.Buffer
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	return text.String()
}

// post sends a request that the audit can tell from others.
func post(t *testing.T, s *apitest.System, id, path, token string, in body) apitest.Response {
	t.Helper()
	r := apitest.Request{Method: "POST", Path: path, Token: token, Header: http.Header{"X-Request-Id": {id}, "User-Agent": {"probe/1"}}}
	if in != nil {
		r.Body = in
	}
	return s.Auth.Do(t, r)
}

func from(id string) string { return "127.0.0.1 probe/1 " + id }

// signIn opens a session with the request id id, and gives what the audit is to
// have of it.
func signIn(t *testing.T, s *apitest.System, user apitest.User, id string) (apitest.Grant, string, told) {
	t.Helper()
	var grant apitest.Grant
	post(t, s, id, "/auth/login", "", body{"login": user.Username, "password": apitest.Password}).Is(http.StatusOK).JSON(&grant)
	session := strings.Split(grant.RefreshToken, ".")[1]
	return grant, session, told{Type: "session.created", Actor: "person " + user.ID, From: from(id), After: body{"session_id": session}}
}

func TestS80TheAuditOfALogout(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	post(t, s, "in-0", "/auth/login", "", body{"login": user.Username, "password": "wrong"}).Is(http.StatusUnauthorized)
	want(t, s, user.ID) // the users service has it

	grant, session, opened := signIn(t, s, user, "in-1")
	next := s.Refresh(t, grant.RefreshToken)
	for _, id := range []string{"out-1", "out-2"} { // the second finds nothing to end
		post(t, s, id, "/auth/logout", "", body{"refresh_token": next.RefreshToken}).Is(http.StatusNoContent)
	}
	closed := told{Type: "session.revoked", Actor: "person " + user.ID, From: from("out-1"), After: body{"session_id": session, "reason": "logout"}}
	want(t, s, user.ID, opened, closed)

	grant, session, again := signIn(t, s, user, "in-2")
	post(t, s, "out-3", "/auth/logout", grant.AccessToken, nil).Is(http.StatusNoContent)
	want(t, s, user.ID, opened, closed, again,
		told{Type: "session.revoked", Actor: "person " + user.ID, From: from("out-3"), After: body{"session_id": session, "reason": "logout"}})
}

func TestTheAuditOfLogoutAllIsOneEvent(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	first, _, one := signIn(t, s, user, "in-1")
	_, _, two := signIn(t, s, user, "in-2")
	post(t, s, "out-1", "/auth/logout-all", first.AccessToken, nil).Is(http.StatusNoContent)
	post(t, s, "out-2", "/auth/logout-all", first.AccessToken, nil).Is(http.StatusUnauthorized)
	want(t, s, user.ID, one, two,
		told{Type: "session.revoked", Actor: "person " + user.ID, From: from("out-1"), After: body{"reason": "logout_all"}, Count: 2})
}

func TestTheAuditOfAReuse(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	grant, session, opened := signIn(t, s, user, "in-1")
	next := s.Refresh(t, s.Refresh(t, grant.RefreshToken).RefreshToken)
	want(t, s, user.ID, opened) // an exchange by the law is no event
	answers := parallel(20, func() int {
		return post(t, s, "thief", "/auth/refresh", "", body{"refresh_token": grant.RefreshToken}).Status
	})
	if answers[http.StatusUnauthorized] != 20 {
		t.Errorf("answers by status: %v", answers)
	}
	refused(t, s, next.RefreshToken)
	want(t, s, user.ID, opened, told{
		Type: "session.refresh_reuse", Actor: "system refresh", From: from("thief"),
		After: body{"session_id": session, "presented": 1, "generation": 3},
	})
}

func TestTheAuditOfChangedCredentials(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, user := s.Admin(t), s.Register(t)
	grant, session, opened := signIn(t, s, user, "in-1")
	s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	for _, id := range []string{"again-1", "again-2"} {
		post(t, s, id, "/auth/refresh", "", body{"refresh_token": grant.RefreshToken}).Is(http.StatusUnauthorized)
	}
	want(t, s, user.ID, opened, told{
		Type: "session.revoked", Actor: "system refresh", From: from("again-1"), After: body{"session_id": session, "reason": "credentials_changed"},
	})
}

func TestS80ThrottledSignInsAreCounted(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	answers := map[int]int64{}
	for range 20 {
		answers[s.Auth.Post(t, "/auth/login", "", body{"login": user.Email, "password": "wrong"}).Status]++
	}
	throttled := answers[http.StatusTooManyRequests]
	if throttled == 0 {
		t.Fatalf("answers by status: %v", answers)
	}
	s.StopAuth() // what was counted is written before the end
	var events, count int64
	var actor string
	err := s.AuthDB.Pool.QueryRow(context.Background(), `SELECT count(*), sum(count), min(actor_kind || ' ' || actor)
		FROM auth.audit_events WHERE type = 'login.throttled' AND user_id IS NULL`).Scan(&events, &count, &actor)
	if err != nil || count != throttled || events > 2 || actor != "system login" { // two where a minute ended meanwhile
		t.Errorf("%d events count %d by %s, want %d; %v", events, count, actor, throttled, err)
	}
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
}

// TestS70InAuth: the change and its event are one, and the event stays.
func TestS70InAuth(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, user, disabled := s.Admin(t), s.Register(t), s.Person(t)
	s.Users.Patch(t, "/users/"+disabled.User.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	grant, _, _ := signIn(t, s, user, "in-1")
	old := grant.RefreshToken
	grant = s.Refresh(t, s.Refresh(t, old).RefreshToken)
	for _, statement := range []string{
		"UPDATE auth.audit_events SET actor = 'x'", "DELETE FROM auth.audit_events", "TRUNCATE auth.audit_events",
	} {
		if _, err := s.AuthDB.Pool.Exec(context.Background(), statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s gave %v", statement, err)
		}
	}
	super(t, s, `CREATE FUNCTION auth.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no audit today'; END $$`)
	super(t, s, `CREATE TRIGGER refuse BEFORE INSERT ON auth.audit_events FOR EACH ROW EXECUTE FUNCTION auth.refuse()`)
	before := everything(t, s)
	for name, r := range map[string]apitest.Request{
		"login":               {Path: "/auth/login", Body: body{"login": user.Username, "password": apitest.Password}},
		"logout":              {Path: "/auth/logout", Body: body{"refresh_token": grant.RefreshToken}},
		"logout by bearer":    {Path: "/auth/logout", Token: grant.AccessToken},
		"logout-all":          {Path: "/auth/logout-all", Token: grant.AccessToken},
		"reuse":               {Path: "/auth/refresh", Body: body{"refresh_token": old}},
		"changed credentials": {Path: "/auth/refresh", Body: body{"refresh_token": disabled.RefreshToken}},
	} {
		r.Method = "POST"
		if p := s.Auth.Do(t, r).Problem(http.StatusInternalServerError, "internal_error"); strings.Contains(p.Detail, "audit") {
			t.Errorf("%s: the answer tells %s", name, p.Detail)
		}
		if after := everything(t, s); after != before {
			t.Errorf("%s left a change:\n%s\nwas:\n%s", name, after, before)
		}
	}
	s.Refresh(t, grant.RefreshToken) // tells nothing, so nothing stands in its way
	super(t, s, "DROP TRIGGER refuse ON auth.audit_events")
	s.Auth.Get(t, "/auth/me", grant.AccessToken).Is(http.StatusOK)
	refused(t, s, old)
	s.Auth.Get(t, "/auth/me", grant.AccessToken).Is(http.StatusUnauthorized)
}

func TestNoSecretIsInTheAudit(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	first, _, _ := signIn(t, s, user, "in-1")
	second := s.Refresh(t, first.RefreshToken)
	third := s.Refresh(t, second.RefreshToken)
	refused(t, s, first.RefreshToken)
	var secrets []string
	for _, grant := range []apitest.Grant{first, second, third} {
		secrets = append(secrets, strings.Split(grant.RefreshToken, ".")[3], strings.Split(grant.AccessToken, ".")[2])
	}
	var salt []byte
	if err := s.AuthDB.Pool.QueryRow(context.Background(), "SELECT salt FROM auth.sessions WHERE user_id = $1", user.ID).Scan(&salt); err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, hex.EncodeToString(salt), base64.StdEncoding.EncodeToString(salt), base64.RawURLEncoding.EncodeToString(salt), apitest.Password)
	text := asJSON(t, audited(t, s, user.ID))
	if n := strings.Count(text, "\n"); n != 2 {
		t.Fatalf("%d events:\n%s", n, text)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in\n%s", secret, text)
		}
	}
	for _, member := range []string{"password", "password_hash", "token", "refresh_token", "salt"} {
		_, err := s.AuthDB.Pool.Exec(context.Background(), `INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, before)
			VALUES (gen_random_uuid(), now(), 'session.created', 'system', 'test', jsonb_build_object($1::text, 'x'))`, member)
		if err == nil || !strings.Contains(err.Error(), "audit_events_secret_check") {
			t.Errorf("the table takes %s: %v", member, err)
		}
	}
}

// super runs a statement as the superuser: to break things.
func super(t *testing.T, s *apitest.System, statement string) {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	if _, err := db.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// everything is a picture of all rows of this service: but for the state of
// jobs, which workers move on at any time.
func everything(t *testing.T, s *apitest.System) string {
	t.Helper()
	var picture []string
	for _, table := range []string{
		"sessions", "audit_events", "one_time_tokens", "intents", "mail_recipients", "reserved_usernames", "idempotency_keys",
		"(SELECT kid, state, private_key, retiring_at, revoked_at FROM auth.signing_keys)", // without what polling writes
		"(SELECT id, kind, queue, args FROM auth.river_job WHERE kind <> 'maintain_keys')",
		"revoked_tokens", "(SELECT id, scopes, secret_hash, previous_secret_hash, previous_until, revoked_at FROM auth.clients)",
	} {
		if !strings.HasPrefix(table, "(") {
			table = "auth." + table
		}
		rows, err := s.AuthDB.Pool.Query(context.Background(), fmt.Sprintf("SELECT r::text FROM %s r", table))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines)
		picture = append(append(picture, table), lines...)
	}
	return strings.Join(picture, "\n")
}

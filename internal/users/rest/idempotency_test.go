package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/token"
)

// keyed sends a request under an Idempotency-Key.
func keyed(t *testing.T, s *apitest.System, caller, key, method, path string, in any) apitest.Response {
	t.Helper()
	return s.Users.Do(t, apitest.Request{Method: method, Path: path, Token: caller, Body: in, Header: http.Header{"Idempotency-Key": {key}}})
}

func TestARetryGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	in := body{"username": "once", "email": "once@example.com", "password": apitest.Password}
	first := keyed(t, s, admin, "k-1", "POST", "/users", in).Is(http.StatusCreated)
	if first.Header.Get("Idempotency-Replayed") != "" {
		t.Error("the first answer says that it is a second")
	}
	second := keyed(t, s, admin, "k-1", "POST", "/users", in).Is(http.StatusCreated)
	for _, name := range []string{"ETag", "Location", "Content-Type"} {
		if first.Header.Get(name) != second.Header.Get(name) {
			t.Errorf("%s is %q, then %q", name, first.Header.Get(name), second.Header.Get(name))
		}
	}
	if string(first.Body) != string(second.Body) || second.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %s, then %v %s", first.Body, second.Header, second.Body)
	}
	for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "X-Request-Id"} {
		if first.Header.Get(name) == "" || second.Header.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}

	other := body{"username": "twice", "email": "twice@example.com"}
	keyed(t, s, admin, "k-1", "POST", "/users", other).Problem(http.StatusUnprocessableEntity, "idempotency_mismatch")
	writer := s.Mint(t, token.Claims{Subject: "writer", Scope: "users:write"})
	keyed(t, s, writer, "k-1", "POST", "/users", other).Is(http.StatusCreated) // keys are the caller's own

	var user apitest.User
	first.JSON(&user)
	patch := func() apitest.Response {
		return keyed(t, s, admin, "k-2", "PATCH", "/users/"+user.ID, body{"verified": true})
	}
	patch().Is(http.StatusOK)
	var now apitest.User
	patch().Is(http.StatusOK).JSON(&now)
	if now.Version != 2 {
		t.Errorf("the patch was done twice: %+v", now)
	}
	keyed(t, s, admin, "k-2", "PATCH", "/users/"+user.ID, body{"verified": false}).Problem(http.StatusUnprocessableEntity, "idempotency_mismatch")

	taken := keyed(t, s, admin, "k-3", "POST", "/users", body{"username": "once", "email": "x@example.com"})
	taken.Problem(http.StatusConflict, "username_taken")
	if again := keyed(t, s, admin, "k-3", "POST", "/users", body{"username": "once", "email": "x@example.com"}); string(again.Body) != string(taken.Body) {
		t.Errorf("a refusal is kept too: %s, then %s", taken.Body, again.Body)
	}
	for _, bad := range []string{"with space", strings.Repeat("x", 256), "ümlaut"} {
		keyed(t, s, admin, bad, "POST", "/users", other).Problem(http.StatusBadRequest, "invalid_request")
	}
}

func TestOfParallelRetriesOneRuns(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	counts := parallel(20, func(int) int {
		answer := keyed(t, s, admin, "same", "POST", "/users", body{"username": "lone", "email": "lone@example.com", "password": apitest.Password})
		if answer.Status == http.StatusConflict {
			answer.Problem(http.StatusConflict, "idempotency_in_progress")
			if answer.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
		return answer.Status
	})
	if counts[http.StatusCreated] < 1 || counts[http.StatusCreated]+counts[http.StatusConflict] != 20 {
		t.Errorf("answers by status: %v", counts)
	}
}

func TestACrashFreesTheKeyAfterItsLease(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	in := body{"username": "crashed", "email": "crashed@example.com"}
	super(t, s, `CREATE FUNCTION users.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$`)
	super(t, s, `CREATE TRIGGER refuse BEFORE INSERT ON users.users FOR EACH ROW EXECUTE FUNCTION users.refuse()`)
	keyed(t, s, admin, "k", "POST", "/users", in).Problem(http.StatusInternalServerError, "internal_error")
	super(t, s, `DROP TRIGGER refuse ON users.users`)
	keyed(t, s, admin, "k", "POST", "/users", in).Is(http.StatusCreated) // a 5xx is not kept

	super(t, s, `UPDATE users.idempotency_keys SET status = NULL, leased_until = now() + interval '20 seconds'`) // as a crash leaves it
	keyed(t, s, admin, "k", "POST", "/users", in).Problem(http.StatusConflict, "idempotency_in_progress")
	super(t, s, `UPDATE users.idempotency_keys SET leased_until = now() - interval '1 second'`)
	keyed(t, s, admin, "k", "POST", "/users", body{"username": "other", "email": "o@example.com"}).Problem(http.StatusUnprocessableEntity, "idempotency_mismatch")
	keyed(t, s, admin, "k", "POST", "/users", in).Problem(http.StatusConflict, "username_taken") // it runs again
	super(t, s, `UPDATE users.idempotency_keys SET created_at = now() - interval '25 hours'`)
	keyed(t, s, admin, "k", "POST", "/users", body{"username": "dayafter", "email": "d@example.com"}).Is(http.StatusCreated)
}

// TestWhatStillRunsIsNotDoneTwice: the first request has not been answered yet.
func TestWhatStillRunsIsNotDoneTwice(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, auth := s.Admin(t), authIdentity(t, s)
	user := create(t, s, admin, nil)
	for path, c := range map[string]struct {
		caller string
		in     body
	}{
		"/users/" + user.ID:                  {admin, body{"verified": true}},
		"/users/" + user.ID + "/credentials": {auth, body{"credential_epoch": 1, "verified": true}},
	} {
		keyed(t, s, c.caller, "k", "PATCH", path, c.in).Is(http.StatusOK)
		super(t, s, `UPDATE users.idempotency_keys SET status = NULL, leased_until = now() + interval '20 seconds'`)
		keyed(t, s, c.caller, "k", "PATCH", path, c.in).Problem(http.StatusConflict, "idempotency_in_progress")
	}
}

func TestTheKeyTableHoldsNoOracle(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	keyed(t, s, admin, "plain-key", "POST", "/users", body{"username": "kept", "email": "kept@example.com", "password": apitest.Password}).Is(http.StatusCreated)
	var dump string
	if err := s.UsersDB.Pool.QueryRow(t.Context(), "SELECT string_agg(k::text, ' ') FROM users.idempotency_keys k").Scan(&dump); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"plain-key", apitest.Password, fmt.Sprintf("%x", "plain-key"), fmt.Sprintf("%x", apitest.Password)} {
		if strings.Contains(dump, secret) {
			t.Errorf("the table holds %q", secret)
		}
	}
}

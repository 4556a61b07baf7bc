package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

func TestS63S64APersonSeesThemselvesAndNothingElse(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	me, other := s.Person(t), s.Register(t)
	for _, path := range []string{"/users/" + me.User.ID, "/users/" + me.User.Username, "/users/email/" + me.User.Email} {
		s.Users.Get(t, path, me.AccessToken).Is(http.StatusOK)
	}
	for foreign, absent := range map[string]string{
		"/users/" + other.ID: "/users/01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", "/users/" + other.Username: "/users/nobody-at-all",
		"/users/email/" + other.Email: "/users/email/nobody@example.com",
	} {
		if is, isNot := looks(t, s, me.AccessToken, foreign), looks(t, s, me.AccessToken, absent); is != isNot {
			t.Errorf("a foreign account answers\n%s\nan absent one\n%s", is, isNot)
		}
	}
	for _, r := range []apitest.Request{
		{Method: "GET", Path: "/users"},
		{Method: "POST", Path: "/users", Body: body{"username": "mine", "email": "m@example.com"}},
		{Method: "PATCH", Path: "/users/" + me.User.ID, Body: body{"roles": []string{"admin"}}},
		{Method: "PATCH", Path: "/users/" + me.User.ID, Body: body{"verified": true}},
		{Method: "PATCH", Path: "/users/" + me.User.ID, Body: body{"id": other.ID}},
		{Method: "DELETE", Path: "/users/" + me.User.ID},
		{Method: "GET", Path: "/users/" + me.User.ID + "/security"},
		{Method: "POST", Path: "/credentials/verify", Body: body{"login": "admin", "password": "guess"}},
	} {
		r.Token = me.AccessToken
		s.Users.Do(t, r).Problem(http.StatusForbidden, "forbidden")
		r.Token = ""
		s.Users.Do(t, r).Problem(http.StatusUnauthorized, "unauthorized")
	}
}

// looks is a 404 but for the time of it: headers and body, under
// one request id.
func looks(t *testing.T, s *apitest.System, token, path string) string {
	t.Helper()
	answer := s.Users.Do(t, apitest.Request{Method: "GET", Path: path, Token: token, Header: http.Header{"X-Request-Id": {"same"}}})
	answer.Problem(http.StatusNotFound, "not_found")
	answer.Header.Del("Date")
	return fmt.Sprint(answer.Header, string(answer.Body))
}

func TestS67CredentialsAreForAuthAlone(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	guess := body{"login": "admin", "password": apitest.AdminPassword}
	for name, caller := range map[string]string{
		"an admin":    s.Admin(t),
		"a reader":    s.Mint(t, token.Claims{Scope: "users:read"}),
		"a writer":    s.Mint(t, token.Claims{Scope: "users:read users:write"}),
		"a usurper":   s.Mint(t, token.Claims{Subject: "another-client", Scope: "credentials:verify"}),
		"a person":    s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, SessionID: "x", Scope: "credentials:verify"}),
		"a near miss": s.Mint(t, token.Claims{Scope: "credentials:verify2 xcredentials:verify"}),
	} {
		t.Run(name, func(t *testing.T) {
			s.Users.Post(t, "/credentials/verify", caller, guess).Problem(http.StatusForbidden, "forbidden")
		})
	}
}

func TestAWriterTouchesNoAdmin(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	writer := s.Mint(t, token.Claims{Scope: "users:write"})
	other := create(t, s, admin, body{"roles": []string{"admin", "user"}})
	user := create(t, s, writer, nil)
	forbidden := func(r apitest.Request) {
		t.Helper()
		r.Token = writer
		s.Users.Do(t, r).Problem(http.StatusForbidden, "forbidden")
	}
	forbidden(apitest.Request{Method: "POST", Path: "/users", Body: body{"username": "evil", "email": "e@example.com", "roles": []string{"admin"}}})
	forbidden(apitest.Request{Method: "PATCH", Path: "/users/" + user.ID, Body: body{"roles": []string{"user", "admin"}}})
	for _, patch := range []body{{"verified": true}, {"disabled": true}, {"roles": []string{"user"}}, {"email": "x@example.com"}, {"password": "a writer's passphrase"}} {
		forbidden(apitest.Request{Method: "PATCH", Path: "/users/" + other.ID, Body: patch})
	}
	forbidden(apitest.Request{Method: "DELETE", Path: "/users/" + other.ID})
	forbidden(apitest.Request{Method: "GET", Path: "/users"})
	s.Users.Get(t, "/users/"+user.ID, writer).Problem(http.StatusForbidden, "forbidden")
	s.Users.Patch(t, "/users/"+user.ID, writer, "", body{"disabled": true}).Is(http.StatusOK)
	s.Users.Delete(t, "/users/"+user.ID, writer, "").Is(http.StatusNoContent)
}

func TestS65AnAdminIsAlwaysLeft(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	var first apitest.User
	s.Users.Get(t, "/users/admin", admin).Is(http.StatusOK).JSON(&first)
	for _, patch := range []body{{"roles": []string{"user"}}, {"disabled": true}, {"roles": []string{}, "disabled": true}} {
		s.Users.Patch(t, "/users/"+first.ID, admin, "", patch).Problem(http.StatusConflict, "last_admin")
	}
	s.Users.Delete(t, "/users/"+first.ID, admin, "").Problem(http.StatusConflict, "last_admin")
	s.Users.Patch(t, "/users/"+first.ID, admin, "", body{"roles": []string{"admin"}, "verified": false}).Is(http.StatusOK)

	second := create(t, s, admin, body{"roles": []string{"admin"}})
	release := holdAdmins(t, s)
	ids := make(chan string, 2)
	ids <- first.ID
	ids <- second.ID
	counts := make(chan map[int]int)
	go func() { // two admins demote each other at the same moment
		counts <- parallel(2, func(int) int {
			return s.Users.Patch(t, "/users/"+<-ids, admin, "", body{"roles": []string{"user"}}).Status
		})
	}()
	release()
	if got := <-counts; got[http.StatusOK] != 1 || got[http.StatusConflict] != 1 {
		t.Fatalf("answers by status: %v", got)
	}
}

// holdAdmins takes the lock under which admins are counted. What it returns
// waits until two changes stand at that lock, and lets them go.
func holdAdmins(t *testing.T, s *apitest.System) (release func()) {
	t.Helper()
	ctx := context.Background()
	tx, err := s.UsersDB.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := usersdb.New(tx).LockAdmins(ctx); err != nil {
		t.Fatal(err)
	}
	return func() {
		defer func() { _ = tx.Rollback(ctx) }()
		const waiting = `SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
			WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()`
		for range 1000 {
			var n int
			if err := tx.QueryRow(ctx, waiting).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n == 2 {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Error("the two changes do not wait for one another")
	}
}

func TestS33TokensOfTheWrongKind(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	service := s.Mint(t, token.Claims{Scope: "users:read"})
	s.Users.Get(t, "/users/"+person.User.ID, service).Is(http.StatusOK)
	s.Auth.Get(t, "/auth/me", service).Problem(http.StatusUnauthorized, "unauthorized") // S33
	s.Auth.Post(t, "/auth/logout-all", service, nil).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Get(t, "/auth/me", person.RefreshToken).Problem(http.StatusUnauthorized, "unauthorized")
	for name, c := range map[string]token.Claims{
		"another issuer":   {Issuer: "https://elsewhere.example", Scope: "users:read"},
		"another audience": {Audience: []string{"elsewhere"}, Scope: "users:read"},
	} {
		t.Run(name, func(t *testing.T) {
			s.Users.Get(t, "/users/"+person.User.ID, s.Mint(t, c)).Problem(http.StatusUnauthorized, "unauthorized")
		})
	}
}

package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// refused expects a refresh token to be worth nothing.
func refused(t *testing.T, s *apitest.System, token string) {
	t.Helper()
	s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": token}).Problem(http.StatusUnauthorized, "invalid_token")
}

// later moves every session's times into the past: the database's clock is
// the one that counts, and a test can't wait.
func later(t *testing.T, s *apitest.System, by string) {
	t.Helper()
	_, err := s.AuthDB.Pool.Exec(context.Background(), `UPDATE auth.sessions SET rotated_at = rotated_at - $1::text::interval,
		created_at = created_at - $1::text::interval, idle_expires_at = idle_expires_at - $1::text::interval,
		expires_at = expires_at - $1::text::interval`, by)
	if err != nil {
		t.Fatal(err)
	}
}

func TestS39ParallelExchangesGiveOneSuccessor(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	token := s.Person(t).RefreshToken
	successors := parallel(20, func() string {
		var grant apitest.Grant
		s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": token}).Is(http.StatusOK).JSON(&grant)
		return grant.RefreshToken
	})
	if len(successors) != 1 {
		t.Fatalf("%d successors", len(successors))
	}
	for successor := range successors {
		s.Refresh(t, successor)
	}
}

func TestS40TheGraceCoversTheParentOnly(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	first := s.Person(t)
	second := s.Refresh(t, first.RefreshToken)
	if again := s.Refresh(t, first.RefreshToken); again.RefreshToken != second.RefreshToken {
		t.Error("the parent gave another successor within the grace")
	}
	third := s.Refresh(t, second.RefreshToken)
	refused(t, s, first.RefreshToken) // the grandparent, ten milliseconds old
	refused(t, s, third.RefreshToken)
	s.Auth.Get(t, "/auth/me", third.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	if !strings.Contains(s.Logs.String(), "session.refresh_reuse") {
		t.Error("the reuse is not in the log")
	}
}

func TestS41TheParentAfterTheGraceEndsTheSession(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	first := s.Person(t)
	second := s.Refresh(t, first.RefreshToken)
	later(t, s, "9 seconds")
	if again := s.Refresh(t, first.RefreshToken); again.RefreshToken != second.RefreshToken {
		t.Error("the parent gave another successor after nine seconds")
	}
	later(t, s, "2 seconds")
	refused(t, s, first.RefreshToken)
	refused(t, s, second.RefreshToken)
}

func TestS41AForgeryEndsNothing(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	token := s.Person(t).RefreshToken
	part := strings.Split(token, ".")
	other := strings.Split(s.Person(t).RefreshToken, ".")
	for name, forged := range map[string]string{
		"another MAC":         strings.Join([]string{part[0], part[1], part[2], other[3]}, "."),
		"another session":     strings.Join([]string{part[0], other[1], part[2], part[3]}, "."),
		"the next generation": strings.Join([]string{part[0], part[1], "2", part[3]}, "."),
		"generation zero":     strings.Join([]string{part[0], part[1], "0", part[3]}, "."),
		"a leading zero":      strings.Join([]string{part[0], part[1], "01", part[3]}, "."),
		"a huge generation":   strings.Join([]string{part[0], part[1], strings.Repeat("9", 30), part[3]}, "."),
		"another version":     strings.Join([]string{"v2", part[1], part[2], part[3]}, "."),
		"upper case":          strings.ToUpper(token),
		"padding":             token + "=",
		"one character short": token[:len(token)-1],
		"an access token":     s.Person(t).AccessToken[:200],
		"nothing but dots":    "...",
		"no such session":     "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.1." + part[3],
		"SQL":                 "v1.' OR true--.1." + part[3],
	} {
		t.Run(name, func(t *testing.T) { refused(t, s, forged) })
	}
	s.Refresh(t, token)
}

func TestS44IdleAndAbsoluteExpiry(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	idle := s.Person(t)
	later(t, s, "167 hours")
	idle = s.Refresh(t, idle.RefreshToken) // one hour before; the idle time starts anew
	later(t, s, "167 hours")
	idle = s.Refresh(t, idle.RefreshToken)
	later(t, s, "169 hours")
	refused(t, s, idle.RefreshToken)

	old := s.Person(t)
	for range 4 { // 668 of 720 hours, never idle
		later(t, s, "167 hours")
		old = s.Refresh(t, old.RefreshToken)
	}
	later(t, s, "53 hours")
	refused(t, s, old.RefreshToken)
	s.Auth.Get(t, "/auth/me", old.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
}

func TestS36WhatEndsSessions(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	for name, patch := range map[string]any{
		"a new password": body{"password": "another good passphrase"},
		"a new email":    body{"email": "moved@example.com"},
		"disabling":      body{"disabled": true},
		"deletion":       nil,
	} {
		t.Run(name, func(t *testing.T) {
			person := s.Person(t)
			newest := s.Refresh(t, person.RefreshToken)
			path := "/users/" + person.User.ID
			if patch == nil {
				s.Users.Delete(t, path, admin, "").Is(http.StatusNoContent)
			} else {
				s.Users.Patch(t, path, admin, "", patch).Is(http.StatusOK)
			}
			s.Auth.Get(t, "/auth/me", newest.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
			refused(t, s, newest.RefreshToken)
			if name == "disabling" { // enabling does not bring the session back
				s.Users.Patch(t, path, admin, "", body{"disabled": false}).Is(http.StatusOK)
				refused(t, s, newest.RefreshToken)
			}
		})
	}
	t.Run("that the account is no more", func(t *testing.T) {
		person := s.Person(t)
		db, err := pgx.Connect(context.Background(), s.UsersDB.SuperURL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close(context.Background()) })
		if _, err := db.Exec(context.Background(), "DELETE FROM users.users WHERE id = $1", person.User.ID); err != nil {
			t.Fatal(err)
		}
		s.Auth.Get(t, "/auth/me", person.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
		refused(t, s, person.RefreshToken)
	})
	t.Run("not a new role, which arrives with the next refresh", func(t *testing.T) {
		person := s.Person(t)
		s.Users.Patch(t, "/users/"+person.User.ID, admin, "", body{"roles": []string{"admin", "user"}, "username": person.User.Username + "x"}).Is(http.StatusOK)
		s.Users.Get(t, "/users", person.AccessToken).Problem(http.StatusForbidden, "forbidden")
		s.Users.Get(t, "/users", s.Refresh(t, person.RefreshToken).AccessToken).Is(http.StatusOK)
	})
}

func TestStatementsOfLoginAndRefresh(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	grant := s.Person(t)
	// Those of one request: the workers may be sending the mail of before.
	statements := func(id, path string, with body) (inAuth, inUsers []string) {
		inAuth = s.AuthSQL.DuringRequest(id, func() {
			inUsers = s.UsersSQL.DuringRequest(id, func() {
				s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: path, Body: with, Header: http.Header{"X-Request-Id": {id}}}).Is(http.StatusOK)
			})
		})
		t.Logf("%s: %d in auth, %d in users", path, len(inAuth), len(inUsers))
		if len(inAuth) == 0 || len(inUsers) == 0 {
			t.Errorf("%s: what was counted is not the request's", path)
		}
		return inAuth, inUsers
	}
	inAuth, _ := statements("counted-login", "/auth/login", body{"login": grant.User.Username, "password": apitest.Password})
	if len(inAuth) > 3 {
		t.Errorf("login took %d statements in auth: %q", len(inAuth), inAuth)
	}
	inAuth, inUsers := statements("counted-refresh", "/auth/refresh", body{"refresh_token": grant.RefreshToken})
	if len(inAuth)+len(inUsers) > 3 {
		t.Errorf("refresh took %q in auth and %q in users", inAuth, inUsers)
	}
}

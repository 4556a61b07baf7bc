package rest_test

import (
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

func TestF06WithoutUsersNothingIsAWrongPassword(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	grant := s.Person(t)
	s.StopUsers()
	down := func(r apitest.Response) {
		t.Helper()
		r.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
		if r.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	down(s.Auth.Post(t, "/auth/login", "", body{"login": grant.User.Username, "password": apitest.Password}))
	down(s.Auth.Post(t, "/auth/register", "", body{"username": "nobody2", "email": "n@example.com", "password": apitest.Password}))
	down(s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": grant.RefreshToken}))
	down(s.Auth.Get(t, "/auth/me", grant.AccessToken))
	s.Auth.Get(t, "/.well-known/jwks.json", "").Is(http.StatusOK)
	s.Auth.Get(t, "/readyz", "").Is(http.StatusOK)

	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	s.AwaitUsers(t)
	s.Refresh(t, grant.RefreshToken) // the 503 left the token usable
	s.Login(t, grant.User.Username, apitest.Password)
}

func TestUsersGoesOnVerifyingWithoutAuth(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	grant := s.Person(t)
	s.Users.Get(t, "/users/"+grant.User.ID, grant.AccessToken).Is(http.StatusOK)
	s.StopAuth()
	s.Users.Get(t, "/users/"+grant.User.ID, grant.AccessToken).Is(http.StatusOK)
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
	s.Refresh(t, grant.RefreshToken)
}

// TestS42 is about what survives a restart: the law lives in the database.
func TestS42ARestartRevivesNoToken(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	first := s.Person(t)
	second := s.Refresh(t, first.RefreshToken)
	third := s.Refresh(t, second.RefreshToken)
	s.StopAuth()
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
	if again := s.Refresh(t, second.RefreshToken); again.RefreshToken != third.RefreshToken {
		t.Error("the parent gave another successor after a restart")
	}
	refused(t, s, first.RefreshToken)
	refused(t, s, third.RefreshToken)
}

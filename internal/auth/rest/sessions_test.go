package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

type session struct {
	ID         string `json:"id"`
	CreatedAt  string `json:"created_at"`
	LastUsedAt string `json:"last_used_at"`
	Address    string `json:"address"`
	UserAgent  string `json:"user_agent"`
	Current    bool   `json:"current"`
}

func sessions(t *testing.T, s *apitest.System, path, token string) []session {
	t.Helper()
	var list struct{ Items []session }
	s.Auth.Get(t, path, token).Is(http.StatusOK).JSON(&list)
	return list.Items
}

func TestS48ListAndEndOwnSessions(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user, stranger := s.Register(t), s.Person(t)
	first, second := s.Login(t, user.Username, apitest.Password), s.Login(t, user.Username, apitest.Password)
	list := sessions(t, s, "/auth/sessions", second.AccessToken)
	if len(list) != 2 || !list[0].Current || list[1].Current || list[0].Address != "127.0.0.1" || !strings.HasPrefix(list[0].UserAgent, "Go-http-client") {
		t.Fatalf("sessions: %+v", list)
	}
	s.Refresh(t, first.RefreshToken)
	if again := sessions(t, s, "/auth/sessions", second.AccessToken); again[1].LastUsedAt <= list[1].LastUsedAt || again[1].CreatedAt != list[1].CreatedAt {
		t.Errorf("a refresh is not seen: %+v, then %+v", list[1], again[1])
	}
	end := func(id, token string) apitest.Response { return s.Auth.Delete(t, "/auth/sessions/"+id, token, "") }
	end(list[1].ID, stranger.AccessToken).Problem(http.StatusNotFound, "not_found")
	end("01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", stranger.AccessToken).Problem(http.StatusNotFound, "not_found")
	end("none", stranger.AccessToken).Problem(http.StatusBadRequest, "invalid_request")
	end(list[1].ID, second.AccessToken).Is(http.StatusNoContent)
	end(list[1].ID, second.AccessToken).Problem(http.StatusNotFound, "not_found")
	refused(t, s, first.RefreshToken)
	s.Auth.Get(t, "/auth/me", first.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	end(list[0].ID, second.AccessToken).Is(http.StatusNoContent)
	s.Auth.Get(t, "/auth/sessions", second.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	s.Refresh(t, stranger.RefreshToken)
}

func TestAdminsSeeAndEndSessions(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, person := s.Admin(t), s.Person(t)
	path := "/admin/users/" + person.User.ID + "/sessions"
	for method, token := range map[string]string{http.MethodGet: person.AccessToken, http.MethodDelete: person.AccessToken} {
		s.Auth.Do(t, apitest.Request{Method: method, Path: path, Token: token}).Problem(http.StatusForbidden, "forbidden")
		s.Auth.Do(t, apitest.Request{Method: method, Path: path}).Problem(http.StatusUnauthorized, "unauthorized")
	}
	if list := sessions(t, s, path, admin); len(list) != 1 || list[0].Current {
		t.Errorf("sessions: %+v", list)
	}
	s.Auth.Delete(t, path, admin, "").Is(http.StatusNoContent)
	s.Auth.Delete(t, path, admin, "").Is(http.StatusNoContent)
	refused(t, s, person.RefreshToken)
	if list := sessions(t, s, path, admin); len(list) != 0 {
		t.Errorf("sessions: %+v", list)
	}
	if list := sessions(t, s, "/admin/users/01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e/sessions", admin); len(list) != 0 {
		t.Errorf("sessions of nobody: %+v", list)
	}
}

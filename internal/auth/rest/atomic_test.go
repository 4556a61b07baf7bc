package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// sabotaged sends a request whose nth statement fails. It checks that the
// answer tells nothing and is never a 401, and reports whether there was an
// nth statement.
func sabotaged(t *testing.T, s *apitest.System, r apitest.Request, n int) (status int, failed bool) {
	t.Helper()
	id := fmt.Sprintf("sabotage-%s-%d", apitest.Name(), n)
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("X-Request-Id", id)
	r.Header = header
	s.AuthSQL.Fail(id, n)
	answer := s.Auth.Do(t, r)
	if !s.AuthSQL.Failed() {
		return answer.Status, false
	}
	if answer.Status >= 300 && answer.Status != http.StatusInternalServerError && answer.Status != http.StatusServiceUnavailable {
		t.Errorf("failure %d answers %d\n%s", n, answer.Status, answer.Body)
	}
	header = answer.Header.Clone()
	header.Del("X-Request-Id") // ours
	text := strings.ReplaceAll(strings.ToLower(string(answer.Body)+fmt.Sprint(header)), id, "")
	for _, told := range []string{"sabotage", "_pkey", "sqlstate", "pgx", "context", "insert", "select", "audit", "river", "intent", "commit"} {
		if strings.Contains(text, told) {
			t.Errorf("failure %d tells %q: %s", n, told, answer.Body)
		}
	}
	return answer.Status, true
}

// ownWrite is a request that changes what this service alone has; least is how
// many statements it sends at the least.
type ownWrite struct {
	name  string
	make  func(*testing.T, *apitest.System) apitest.Request
	least int
	// refuses says that the write is of a refusal.
	refuses bool
}

func byPost(path, token string, in any) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: path, Token: token, Body: in}
}

var ownWrites = []ownWrite{
	{name: "login", least: 1, make: func(t *testing.T, s *apitest.System) apitest.Request {
		return byPost("/auth/login", "", body{"login": s.Register(t).Username, "password": apitest.Password})
	}},
	{name: "login in the place of a session", least: 5, make: func(t *testing.T, s *apitest.System) apitest.Request {
		person := s.Person(t)
		return withCookie("/auth/login", person.RefreshToken, body{"login": person.User.Username, "password": apitest.Password})
	}},
	{name: "refresh", least: 2, make: func(t *testing.T, s *apitest.System) apitest.Request {
		return byPost("/auth/refresh", "", body{"refresh_token": s.Person(t).RefreshToken})
	}},
	{name: "refresh, reused", least: 2, refuses: true, make: func(t *testing.T, s *apitest.System) apitest.Request {
		first := s.Person(t)
		s.Refresh(t, s.Refresh(t, first.RefreshToken).RefreshToken)
		return byPost("/auth/refresh", "", body{"refresh_token": first.RefreshToken})
	}},
	{name: "refresh after a change of the credentials", least: 5, refuses: true, make: func(t *testing.T, s *apitest.System) apitest.Request {
		person := s.Person(t)
		s.Users.Patch(t, "/users/"+person.User.ID, s.Admin(t), "", body{"disabled": true}).Is(http.StatusOK)
		return byPost("/auth/refresh", "", body{"refresh_token": person.RefreshToken})
	}},
	{name: "logout", least: 5, make: func(t *testing.T, s *apitest.System) apitest.Request {
		return byPost("/auth/logout", "", body{"refresh_token": s.Person(t).RefreshToken})
	}},
	{name: "logout by bearer", least: 4, make: func(t *testing.T, s *apitest.System) apitest.Request {
		return byPost("/auth/logout", s.Person(t).AccessToken, nil)
	}},
	{name: "logout-all", least: 5, make: func(t *testing.T, s *apitest.System) apitest.Request {
		user := s.Register(t)
		s.Login(t, user.Username, apitest.Password)
		return byPost("/auth/logout-all", s.Login(t, user.Username, apitest.Password).AccessToken, nil)
	}},
	{name: "revoke", least: 5, make: func(t *testing.T, s *apitest.System) apitest.Request {
		other := s.Person(t)
		asking := s.Login(t, other.User.Username, apitest.Password)
		return apitest.Request{Method: http.MethodDelete, Path: "/auth/sessions/" + sessionID(other), Token: asking.AccessToken}
	}},
	{name: "revoke by an admin", least: 5, make: func(t *testing.T, s *apitest.System) apitest.Request {
		return apitest.Request{Method: http.MethodDelete, Path: "/admin/users/" + s.Person(t).User.ID + "/sessions", Token: s.Admin(t)}
	}},
	{name: "forgot", least: 3, make: func(*testing.T, *apitest.System) apitest.Request {
		return byPost("/auth/password/forgot", "", body{"email": "nobody@example.com"})
	}},
	{name: "resend", least: 3, make: func(*testing.T, *apitest.System) apitest.Request {
		return byPost("/auth/email/resend", "", body{"email": "nobody@example.com"})
	}},
}

// TestF5InAuth: whichever statement fails, nothing has changed, and the same
// request works afterwards.
func TestF5InAuth(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	for _, w := range ownWrites {
		t.Run(w.name, func(t *testing.T) {
			r := w.make(t, s)
			before := everything(t, s)
			for n := 1; ; n++ {
				status, failed := sabotaged(t, s, r, n)
				after := everything(t, s)
				if failed && (status < 300 || after != before) {
					t.Fatalf("failure %d answers %d and leaves\n%s\nwas:\n%s", n, status, after, before)
				}
				if failed {
					continue
				}
				if refused := status == http.StatusUnauthorized; status >= 300 && !refused || refused != w.refuses || after == before {
					t.Errorf("without a failure it answers %d, or changes nothing", status)
				}
				if n-1 < w.least {
					t.Errorf("only %d statements failed, want at least %d", n-1, w.least)
				}
				return
			}
		})
	}
}

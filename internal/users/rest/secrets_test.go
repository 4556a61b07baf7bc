package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// hashes match a stored hash of either kind, wherever it turns up.
var hashes = regexp.MustCompile(`\$2[aby]\$|\$argon2`)

// TestS66S79NoSecretIsLogged plants secrets wherever a request can carry one, in
// requests that work and in ones that don't, and looks for them in everything
// that was logged. S66: no answer holds a hash either.
func TestS66S79NoSecretIsLogged(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	const canary = "canary-5f2e8a-do-not-log"
	person := s.Person(t)
	refreshed := s.Refresh(t, person.RefreshToken)
	var answers strings.Builder
	see := func(r apitest.Response) { answers.Write(r.Body); fmt.Fprint(&answers, r.Header) }

	hash := "$2b$04$" + strings.Repeat("c", 53)
	see(s.Users.Post(t, "/users", admin, body{"username": "canary1", "email": "c1@example.com", "password": canary}))
	see(s.Users.Post(t, "/users", admin, body{"username": "canary2", "email": "c2@example.com", "password_hash": hash}))
	see(s.Users.Post(t, "/users", admin, body{"username": "canary1", "email": "c3@example.com", "password": canary}))
	see(s.Users.Post(t, "/users", admin, `{"username":"x","email":"`+canary+`","password":"`+canary+`","`+canary+`":1`))
	see(s.Users.Post(t, "/users", admin, body{"username": "canary4", "email": "c4@example.com", "password": 7, "password_hash": canary}))
	see(s.Users.Patch(t, "/users/"+person.User.ID, admin, "", body{"password": canary + "2"}))
	see(s.Users.Get(t, "/users?cursor="+canary, admin))
	see(s.Users.Get(t, "/users?"+canary+"=1", admin))
	see(s.Users.Get(t, "/users/email/c1@example.com", admin))
	see(s.Users.Get(t, "/users", admin))
	see(s.Users.Get(t, "/users/canary2", canary))
	see(s.Auth.Post(t, "/auth/register", "", body{"username": "canary5", "email": "c5@example.com", "password": canary}))
	see(s.Auth.Post(t, "/auth/login", "", body{"login": "canary5", "password": canary + "x"}))
	see(s.Auth.Post(t, "/auth/login", "", body{"login": canary, "password": canary}))
	see(s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": canary}))
	see(s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": refreshed.RefreshToken}))
	see(s.Auth.Post(t, "/auth/logout", canary, nil))
	see(s.Auth.Do(t, apitest.Request{Method: "GET", Path: "/auth/me?access_token=" + refreshed.AccessToken, Token: refreshed.AccessToken}))
	see(s.Auth.Do(t, apitest.Request{Method: "GET", Path: "/livez", Header: http.Header{
		"Cookie": {"session=" + canary}, "Authorization": {"Basic " + canary}, "X-Request-Id": {canary + "\twith a tab"},
		"User-Agent": {canary}, "X-Forwarded-For": {canary}, "Referer": {"https://example.com/?t=" + canary},
	}}))
	audit := string(s.Users.Get(t, "/audit-events?limit=200", admin).Is(http.StatusOK).Body)
	if !strings.Contains(audit, "user.password_changed") || strings.Contains(audit, canary) || hashes.MatchString(audit) {
		t.Errorf("the audit holds a secret, or not what was done: %s", audit)
	}
	s.StopUsers()
	see(s.Auth.Post(t, "/auth/login", "", body{"login": "canary5", "password": canary}))

	logs := s.Logs.String()
	if !strings.Contains(logs, `"/auth/login"`) || !strings.Contains(logs, `"/users/{user}"`) {
		t.Fatal("the log does not hold the requests")
	}
	for name, secret := range map[string]string{
		"a password": canary, "an access token": refreshed.AccessToken, "its signature": signature(refreshed.AccessToken),
		"a refresh token": refreshed.RefreshToken, "an old refresh token": person.RefreshToken, "the admin's password": apitest.AdminPassword,
		"the admin's token": signature(admin),
	} {
		if at := strings.Index(logs, secret); at >= 0 {
			t.Errorf("%s is in the log: %s", name, logs[max(0, at-200):at+len(secret)])
		}
	}
	if found := hashes.FindString(logs); found != "" {
		t.Errorf("a hash is in the log: %s", found)
	}
	if found := hashes.FindString(answers.String()); found != "" || strings.Contains(answers.String(), "password_hash\"") {
		t.Errorf("S66 an answer holds a hash: %s", found)
	}
}

func signature(jwt string) string { return jwt[strings.LastIndex(jwt, ".")+1:] }

func TestTheServiceRoleCanNotDropOrDelete(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	for _, statement := range []string{
		"DELETE FROM users.users", "DROP TABLE users.users", "ALTER TABLE users.users DISABLE TRIGGER ALL",
		"SELECT * FROM auth.sessions", "TRUNCATE users.user_roles", "CREATE TABLE users.mine (x int)",
	} {
		if _, err := s.UsersDB.Pool.Exec(context.Background(), statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s gave %v", statement, err)
		}
	}
	if _, err := s.AuthDB.Pool.Exec(context.Background(), "SELECT * FROM users.users"); err == nil {
		t.Error("auth reads the users' table")
	}
}

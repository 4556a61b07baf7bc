package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// subjectOf is whose token it is, unverified.
func subjectOf(t *testing.T, raw string) string {
	t.Helper()
	var claims struct{ Sub string }
	if err := json.Unmarshal(segmentText(t, strings.Split(raw, ".")[1]), &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Sub
}

// Refresh and one's own account know at once, introspection after the next refresh. What
// asks nobody, in the users service or for the key ring, believes an access token until
// its exp and 30 s more for clocks: docs/security.md says so.
func TestS36ALostStandingCountsInTheTimeThatIsSaid(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, asks := s.Admin(t), s.NewBackEnd(t, "users:read")
	lost := map[string]apitest.Grant{"disabled": anAdmin(t, s), "deleted": anAdmin(t, s), "demoted": anAdmin(t, s)}
	for what, who := range lost {
		path := "/users/" + who.User.ID
		switch what {
		case "disabled":
			s.Users.Patch(t, path, admin, "", body{"disabled": true}).Is(http.StatusOK)
		case "deleted":
			s.Users.Delete(t, path, admin, "").Is(http.StatusNoContent)
		case "demoted":
			s.Users.Patch(t, path, admin, "", body{"roles": []string{"user"}}).Is(http.StatusOK)
			s.Users.Get(t, "/users", s.Refresh(t, who.RefreshToken).AccessToken).Problem(http.StatusForbidden, "forbidden")
			continue
		}
		s.Auth.Get(t, "/auth/me", who.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
		refused(t, s, who.RefreshToken)
		inactive(t, s, asks, what, who.AccessToken) // which the refresh has told it
	}
	s.SetClocks(t, 10*time.Minute+30*time.Second, 10*time.Minute+30*time.Second)
	for what, who := range lost {
		for path, client := range map[string]*apitest.Client{"/users": s.Users, "/admin/keys": s.Auth} {
			if got := client.Get(t, path, who.AccessToken).Status; got != http.StatusUnauthorized {
				t.Errorf("%s: after 10 minutes and 30 seconds the token gets %d from %s", what, got, path)
			}
		}
	}
}

func TestS38TheSubjectStaysAndIsNobodyElses(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, person := s.Admin(t), s.Person(t)
	id, path := person.User.ID, "/users/"+person.User.ID
	if subjectOf(t, person.AccessToken) != id {
		t.Fatalf("the subject is %s, the account %s", subjectOf(t, person.AccessToken), id)
	}
	name, email := apitest.Name(), "moved-"+person.User.Email
	for _, patch := range []body{{"username": name}, {"email": email}, {"password": newPassword}, {"roles": []string{"user", "admin"}}} {
		s.Users.Patch(t, path, admin, "", patch).Is(http.StatusOK)
	}
	s.Users.Patch(t, path, admin, "", body{"id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"}).Problem(http.StatusBadRequest, "invalid_request")
	if again := s.Login(t, email, newPassword); subjectOf(t, again.AccessToken) != id || again.User.ID != id {
		t.Errorf("after the changes the subject is %s", subjectOf(t, again.AccessToken))
	}
	// The names come free, the id does not.
	s.Purge(t, admin, name)
	s.Auth.Post(t, "/auth/register", "", body{"username": name, "email": email, "password": apitest.Password}).Is(http.StatusCreated)
	next := s.Login(t, name, apitest.Password)
	if subjectOf(t, next.AccessToken) == id || next.User.ID == id {
		t.Error("the subject of who was purged is somebody else's")
	}
	s.Users.Post(t, "/users", admin, body{"id": id, "username": apitest.Name(), "email": "x@example.com"}).Problem(http.StatusBadRequest, "invalid_request")
}

// Nobody gives themselves a role, a confirmed address or another id.
func TestS64NobodyChangesTheirOwnStanding(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	before := s.Users.Get(t, "/users/"+person.User.ID, s.Admin(t)).Is(http.StatusOK)
	for member, value := range map[string]any{
		"verified": true, "role": "admin", "roles": []string{"admin"}, "id": person.User.ID, "disabled": false, "deleted_at": nil,
		"password": newPassword, "password_hash": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "version": 7, "credential_epoch": 7,
	} {
		for _, in := range []body{{member: value, "current_password": apitest.Password}, {member: value, "username": apitest.Name(), "current_password": apitest.Password}} {
			patchMe(s, t, person.AccessToken, in).Problem(http.StatusBadRequest, "invalid_request")
		}
		s.Users.Patch(t, "/users/"+person.User.ID, person.AccessToken, "", body{member: value}).Problem(http.StatusForbidden, "forbidden")
	}
	if after := s.Users.Get(t, "/users/"+person.User.ID, s.Admin(t)); string(after.Body) != string(before.Body) {
		t.Errorf("%s\nwas\n%s", after.Body, before.Body)
	}
}

// Each sign-in, refusal and denial has a line in the log, by its request id.
func TestS80EachAuthenticationIsInTheLog(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person, client := s.Person(t), s.NewBackEnd(t, "users:read")
	login := func(name, password string) apitest.Request {
		return byPost("/auth/login", "", body{"login": name, "password": password})
	}
	sent := map[string]struct {
		to     *apitest.Client
		r      apitest.Request
		status int
	}{
		"success":         {s.Auth, login(person.User.Username, apitest.Password), 200},
		"wrong-password":  {s.Auth, login(person.User.Username, "not the password"), 401},
		"unknown":         {s.Auth, login("nobody-knows", "x"), 401},
		"refresh":         {s.Auth, byPost("/auth/refresh", "", body{"refresh_token": person.RefreshToken}), 200},
		"forged-refresh":  {s.Auth, byPost("/auth/refresh", "", body{"refresh_token": forged(person.RefreshToken)}), 401},
		"bad-bearer":      {s.Auth, apitest.Request{Method: "GET", Path: "/auth/me", Token: "x.y.z"}, 401},
		"bad-bearer-2":    {s.Users, apitest.Request{Method: "GET", Path: "/users", Token: "x.y.z"}, 401},
		"denied":          {s.Users, apitest.Request{Method: "GET", Path: "/users", Token: person.AccessToken}, 403},
		"denied-in-auth":  {s.Auth, apitest.Request{Method: "GET", Path: "/admin/keys", Token: person.AccessToken}, 403},
		"client":          {s.Auth, apitest.Request{Method: "POST", Path: "/oauth/token", Body: apitest.Form("grant_type", "client_credentials"), Header: client.Basic()}, 200},
		"wrong-client":    {s.Auth, apitest.Request{Method: "POST", Path: "/oauth/token", Body: apitest.Form("grant_type", "client_credentials"), Header: apitest.BackEnd{ID: client.ID, Secret: "x"}.Basic()}, 401},
		"reset-by-a-link": {s.Auth, byPost("/auth/password/reset", "", body{"token": segment(make([]byte, 32)), "new_password": newPassword}), 401},
		"logout":          {s.Auth, byPost("/auth/logout", person.AccessToken, nil), 204},
	}
	for id, c := range sent {
		if c.r.Header == nil {
			c.r.Header = http.Header{}
		}
		if id == "logout" {
			continue // last: it ends the session that others are about
		}
		c.r.Header.Set("X-Request-Id", "s80-"+id)
		c.to.Do(t, c.r).Is(c.status)
	}
	last := sent["logout"].r
	last.Header = http.Header{"X-Request-Id": {"s80-logout"}}
	s.Auth.Do(t, last).Is(http.StatusNoContent)

	lines := map[string]map[string]any{}
	for line := range strings.Lines(s.Logs.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if id, of := l["request_id"].(string); of && l["msg"] == "request" {
			lines[strings.TrimPrefix(id, "s80-")] = l
		}
	}
	for id, c := range sent {
		l := lines[id]
		if l == nil || l["status"] != float64(c.status) || l["client"] != "127.0.0.1" || l["operation"] == nil || l["time"] == nil {
			t.Errorf("%s: the log has %v", id, l)
		}
	}
}

// 128 random bits at the least; that what is stored is no token, TestS45ADumpYieldsNoToken shows.
func TestS45TokensAreLongAndDifferent(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	seen := map[string]bool{}
	note := func(what, secret string, least int) {
		t.Helper()
		if raw := segmentText(t, secret); len(raw) < least || seen[secret] {
			t.Errorf("%s has %d bytes, or was there before", what, len(raw))
		}
		seen[secret] = true
	}
	for range 8 {
		note("a refresh token's MAC", strings.Split(s.Login(t, user.Username, apitest.Password).RefreshToken, ".")[3], 32)
		note("a client's secret", strings.TrimPrefix(s.NewBackEnd(t, "users:read").Secret, "lks_"), 32)
	}
	for n := range 3 {
		note("a link's token", forgot(t, s, user.Email, n+1), 32)
	}
	var least, salts, sessions int
	err := s.AuthDB.Pool.QueryRow(context.Background(), "SELECT min(length(salt)), count(DISTINCT salt), count(*) FROM auth.sessions").Scan(&least, &salts, &sessions)
	if err != nil || least < 16 || salts != sessions || sessions < 8 {
		t.Errorf("%d salts of %d bytes for %d sessions, %v", salts, least, sessions, err)
	}
}

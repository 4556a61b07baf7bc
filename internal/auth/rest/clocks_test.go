package rest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/token"
)

// skewed is one setting of the clocks, against the database's, and what was
// made before while all agreed.
type skewed struct {
	name        string
	auth, users time.Duration
	live        apitest.Grant // a session
	dead        []string      // refresh tokens that are worth nothing any more
	expired     string        // a reset token
	current     string        // another
}

// ±5 minutes between the services, and between both and their database: what
// is of the future or over by the clock of whoever is shown it is refused, what
// the database keeps goes by the database's clock alone, and a fault of the
// clocks is a 503, never a wrong password. Two services that agree on the time
// work, whatever it is.
func TestF10SkewedClocksLetNothingIn(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	const off = 5 * time.Minute
	settings := []*skewed{
		{name: "auth is ahead", auth: off}, {name: "auth is behind", auth: -off},
		{name: "users is ahead", users: off}, {name: "users is behind", users: -off},
		{name: "both are ahead", auth: off, users: off}, {name: "both have jumped back", auth: -off, users: -off},
	}
	for _, c := range settings {
		c.prepare(t, s)
	}
	for _, c := range settings {
		t.Run(c.name, func(t *testing.T) {
			s.SetClocks(t, c.auth, c.users)
			c.bearers(t, s)
			c.rows(t, s)
			c.link(t, s)
		})
	}
	s.SetClocks(t, 0, 0)
	for _, c := range settings { // no fault has cost anybody their session or their link
		if !c.agree() {
			s.Refresh(t, c.live.RefreshToken)
			s.Auth.Do(t, reset(c.current, newPassword)).Is(http.StatusNoContent)
		}
	}
}

// agree reports whether users takes the auth service's own tokens: not those
// of the future. Those of a clock five minutes behind it takes for the half
// minute of leeway, which is what a test needs.
func (c *skewed) agree() bool { return c.auth-c.users <= token.MaxLeeway }

func (c *skewed) prepare(t *testing.T, s *apitest.System) {
	t.Helper()
	c.live = s.Person(t)
	past := s.Person(t)
	idle, absolute, ended := past, s.Login(t, past.User.Username, apitest.Password), s.Login(t, past.User.Username, apitest.Password)
	old := s.Login(t, past.User.Username, apitest.Password)
	s.Refresh(t, old.RefreshToken)
	s.Auth.Post(t, "/auth/logout", "", body{"refresh_token": ended.RefreshToken}).Is(http.StatusNoContent)
	// All by seconds only: a service that went by a clock that is minutes
	// behind would take them.
	for _, change := range []struct{ set, token string }{
		{"idle_expires_at = now() - interval '1 second'", idle.RefreshToken},
		{"expires_at = now() - interval '1 second'", absolute.RefreshToken},
		{"rotated_at = now() - interval '11 seconds'", old.RefreshToken},
	} {
		execAuth(t, s, "UPDATE auth.sessions SET "+change.set+" WHERE id = split_part($1, '.', 2)::uuid", change.token)
		c.dead = append(c.dead, change.token)
	}
	c.dead = append(c.dead, ended.RefreshToken)
	c.expired, c.current = forgot(t, s, past.User.Email, 1), forgot(t, s, c.live.User.Email, 1)
	execAuth(t, s, "UPDATE auth.one_time_tokens SET expires_at = now() - interval '1 second' WHERE user_id = $1", past.User.ID)
}

func execAuth(t *testing.T, s *apitest.System, sql string, args ...any) {
	t.Helper()
	if done, err := s.AuthDB.Pool.Exec(context.Background(), sql, args...); err != nil || done.RowsAffected() == 0 {
		t.Fatalf("%s: %d rows, %v", sql, done.RowsAffected(), err)
	}
}

// bearers shows both services access tokens of each side of now.
func (c *skewed) bearers(t *testing.T, s *apitest.System) {
	t.Helper()
	session := sessionOf(c.live.RefreshToken)
	for _, at := range []struct {
		client *apitest.Client
		path   string
		clock  time.Duration
		claims token.Claims
	}{
		{s.Users, "/users", c.users, token.Claims{Scope: "users:read"}},
		{s.Auth, "/auth/sessions", c.auth, token.Claims{Subject: c.live.User.ID, SessionID: session}},
	} {
		now := time.Now().Add(at.clock)
		for _, w := range []struct {
			name           string
			issued, expire time.Duration // from now by the clock of who is asked
			want           int
		}{
			{"of now", 0, time.Minute, http.StatusOK},
			{"of the future", time.Minute, 10 * time.Minute, http.StatusUnauthorized},
			{"of five minutes from now", 5 * time.Minute, 10 * time.Minute, http.StatusUnauthorized},
			{"expired", -10 * time.Minute, -time.Minute, http.StatusUnauthorized},
		} {
			claims := at.claims
			claims.IssuedAt, claims.ExpiresAt = now.Add(w.issued), now.Add(w.expire)
			if got := at.client.Get(t, at.path, s.Mint(t, claims)).Status; got != w.want {
				t.Errorf("GET %s with a token %s: %d, want %d", at.path, w.name, got, w.want)
			}
		}
	}
}

// rows presents what is over by the database's clock.
func (c *skewed) rows(t *testing.T, s *apitest.System) {
	t.Helper()
	for _, token := range c.dead {
		refused(t, s, token)
	}
	s.Auth.Do(t, reset(c.expired, newPassword)).Problem(http.StatusUnauthorized, "invalid_token")
}

// link asks what only users can answer.
func (c *skewed) link(t *testing.T, s *apitest.System) {
	t.Helper()
	login := apitest.Request{Method: http.MethodPost, Path: "/auth/login", Body: body{"login": c.live.User.Username, "password": apitest.Password}}
	refresh := apitest.Request{Method: http.MethodPost, Path: "/auth/refresh", Body: body{"refresh_token": c.live.RefreshToken}}
	if !c.agree() {
		for _, r := range []apitest.Request{login, refresh, reset(c.current, newPassword)} {
			s.Auth.Do(t, r).Problem(http.StatusServiceUnavailable, "dependency_unavailable")
		}
		return
	}
	s.Auth.Do(t, login).Is(http.StatusOK)
	s.Auth.Do(t, refresh).Is(http.StatusOK)
	s.Auth.Do(t, reset(c.current, newPassword)).Is(http.StatusNoContent)
	refused(t, s, c.live.RefreshToken) // the reset has ended it
}

// A one-time token that is in use stays so until the database says otherwise.
func TestF10ALeaseGoesByTheDatabasesClock(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	link, confirmation := forgot(t, s, user.Email, 1), s.Mails.Token(t, user.Email, mail.VerifyEmail, 1)
	execAuth(t, s, "UPDATE auth.one_time_tokens SET lease = id, leased_until = now() + interval '4 minutes' WHERE user_id = $1", user.ID)
	s.SetClocks(t, 5*time.Minute, 5*time.Minute)
	s.Auth.Do(t, reset(link, newPassword)).Problem(http.StatusServiceUnavailable, "overloaded")
	s.Auth.Do(t, verify(confirmation)).Problem(http.StatusServiceUnavailable, "overloaded")
	execAuth(t, s, "UPDATE auth.one_time_tokens SET leased_until = now() WHERE user_id = $1", user.ID)
	s.Auth.Do(t, verify(confirmation)).Is(http.StatusNoContent)
	s.Auth.Do(t, reset(link, newPassword)).Is(http.StatusNoContent)
}

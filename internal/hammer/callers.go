package hammer

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// caller is who a request says it comes from.
type caller struct {
	name     string
	shows    []string // values of Authorization
	standing judge.Standing
}

// good are the callers that some operation admits. What they show is asked for
// anew each time: sessions end, tokens expire.
var good = map[string]struct {
	standing judge.Standing
	shows    func(*world, testing.TB) string
}{
	"admin":  {judge.Standing{Valid: true, Person: true, Roles: []string{"user", "admin"}}, func(w *world, t testing.TB) string { return "Bearer " + w.admin(t).AccessToken }},
	"person": {judge.Standing{Valid: true, Person: true, Roles: []string{"user"}}, func(w *world, t testing.TB) string { return "Bearer " + w.person(t).AccessToken }},
	"reader": {judge.Standing{Valid: true, Scopes: []string{"users:read"}}, func(w *world, t testing.TB) string {
		return "Bearer " + w.minted(t, token.Claims{Scope: "users:read"})
	}},
	"writer": {judge.Standing{Valid: true, Scopes: []string{"users:write", "users:read"}}, func(w *world, t testing.TB) string {
		return "bearer  " + w.minted(t, token.Claims{Scope: "users:write users:read"}) // so it may be spelled
	}},
	"latchkey-auth": {judge.Standing{Valid: true, Auth: true, Scopes: []string{"credentials:verify", "credentials:write", "users:read", "users:write"}},
		func(w *world, t testing.TB) string {
			return "Bearer " + w.minted(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "credentials:verify credentials:write users:read users:write"})
		}},
	"posing as latchkey-auth": {judge.Standing{Valid: true, Scopes: []string{"credentials:verify", "credentials:write"}}, func(w *world, t testing.TB) string {
		return "Bearer " + w.minted(t, token.Claims{Scope: "credentials:verify credentials:write"})
	}},
	"expired": {judge.Standing{Expired: true, Person: true, Roles: []string{"user"}}, func(w *world, t testing.TB) string {
		g := w.person(t)
		return "Bearer " + w.s.Mint(t, token.Claims{
			Subject: g.User.ID, SessionID: sessionOf(g), ClientID: "latchkey", Roles: g.User.Roles,
			IssuedAt: time.Now().Add(-time.Hour), ExpiresAt: time.Now().Add(-50 * time.Minute),
		})
	}},
}

// bad are callers that nobody admits.
var bad = map[string]func(*world, testing.TB) []string{
	"nobody":          func(*world, testing.TB) []string { return nil },
	"an empty header": func(*world, testing.TB) []string { return []string{""} },
	"no token":        func(*world, testing.TB) []string { return []string{"Bearer "} },
	"garbage":         func(*world, testing.TB) []string { return []string{"Bearer x.y.z"} },
	"bytes":           func(*world, testing.TB) []string { return []string{"Bearer \xff\xfe"} },
	"cut": func(w *world, t testing.TB) []string {
		return []string{"Bearer " + strings.TrimSuffix(w.admin(t).AccessToken, "A")[:200]}
	},
	"twice":              func(w *world, t testing.TB) []string { b := "Bearer " + w.admin(t).AccessToken; return []string{b, b} },
	"without its scheme": func(w *world, t testing.TB) []string { return []string{w.admin(t).AccessToken} },
	"as Basic":           func(w *world, t testing.TB) []string { return []string{"Basic " + w.admin(t).AccessToken} },
	"Basic":              func(w *world, _ testing.TB) []string { return w.client.Basic()["Authorization"] },
	"a refresh token":    func(w *world, t testing.TB) []string { return []string{"Bearer " + w.person(t).RefreshToken} },
	"for another service": func(w *world, t testing.TB) []string {
		return []string{"Bearer " + w.s.Mint(t, token.Claims{Audience: []string{"other"}, Roles: []string{"admin"}})}
	},
	"of another issuer": func(w *world, t testing.TB) []string {
		return []string{"Bearer " + w.s.Mint(t, token.Claims{Issuer: "https://other.example", Roles: []string{"admin"}})}
	},
}

// caller gives a caller what it shows now.
func (w *world) caller(t testing.TB, name string) caller {
	if g, ok := good[name]; ok {
		return caller{name, []string{g.shows(w, t)}, g.standing}
	}
	if name == "client" {
		return caller{name, w.client.Basic()["Authorization"], judge.Standing{}}
	}
	return caller{name: name, shows: bad[name](w, t)}
}

// sessionOf is the session of a grant.
func sessionOf(g apitest.Grant) string { return strings.Split(g.RefreshToken, ".")[1] }

// minted is a service's token, good for half a minute more.
func (w *world) minted(t testing.TB, c token.Claims) string {
	key := c.Subject + " " + c.Scope
	if kept, ok := w.tokens[key]; ok && time.Since(kept.at) < 30*time.Second {
		return kept.text
	}
	w.tokens[key] = kept{w.s.Mint(t, c), time.Now()}
	return w.tokens[key].text
}

type kept struct {
	text string
	at   time.Time
}

// admin is signed in, as somebody whom no request may name.
func (w *world) admin(t testing.TB) apitest.Grant {
	if w.adminGrant == nil {
		g := w.s.Login(t, w.adminName, apitest.Password)
		w.adminGrant = &g
	}
	return *w.adminGrant
}

// person is signed in; there is a new one after each request that may have
// changed or ended them.
func (w *world) person(t testing.TB) apitest.Grant {
	if w.personGrant == nil {
		g := w.s.Person(t)
		w.personGrant = &g
	}
	return *w.personGrant
}

// forget drops sessions that may have ended.
func (w *world) forget() { w.adminGrant, w.personGrant, w.tokens = nil, nil, map[string]kept{} }

// spends are operations after which a person may not be who they were.
var spends = map[string]bool{
	"deleteMe": true, "logoutAll": true, "logout": true, "changePassword": true, "updateMe": true, "revokeSession": true, "refresh": true,
	"login": true, "resetPassword": true, "verifyEmail": true, "revokeToken": true, "revokeUserSessions": true,
}

// callers are those that may be shown to an operation: the admin must stay.
func (op *operation) callers() []string {
	return slices.DeleteFunc(slices.Clone(goodNames), func(name string) bool { return name == "admin" && spends[op.id] && op.id != "revokeUserSessions" })
}

func (w *world) after(op *operation, status int) {
	if spends[op.id] && status < http.StatusMultipleChoices {
		w.personGrant = nil
	}
}

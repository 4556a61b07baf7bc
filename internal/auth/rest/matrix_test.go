package rest_test

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/token"
)

// samples are valid bodies, by operation with security. A new one gets one,
// nil where it takes none.
var samples = map[string]func() any{
	"logout":              nil,
	"logoutAll":           nil,
	"listSessions":        nil,
	"revokeSession":       nil,
	"getMe":               nil,
	"updateMe":            func() any { return body{"username": apitest.Name(), "current_password": apitest.Password} },
	"deleteMe":            func() any { return body{"current_password": apitest.Password} },
	"changePassword":      func() any { return body{"current_password": apitest.Password, "new_password": newPassword} },
	"listUserSessions":    nil,
	"revokeUserSessions":  nil,
	"listAuthAuditEvents": nil,
	"listKeys":            nil,
	"createKey":           func() any { return body{"algorithm": "ES256"} },
	"rotateKeys":          func() any { return body{"force": true, "dry_run": true} },
	"revokeKey":           func() any { return body{"active": true, "dry_run": true} },
}

// access is x-access, read here apart from the chassis under test.
type access struct {
	Roles           []string
	Person, Expired bool
}

// operation is one method of one path.
type operation struct {
	method, path, id string
	kid              string // of a key that there is
	secured          bool   // by a bearer token
	oauth            bool   // clients prove themselves to it
	access           access
}

func authDocument(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(authapi.SpecJSON)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func operations(t *testing.T) (all []operation) {
	t.Helper()
	for _, found := range apitest.Operations("auth") {
		o := operation{method: found.Method, path: found.Path, id: found.ID, oauth: found.OAuth, secured: found.TakesBearer()}
		found.Extension(t, "x-access", &o.access)
		all = append(all, o)
	}
	return all
}

// caller is one column of the matrix.
type caller struct {
	// show makes a bearer token, and says whose it is where it is a person's.
	show func(*testing.T) (bearer string, whose apitest.Grant)
	// refused is one for all cells that refuse it: that uses nothing up.
	refused *shown
	// session says that it is of one; ended, that this has ended, which this
	// service alone knows; expired, that the token has.
	session, ended, expired bool
	admin                   bool
	// forged says that it is no access token of ours.
	forged bool
}

// shown is what show has made.
type shown struct {
	bearer string
	whose  apitest.Grant
}

func callers(s *apitest.System) map[string]caller {
	person, admin := func(t *testing.T) apitest.Grant { return s.Person(t) }, func(t *testing.T) apitest.Grant { return anAdmin(t, s) }
	of := func(who func(*testing.T) apitest.Grant, bearer func(*testing.T, *apitest.System, apitest.Grant) string) func(*testing.T) (string, apitest.Grant) {
		return func(t *testing.T) (string, apitest.Grant) { grant := who(t); return bearer(t, s, grant), grant }
	}
	minted := func(c token.Claims) func(*testing.T) (string, apitest.Grant) {
		return func(t *testing.T) (string, apitest.Grant) { return s.Mint(t, c), apitest.Grant{} }
	}
	all := map[string]caller{
		"nobody":                   {show: of(person, func(*testing.T, *apitest.System, apitest.Grant) string { return "" }), forged: true},
		"a person":                 {show: of(person, fresh), session: true},
		"a person's expired token": {show: of(person, expired), session: true, expired: true},
		"a person's ended session": {show: of(person, ended), session: true, ended: true},
		"an admin":                 {show: of(admin, fresh), session: true, admin: true},
		"an admin's expired token": {show: of(admin, expired), session: true, expired: true, admin: true},
		"an admin's ended session": {show: of(admin, ended), session: true, ended: true, admin: true},
		"a refresh token":          {show: of(admin, func(_ *testing.T, _ *apitest.System, g apitest.Grant) string { return g.RefreshToken }), forged: true},
		"a one-time token":         {show: of(person, confirmation), forged: true},
		"a token cut short": {show: of(admin, func(_ *testing.T, _ *apitest.System, g apitest.Grant) string {
			return g.AccessToken[:len(g.AccessToken)-4]
		}), forged: true},
		"a service":                     {show: minted(token.Claims{})},
		"a service with the role admin": {show: minted(token.Claims{Roles: []string{"admin"}}), admin: true},
	}
	for _, scope := range []string{"users:read", "users:write", "credentials:verify", "credentials:write"} {
		all["a service with "+scope] = caller{show: minted(token.Claims{Scope: scope})}
		all["the auth service with "+scope] = caller{show: minted(token.Claims{Subject: httpapi.AuthIdentity, Scope: scope})}
	}
	return all
}

func fresh(_ *testing.T, _ *apitest.System, grant apitest.Grant) string { return grant.AccessToken }

// confirmation is the token of the mail that a person got.
func confirmation(t *testing.T, s *apitest.System, grant apitest.Grant) string {
	return s.Mails.Token(t, grant.User.Email, mail.VerifyEmail, 1)
}

// anAdmin makes an admin and signs them in.
func anAdmin(t *testing.T, s *apitest.System) apitest.Grant {
	t.Helper()
	name := apitest.Name()
	s.Users.Post(t, "/users", s.Admin(t), body{
		"username": name, "email": name + "@example.com", "password": apitest.Password, "roles": []string{"user", "admin"},
	}).Is(http.StatusCreated)
	return s.Login(t, name, apitest.Password)
}

// expired is the access token of a live session an hour later.
func expired(t *testing.T, s *apitest.System, grant apitest.Grant) string {
	t.Helper()
	return s.Mint(t, token.Claims{
		Subject: grant.User.ID, SessionID: sessionID(grant), ClientID: "latchkey", Roles: grant.User.Roles,
		IssuedAt: time.Now().Add(-time.Hour), ExpiresAt: time.Now().Add(-50 * time.Minute),
	})
}

func ended(t *testing.T, s *apitest.System, grant apitest.Grant) string {
	t.Helper()
	s.Auth.Post(t, "/auth/logout", "", body{"refresh_token": grant.RefreshToken}).Is(http.StatusNoContent)
	return grant.AccessToken
}

// sessionID is the session of a grant; no secret.
func sessionID(grant apitest.Grant) string { return strings.Split(grant.RefreshToken, ".")[1] }

// wanted is the status of a refusal, and 0 where the caller is let in.
func (o operation) wanted(c caller) int {
	switch {
	case c.forged:
		return http.StatusUnauthorized
	case o.access.Person && c.session && (o.access.Expired || !c.ended && !c.expired):
		return 0
	case o.access.Person, c.expired:
		return http.StatusUnauthorized
	case !c.admin:
		return http.StatusForbidden
	case !c.session, c.ended: // an administrator is a person
		return http.StatusUnauthorized
	}
	return 0
}

func TestS62RightsAreWhatTheSpecificationSays(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	columns, unused := callers(s), maps.Clone(samples)
	active := listKeys(t, s, s.Admin(t), "")[0].KID
	for _, o := range operations(t) {
		o.kid = active
		if o.oauth {
			t.Run(o.id, func(t *testing.T) { o.forClients(t, s, columns) })
			continue
		}
		if !o.secured {
			t.Run(o.id, func(t *testing.T) { o.public(t, s) })
			continue
		}
		sample, known := samples[o.id]
		delete(unused, o.id)
		if !known || o.access.Person == (len(o.access.Roles) > 0) {
			t.Errorf("%s: say in samples what a valid request is, and in x-access who may send it (%+v)", o.id, o.access)
			continue
		}
		for name, c := range columns {
			if c.refused == nil {
				c.refused = new(shown)
				c.refused.bearer, c.refused.whose = c.show(t)
				columns[name] = c
			}
			t.Run(o.id+"/"+name, func(t *testing.T) { o.cell(t, s, c, sample) })
		}
	}
	for id := range unused {
		t.Errorf("samples has %s, which the specification has not", id)
	}
}

// cell sends one valid request and holds the answer against x-access. What is
// refused has changed nothing.
func (o operation) cell(t *testing.T, s *apitest.System, c caller, sample func() any) {
	want := o.wanted(c)
	who, before := *c.refused, ""
	if want == 0 {
		who.bearer, who.whose = c.show(t)
	} else {
		before = everything(t, s)
	}
	r := apitest.Request{Method: o.method, Path: o.fill(who.whose), Token: who.bearer}
	if sample != nil {
		r.Body = sample()
	}
	got := s.Auth.Do(t, r)
	switch {
	case want == 0 && got.Status >= 300:
		t.Errorf("a valid request of a caller with the right answers %d\n%s", got.Status, got.Body)
	case want != 0 && got.Status != want:
		t.Errorf("answers %d, want %d\n%s", got.Status, want, got.Body)
	case want == http.StatusUnauthorized && got.Header.Get("WWW-Authenticate") != "Bearer":
		t.Errorf("WWW-Authenticate is %q", got.Header.Get("WWW-Authenticate"))
	case want != 0 && everything(t, s) != before:
		t.Error("it is refused, and has changed something")
	}
}

// public checks that an operation without security asks nobody who they are.
func (o operation) public(t *testing.T, s *apitest.System) {
	for _, bearer := range []string{"", "garbage", s.Mint(t, token.Claims{})} {
		r := apitest.Request{Method: o.method, Path: o.fill(apitest.Grant{}), Token: bearer}
		if o.method == http.MethodGet {
			s.Auth.Do(t, r).Is(http.StatusOK)
			continue
		}
		r.Body = body{} // no operation takes that: it was asked
		s.Auth.Do(t, r).Problem(http.StatusBadRequest, "invalid_request")
	}
}

// fill puts values into the path's template: somebody's own, or nobody's.
func (o operation) fill(whose apitest.Grant) string {
	user, session := uuid.NewString(), uuid.NewString()
	if whose.RefreshToken != "" {
		user, session = whose.User.ID, sessionID(whose)
	}
	kid := cmp.Or(o.kid, strings.Repeat("x", 43))
	return strings.NewReplacer("{kid}", kid, "{user}", user, "{session}", session, "{file}", "pages.css").Replace(o.path)
}

func TestS52S62WhatIsNotDocumentedIsNotThere(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	doc := authDocument(t)
	before := everything(t, s)
	methods := []string{"GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"}
	for _, path := range doc.Paths.InMatchingOrder() {
		documented := doc.Paths.Value(path).Operations()
		at := operation{path: path}.fill(apitest.Grant{})
		for _, bearer := range []string{"", admin} {
			for _, method := range methods {
				if documented[method] == nil {
					s.Auth.Do(t, apitest.Request{Method: method, Path: at, Token: bearer}).Problem(http.StatusMethodNotAllowed, "method_not_allowed")
				}
			}
			if documented[http.MethodGet] == nil { // an answer to HEAD has no body
				s.Auth.Do(t, apitest.Request{Method: http.MethodHead, Path: at, Token: bearer}).Is(http.StatusMethodNotAllowed)
			}
			for _, method := range []string{"GET", "POST", "DELETE"} {
				s.Auth.Do(t, apitest.Request{Method: method, Path: at + "/nothing/at/all", Token: bearer}).Problem(http.StatusNotFound, "not_found")
			}
		}
	}
	for _, path := range []string{
		"/", "/nothing", "/auth", "/auth/", "/Auth/login", "//auth/login", "/auth/login/", "/auth/me/", "/auth/me/../login", "/auth/me/password",
		"/auth/sessions/", "/admin", "/admin/", "/admin/users", "/admin/users/" + uuid.NewString(), "/metrics", "/debug/pprof/", "/openapi", "/.env",
		"/.well-known/", "/pagesui/pages.js", "/mail", "/users", "/credentials/verify", "/auth/intents", "/auth/jobs",
	} {
		s.Auth.Get(t, path, admin).Problem(http.StatusNotFound, "not_found")
	}
	if everything(t, s) != before {
		t.Error("something has changed")
	}
	var jobs int
	if err := s.AuthDB.Pool.QueryRow(context.Background(), "SELECT count(*) FROM auth.river_job WHERE kind <> 'maintain_keys'").Scan(&jobs); err != nil || jobs != 0 {
		t.Errorf("%d jobs, %v", jobs, err)
	}
}

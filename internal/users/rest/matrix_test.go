package rest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// sample is what a valid request for one operation needs beside its path.
type sample struct {
	// body is made for the account that the request is about.
	body func(apitest.User) any
	// prepare brings the world into the state that the operation is for.
	prepare func(*testing.T, *matrix, apitest.User)
	// changesUser says that users:write may not do it to an admin's account.
	changesUser bool
	// forOwner says that it is done for the account's owner, an admin too, by
	// the auth service's own identity with credentials:write.
	forOwner bool
}

// samples has one entry per operation with security. A new operation gets one.
var samples = map[string]sample{
	"createUser": {body: func(apitest.User) any {
		name := apitest.Name()
		return body{"username": name, "email": name + "@example.com"}
	}},
	"listUsers":      {},
	"getUser":        {},
	"getUserByEmail": {},
	"updateUser":     {body: func(apitest.User) any { return body{"verified": true} }, changesUser: true},
	"deleteUser":     {changesUser: true, forOwner: true},
	"restoreUser": {prepare: func(t *testing.T, m *matrix, user apitest.User) {
		m.system.Users.Delete(t, "/users/"+user.ID, m.admin, "").Is(http.StatusNoContent)
	}},
	"getUserSecurity":   {},
	"updateCredentials": {body: func(apitest.User) any { return body{"credential_epoch": 1, "verified": true} }},
	"verifyCredentials": {
		body: func(user apitest.User) any { return body{"login": user.Username, "password": apitest.Password} },
		prepare: func(t *testing.T, m *matrix, user apitest.User) {
			m.system.Users.Patch(t, "/users/"+user.ID, m.admin, "", body{"password": apitest.Password}).Is(http.StatusOK)
		},
	},
	"listRoles": {},
	"putRole":   {body: func(apitest.User) any { return body{"description": "of the matrix"} }},
	"deleteRole": {prepare: func(t *testing.T, m *matrix, _ apitest.User) {
		m.system.Users.Do(t, apitest.Request{Method: http.MethodPut, Path: "/roles/matrix", Token: m.admin, Body: body{"description": ""}})
	}},
	"listAuditEvents": {},
}

// access is x-access, read here apart from the chassis under test.
type access struct {
	Scopes, Roles []string
	Self          bool
}

// subject is whose account a request is about.
type subject int

const (
	somebody subject = iota
	oneself
	anAdmin
)

// matrixCaller is one column of the matrix.
type matrixCaller struct {
	token  string
	person bool
	about  subject
	scopes []string
	role   string
	auth   bool // the auth service's own identity
}

type matrix struct {
	system  *apitest.System
	admin   string
	callers map[string]matrixCaller
}

// operation is one method of one path.
type operation struct {
	method, path string
	spec         *openapi3.Operation
	secured      bool
	access       access
}

func usersDocument(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(usersapi.SpecJSON)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func operations(t *testing.T) (all []operation) {
	t.Helper()
	for _, found := range apitest.Operations("users") {
		o := operation{method: found.Method, path: found.Path, spec: found.Spec, secured: found.TakesBearer()}
		found.Extension(t, "x-access", &o.access)
		all = append(all, o)
	}
	return all
}

func newMatrix(t *testing.T, all []operation) *matrix {
	t.Helper()
	s := apitest.Start(t)
	m := &matrix{system: s, admin: s.Admin(t)}
	me := s.Person(t).AccessToken
	m.callers = map[string]matrixCaller{
		"nobody":                            {},
		"a person, about themselves":        {token: me, person: true, about: oneself},
		"a person, about another":           {token: me, person: true},
		"a person, about an admin":          {token: me, person: true, about: anAdmin},
		"an admin":                          {token: m.admin, person: true, role: "admin"},
		"an admin, about another admin":     {token: m.admin, person: true, role: "admin", about: anAdmin},
		"a service without scopes":          {token: s.Mint(t, token.Claims{})},
		"a service with a scope of no kind": {token: s.Mint(t, token.Claims{Scope: "users:all users users:writer"}), scopes: []string{"users:all"}},
	}
	scopes := map[string]bool{"users:read": true, "users:write": true, "credentials:verify": true, "credentials:write": true}
	for _, o := range all {
		for _, scope := range o.access.Scopes {
			scopes[scope] = true
		}
	}
	for scope := range scopes {
		m.addService(t, "a service", strings.HasPrefix(scope, "credentials:"), scope)
	}
	m.addService(t, "another service", false, "users:write", "credentials:write")
	m.addService(t, "the auth service", true, "users:write")
	m.addService(t, "the auth service", true, "users:read", "users:write", "credentials:verify", "credentials:write")
	return m
}

// addService adds a holder of scopes, about a user and about an admin. Scopes
// of credentials:* are worth nothing in other hands than the auth service's.
func (m *matrix) addService(t *testing.T, name string, auth bool, scopes ...string) {
	t.Helper()
	who := token.Claims{Scope: strings.Join(scopes, " ")}
	if auth {
		who.Subject = httpapi.AuthIdentity
	} else {
		scopes = slices.DeleteFunc(scopes, func(scope string) bool { return strings.HasPrefix(scope, "credentials:") })
	}
	caller := matrixCaller{token: m.system.Mint(t, who), scopes: scopes, auth: auth}
	m.callers[name+" with "+who.Scope] = caller
	caller.about = anAdmin
	m.callers[name+" with "+who.Scope+", about an admin"] = caller
}

// target makes the account that a request is about.
func (m *matrix) target(t *testing.T, caller matrixCaller) apitest.User {
	t.Helper()
	switch caller.about {
	case oneself:
		var me struct{ User apitest.User }
		m.system.Auth.Get(t, "/auth/me", caller.token).Is(http.StatusOK).JSON(&me.User)
		return me.User
	case anAdmin:
		return create(t, m.system, m.admin, body{"roles": []string{"admin"}})
	}
	return create(t, m.system, m.admin, nil)
}

// wanted is the status of a refusal, and 0 where the caller is let in.
func (o operation) wanted(caller matrixCaller, s sample) int {
	switch {
	case caller.token == "":
		return http.StatusUnauthorized
	case slices.ContainsFunc(o.access.Scopes, func(scope string) bool { return slices.Contains(caller.scopes, scope) }):
		forOwner := s.forOwner && caller.auth && slices.Contains(caller.scopes, "credentials:write")
		if caller.about == anAdmin && s.changesUser && !forOwner {
			return http.StatusForbidden
		}
		return 0
	case slices.Contains(o.access.Roles, caller.role):
		return 0
	case o.access.Self && caller.person && caller.about == oneself:
		return 0
	case o.access.Self && caller.person:
		return http.StatusNotFound
	}
	return http.StatusForbidden
}

func TestS62RightsAreWhatTheSpecificationSays(t *testing.T) {
	t.Parallel()
	all := operations(t)
	m := newMatrix(t, all)
	unused := maps.Clone(samples)
	for _, o := range all {
		if !o.secured {
			m.public(t, o)
			continue
		}
		s, known := samples[o.spec.OperationID]
		delete(unused, o.spec.OperationID)
		if !known {
			t.Errorf("%s has no entry in samples: say what a valid request is", o.spec.OperationID)
			continue
		}
		if len(o.access.Scopes)+len(o.access.Roles) == 0 && !o.access.Self {
			t.Errorf("%s needs a token and no x-access says whose", o.spec.OperationID)
		}
		for name, caller := range m.callers {
			t.Run(o.spec.OperationID+"/"+name, func(t *testing.T) { m.cell(t, o, s, caller) })
		}
	}
	for id := range unused {
		t.Errorf("samples has %s, which the specification has not", id)
	}
}

// cell sends one valid request and holds the answer against x-access.
func (m *matrix) cell(t *testing.T, o operation, s sample, caller matrixCaller) {
	user := m.target(t, caller)
	want := o.wanted(caller, s)
	if s.prepare != nil && caller.about != oneself { // a person may do nothing that needs it
		s.prepare(t, m, user)
	}
	r := apitest.Request{Method: o.method, Path: fill(o.path, user), Token: caller.token}
	if s.body != nil {
		r.Body = s.body(user)
	}
	got := m.system.Users.Do(t, r)
	switch {
	case want == 0 && got.Status >= 300:
		t.Errorf("a valid request of a caller with the right answers %d\n%s", got.Status, got.Body)
	case want != 0 && got.Status != want:
		t.Errorf("answers %d, want %d\n%s", got.Status, want, got.Body)
	case want == http.StatusUnauthorized && got.Header.Get("WWW-Authenticate") != "Bearer":
		t.Errorf("WWW-Authenticate is %q", got.Header.Get("WWW-Authenticate"))
	}
}

// public checks that an operation without security asks nobody who they are.
func (m *matrix) public(t *testing.T, o operation) {
	t.Helper()
	for _, bearer := range []string{"", "garbage"} {
		m.system.Users.Do(t, apitest.Request{Method: o.method, Path: fill(o.path, apitest.User{}), Token: bearer}).Is(http.StatusOK)
	}
}

// fill puts values into a path template.
func fill(path string, user apitest.User) string {
	return strings.NewReplacer("{user}", user.ID, "{email}", user.Email, "{role}", "matrix").Replace(path)
}

func TestS52S62WhatIsNotDocumentedIsNotThere(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	doc := usersDocument(t)
	methods := []string{"GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"}
	for _, path := range doc.Paths.InMatchingOrder() {
		documented := doc.Paths.Value(path).Operations()
		for _, bearer := range []string{"", admin} {
			for _, method := range methods {
				if documented[method] == nil {
					s.Users.Do(t, apitest.Request{Method: method, Path: fill(path, user), Token: bearer}).Problem(http.StatusMethodNotAllowed, "method_not_allowed")
				}
			}
			if documented[http.MethodGet] == nil { // an answer to HEAD has no body
				s.Users.Do(t, apitest.Request{Method: http.MethodHead, Path: fill(path, user), Token: bearer}).Is(http.StatusMethodNotAllowed)
			}
			for _, method := range []string{"GET", "POST", "DELETE"} {
				s.Users.Do(t, apitest.Request{Method: method, Path: fill(path, user) + "/nothing/at/all", Token: bearer}).Problem(http.StatusNotFound, "not_found")
			}
		}
	}
	for _, path := range []string{
		"/", "/nothing", "/Users", "/users/", "//users", "/users/" + user.ID + "/", "/users/" + user.ID + "/password",
		"/users/" + user.ID + "/security/", "/roles/", "/metrics", "/debug/pprof/", "/openapi", "/.env", "/users/../users",
		"/credentials", "/credentials/", "/auth/login",
	} {
		s.Users.Get(t, path, admin).Problem(http.StatusNotFound, "not_found")
	}
}

package rest_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// stage is where the examples of the specification are played, one after
// another, with ada in the leading part.
type stage struct {
	*apitest.System
	admin, auth string
}

// ada makes the account anew, as it was before any example.
func (s *stage) ada(t *testing.T) apitest.User {
	t.Helper()
	s.noAda(t)
	var user apitest.User
	s.Users.Post(t, "/users", s.admin, body{"username": "ada", "email": "ada@example.com", "password": apitest.Password}).Is(http.StatusCreated).JSON(&user)
	return user
}

// noAda removes it, and what was kept of earlier requests.
func (s *stage) noAda(t *testing.T) {
	t.Helper()
	super(t, s.System, "DELETE FROM users.idempotency_keys")
	s.Purge(t, s.admin, "ada")
}

// adaOfEpoch3 is ada after two more passwords, the second of which was hers.
func (s *stage) adaOfEpoch3(t *testing.T) apitest.User {
	t.Helper()
	user := s.ada(t)
	for _, password := range []string{"a staple for the correct horse", apitest.Password} {
		s.Users.Patch(t, "/users/"+user.ID, s.admin, "", body{"password": password}).Is(http.StatusOK)
	}
	return user
}

// editor is the role of that name, there or not.
func (s *stage) editor(t *testing.T, there bool) {
	t.Helper()
	r := apitest.Request{Method: http.MethodDelete, Path: "/roles/editor", Token: s.admin}
	if there {
		r.Method, r.Body = http.MethodPut, body{"description": "May publish."}
	}
	s.Users.Do(t, r)
}

// mailed is the change that the example of the audit tells of.
func (s *stage) mailed(t *testing.T) apitest.User {
	t.Helper()
	user := s.ada(t)
	s.Users.Do(t, apitest.Request{
		Method: http.MethodPatch, Path: "/users/" + user.ID, Token: s.admin, Body: body{"email": "ada@example.org"},
		Header: http.Header{"X-Forwarded-For": {"192.0.2.7"}, "User-Agent": {"curl/8.5.0"}},
	}).Is(http.StatusOK)
	super(t, s.System, "UPDATE users.audit_events SET occurred_at = '2026-11-24T09:30:00.123456Z' WHERE user_id = $1", user.ID)
	return user
}

// scenes has one entry per example of success. A new one gets one.
func (s *stage) scenes() map[string]func(*testing.T) apitest.Scene {
	by := func(bearer string, prepare func(*testing.T) apitest.User) func(*testing.T) apitest.Scene {
		return func(t *testing.T) apitest.Scene {
			return apitest.Scene{Token: bearer, Path: map[string]string{"user": prepare(t).ID}}
		}
	}
	byName := func(bearer string, prepare func(*testing.T) apitest.User) func(*testing.T) apitest.Scene {
		return func(t *testing.T) apitest.Scene { prepare(t); return apitest.Scene{Token: bearer} }
	}
	withEditor := func(there bool) func(*testing.T) apitest.Scene {
		return func(t *testing.T) apitest.Scene { s.editor(t, there); return apitest.Scene{Token: s.admin} }
	}
	public := func(*testing.T) apitest.Scene { return apitest.Scene{} }
	return map[string]func(*testing.T) apitest.Scene{
		"createUser":     func(t *testing.T) apitest.Scene { s.noAda(t); return apitest.Scene{Token: s.admin} },
		"listUsers":      byName(s.admin, s.ada),
		"getUser":        byName(s.admin, s.ada),
		"getUserByEmail": byName(s.admin, s.ada),
		"updateUser":     by(s.admin, s.ada),
		"deleteUser":     by(s.admin, s.ada),
		"restoreUser": func(t *testing.T) apitest.Scene {
			user := s.ada(t)
			s.Users.Delete(t, "/users/"+user.ID, s.admin, "").Is(http.StatusNoContent)
			return apitest.Scene{Token: s.admin, Path: map[string]string{"user": user.ID}, Header: http.Header{"If-Match": {`"2"`}}}
		},
		"updateCredentials": by(s.auth, s.adaOfEpoch3),
		"getUserSecurity":   by(s.auth, s.adaOfEpoch3),
		"verifyCredentials": byName(s.auth, s.adaOfEpoch3),
		"listRoles":         withEditor(true),
		"putRole 200":       withEditor(true),
		"putRole 201":       withEditor(false),
		"deleteRole":        withEditor(true),
		"listAuditEvents": func(t *testing.T) apitest.Scene {
			return apitest.Scene{Token: s.admin, Query: apitest.AboutNow("user_id", s.mailed(t).ID)}
		},
		"getLivez": public, "getReadyz": public, "getOpenapiJson": public, "getOpenapiYaml": public,
	}
}

// TestExamplesAreTrue: whoever pastes a request of the specification gets the
// answer that stands beside it.
func TestExamplesAreTrue(t *testing.T) {
	t.Parallel()
	system := apitest.Start(t, func(_ *config.Auth, u *config.Users) {
		u.TrustedProxies = config.Networks{netip.MustParsePrefix("127.0.0.0/8")}
	})
	s := &stage{System: system, admin: system.Admin(t), auth: authIdentity(t, system)}
	apitest.PlayExamples(t, s.Users, "users", s.scenes())
}

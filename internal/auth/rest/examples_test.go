package rest_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// stage is where the examples of the specification are played, one after
// another, with ada in the leading part.
type stage struct {
	*apitest.System
	admin string
}

func newStage(t *testing.T, options ...apitest.Option) *stage {
	t.Helper()
	options = append(options, func(a *config.Auth, _ *config.Users) {
		a.PublicURL = "https://id.example"
		a.TrustedProxies = config.Networks{netip.MustParsePrefix("127.0.0.0/8")}
	})
	s := apitest.Start(t, options...)
	return &stage{System: s, admin: s.Admin(t)}
}

// elsewhere is where the examples' requests come from.
func elsewhere() http.Header {
	return http.Header{"X-Forwarded-For": {"192.0.2.7"}, "User-Agent": {"curl/8.5.0"}}
}

// noAda removes the account, and what was kept of earlier requests.
func (s *stage) noAda(t *testing.T) {
	t.Helper()
	super(t, s.System, "DELETE FROM auth.idempotency_keys")
	s.Purge(t, s.admin, "ada")
}

// ada makes the account anew, as it was before any example, and signs her in.
func (s *stage) ada(t *testing.T) apitest.Grant {
	t.Helper()
	s.noAda(t)
	s.Users.Post(t, "/users", s.admin, body{"username": "ada", "email": "ada@example.com", "password": apitest.Password}).Is(http.StatusCreated)
	var grant apitest.Grant
	s.Auth.Do(t, apitest.Request{
		Method: http.MethodPost, Path: "/auth/login", Body: body{"login": "ada", "password": apitest.Password}, Header: elsewhere(),
	}).Is(http.StatusOK).JSON(&grant)
	return grant
}

// signedOut is the session's end that the example of the audit tells of.
func (s *stage) signedOut(t *testing.T) apitest.Grant {
	t.Helper()
	grant := s.ada(t)
	s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: "/auth/logout", Token: grant.AccessToken, Header: elsewhere()}).Is(http.StatusNoContent)
	super(t, s.System, "UPDATE auth.audit_events SET occurred_at = '2026-11-24T09:30:00.123456Z' WHERE user_id = '"+grant.User.ID+"'")
	return grant
}

// accounts are the scenes about ada and her sessions.
func (s *stage) accounts(private *stage) map[string]func(*testing.T) apitest.Scene {
	signedIn := func(t *testing.T) apitest.Scene { return apitest.Scene{Token: s.ada(t).AccessToken} }
	there := func(t *testing.T) apitest.Scene { s.ada(t); return apitest.Scene{} }
	refreshing := func(t *testing.T) apitest.Scene {
		return apitest.Scene{Body: apitest.Body{"refresh_token": s.ada(t).RefreshToken}}
	}
	watched := func(t *testing.T) apitest.Scene {
		return apitest.Scene{Token: s.admin, Path: map[string]string{"user": s.ada(t).User.ID}}
	}
	return map[string]func(*testing.T) apitest.Scene{
		"register 201": func(t *testing.T) apitest.Scene { s.noAda(t); return apitest.Scene{} },
		"register 202": func(*testing.T) apitest.Scene { return apitest.Scene{Client: private.Auth} },
		"login":        there, "forgotPassword": there, "resendVerification": there,
		"refresh": refreshing, "logout": refreshing,
		"logoutAll": signedIn, "listSessions": signedIn, "getMe": signedIn, "updateMe": signedIn, "deleteMe": signedIn, "changePassword": signedIn,
		"listUserSessions": watched, "revokeUserSessions": watched,
		"revokeSession": func(t *testing.T) apitest.Scene {
			grant := s.ada(t)
			return apitest.Scene{Token: grant.AccessToken, Path: map[string]string{"session": sessionID(grant)}}
		},
		"listAuthAuditEvents": func(t *testing.T) apitest.Scene {
			return apitest.Scene{Token: s.admin, Query: apitest.AboutNow("user_id", s.signedOut(t).User.ID)}
		},
		"resetPassword": func(t *testing.T) apitest.Scene {
			s.ada(t)
			sent := s.Mails.All("ada@example.com", mail.ResetPassword)
			return apitest.Scene{Body: apitest.Body{"token": forgot(t, s.System, "ada@example.com", len(sent)+1)}}
		},
		"verifyEmail": func(t *testing.T) apitest.Scene {
			s.noAda(t)
			sent := s.Mails.All("ada@example.com", mail.VerifyEmail)
			s.Auth.Post(t, "/auth/register", "", body{"username": "ada", "email": "ada@example.com", "password": apitest.Password}).Is(http.StatusCreated)
			return apitest.Scene{Body: apitest.Body{"token": s.Mails.Token(t, "ada@example.com", mail.VerifyEmail, len(sent)+1)}}
		},
	}
}

// seen makes the keys so old that every verifier has them.
func (s *stage) seen(t *testing.T) {
	t.Helper()
	super(t, s.System, "UPDATE auth.signing_keys SET created_at = created_at - interval '1 hour', activated_at = activated_at - interval '1 hour'")
}

// keys are the scenes about signing keys. What makes and revokes them plays
// elsewhere, so that the others find two.
func (s *stage) keys(other *stage) map[string]func(*testing.T) apitest.Scene {
	return map[string]func(*testing.T) apitest.Scene{
		"listKeys":   func(*testing.T) apitest.Scene { return apitest.Scene{Token: s.admin} },
		"rotateKeys": func(t *testing.T) apitest.Scene { s.seen(t); return apitest.Scene{Token: s.admin} },
		"createKey":  func(*testing.T) apitest.Scene { return apitest.Scene{Client: other.Auth, Token: other.admin} },
		"revokeKey": func(t *testing.T) apitest.Scene {
			other.seen(t)
			active := withState(listKeys(t, other.System, other.admin, ""), "active")
			return apitest.Scene{Client: other.Auth, Token: other.admin, Path: map[string]string{"kid": active.KID}}
		},
	}
}

// others are the scenes about back ends, and for everybody.
func (s *stage) others(t *testing.T) map[string]func(*testing.T) apitest.Scene {
	secret, err := auth.NewClients(s.AuthDB.Pool, "test").Create(t.Context(), auth.NewClient{ID: "billing", Scopes: []string{"users:read"}})
	if err != nil {
		t.Fatal(err)
	}
	billing := apitest.BackEnd{ID: "billing", Secret: secret.Reveal()}
	client := func(*testing.T) apitest.Scene { return apitest.Scene{Header: billing.Basic()} }
	asking := func(t *testing.T) apitest.Scene {
		return apitest.Scene{Header: billing.Basic(), Body: apitest.Body{"token": s.Token(t, billing)}}
	}
	public := func(*testing.T) apitest.Scene { return apitest.Scene{} }
	file := func(name string) func(*testing.T) apitest.Scene {
		return func(*testing.T) apitest.Scene { return apitest.Scene{Path: map[string]string{"file": name}} }
	}
	return map[string]func(*testing.T) apitest.Scene{
		"issueToken": client, "introspectToken active": asking, "introspectToken inactive": client, "revokeToken": asking,
		"getJwks": public, "getOauthMetadata": public, "getVerifyPage": public, "getResetPage": public,
		"getPageAsset text/css": public, "getPageAsset text/javascript": file("pages.js"), "getPageAsset image/svg+xml": file("icon.svg"),
		"getLivez": public, "getReadyz": public, "getOpenapiJson": public, "getOpenapiYaml": public,
	}
}

// TestExamplesAreTrue: whoever pastes a request of the specification gets the
// answer that stands beside it.
func TestExamplesAreTrue(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	private := newStage(t, func(a *config.Auth, _ *config.Users) { a.RegistrationPrivacy, a.RequireVerified = config.Private, true })
	scenes := s.accounts(private)
	for _, more := range []map[string]func(*testing.T) apitest.Scene{s.keys(private), s.others(t)} {
		for name, scene := range more {
			scenes[name] = scene
		}
	}
	apitest.PlayExamples(t, s.Auth, "auth", scenes)
}

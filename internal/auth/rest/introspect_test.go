package rest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// introspected is what is known of a token, as a consumer would type it.
type introspected struct {
	Active    bool     `json:"active"`
	Scope     string   `json:"scope"`
	ClientID  string   `json:"client_id"`
	TokenType string   `json:"token_type"`
	Exp       int64    `json:"exp"`
	Iat       int64    `json:"iat"`
	Sub       string   `json:"sub"`
	Aud       string   `json:"aud"`
	Iss       string   `json:"iss"`
	Jti       string   `json:"jti"`
	Sid       string   `json:"sid"`
	Roles     []string `json:"roles"`
}

func introspect(t *testing.T, s *apitest.System, b apitest.BackEnd, presented string) introspected {
	t.Helper()
	header := b.Basic()
	header.Set("X-Request-Id", apitest.Name())
	var answer apitest.Response
	sent := s.AuthSQL.DuringRequest(header.Get("X-Request-Id"), func() {
		answer = s.Auth.PostForm(t, "/oauth/introspect", header, apitest.Form("token", presented)).Is(http.StatusOK)
	})
	if len(sent) > 2 {
		t.Errorf("introspection takes %d statements: %q", len(sent), sent)
	}
	if answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the headers are %v", answer.Header)
	}
	var told introspected
	answer.JSON(&told)
	if !told.Active && strings.TrimSpace(string(answer.Body)) != `{"active":false}` {
		t.Errorf("an inactive token is told more of: %s", answer.Body)
	}
	return told
}

// inactive fails the test where a token stands.
func inactive(t *testing.T, s *apitest.System, b apitest.BackEnd, what, presented string) {
	t.Helper()
	if introspect(t, s, b, presented).Active {
		t.Errorf("%s is active", what)
	}
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	asks := s.NewBackEnd(t, "users:read")
	t.Run("of a client's token", func(t *testing.T) { introspectClients(t, s, asks) })
	t.Run("of a person's access token", func(t *testing.T) { introspectAccess(t, s, asks) })
	t.Run("of a refresh token", func(t *testing.T) { introspectRefresh(t, s, asks) })
	t.Run("of what is none", func(t *testing.T) { introspectGarbage(t, s, asks) })
}

func introspectClients(t *testing.T, s *apitest.System, asks apitest.BackEnd) {
	b := s.NewBackEnd(t, "users:read", "users:write")
	access := s.Token(t, b)
	told := introspect(t, s, asks, access)
	if !told.Active || told.Scope != "users:read users:write" || told.ClientID != b.ID || told.Sub != b.ID || told.TokenType != "Bearer" ||
		told.Aud != "latchkey" || told.Iss != s.AuthConfig.PublicURL || told.Jti == "" || told.Sid != "" || told.Roles != nil ||
		told.Exp-told.Iat != 600 || time.Since(time.Unix(told.Iat, 0)).Abs() > time.Minute {
		t.Errorf("it says %+v", told)
	}
	if _, err := auth.NewClients(s.AuthDB.Pool, "test").Revoke(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	inactive(t, s, asks, "the token of a revoked client", access)
	s.Auth.PostForm(t, "/oauth/introspect", b.Basic(), apitest.Form("token", access)).OAuthError(http.StatusUnauthorized, "invalid_client")
	s.Users.Get(t, "/users", access).Is(http.StatusOK) // until its exp: the contract says so
}

func introspectAccess(t *testing.T, s *apitest.System, asks apitest.BackEnd) {
	grant := anAdmin(t, s)
	told := introspect(t, s, asks, grant.AccessToken)
	if !told.Active || told.Sub != grant.User.ID || told.ClientID != "latchkey" || told.Sid != sessionID(grant) || told.TokenType != "Bearer" ||
		told.Scope != "" || len(told.Roles) != 2 {
		t.Errorf("it says %+v", told)
	}
	inactive(t, s, asks, "the token of another's session", s.Mint(t, token.Claims{
		Subject: s.Register(t).ID, SessionID: sessionID(grant), ClientID: "latchkey",
	}))
	execAuth(t, s, "UPDATE auth.sessions SET idle_expires_at = now() - interval '1 second' WHERE id = $1", sessionID(grant))
	inactive(t, s, asks, "the token of an idle session", grant.AccessToken)
	inactive(t, s, asks, "the token of an ended session", ended(t, s, s.Person(t)))
	inactive(t, s, asks, "an expired token", expired(t, s, s.Person(t)))
	inactive(t, s, asks, "a token that expired within the leeway", s.Mint(t, token.Claims{
		Subject: asks.ID, IssuedAt: time.Now().Add(-10 * time.Minute), ExpiresAt: time.Now().Add(-time.Second),
	}))
}

// introspectRefresh: it exchanges nothing, and ends nothing.
func introspectRefresh(t *testing.T, s *apitest.System, asks apitest.BackEnd) {
	first := s.Person(t)
	told := introspect(t, s, asks, first.RefreshToken)
	if !told.Active || told.Sub != first.User.ID || told.ClientID != "latchkey" || told.Sid != sessionID(first) || told.TokenType != "" ||
		told.Iss != s.AuthConfig.PublicURL || time.Until(time.Unix(told.Exp, 0)).Round(time.Hour) != s.AuthConfig.RefreshIdle {
		t.Errorf("it says %+v", told)
	}
	second := s.Refresh(t, first.RefreshToken)
	for what, presented := range map[string]string{"the current one": second.RefreshToken, "its parent in the grace": first.RefreshToken} {
		if !introspect(t, s, asks, presented).Active {
			t.Errorf("%s is inactive", what)
		}
	}
	if again := s.Refresh(t, first.RefreshToken); again.RefreshToken != second.RefreshToken {
		t.Error("asking has moved the session")
	}
	third := s.Refresh(t, second.RefreshToken)
	inactive(t, s, asks, "a stale one", first.RefreshToken)
	execAuth(t, s, "UPDATE auth.sessions SET rotated_at = now() - interval '11 seconds' WHERE id = $1", sessionID(first))
	inactive(t, s, asks, "the parent after the grace", second.RefreshToken)
	inactive(t, s, asks, "a forged one", forged(third.RefreshToken))
	fourth := s.Refresh(t, third.RefreshToken) // none of this has ended the session
	ended(t, s, fourth)
	inactive(t, s, asks, "that of an ended session", fourth.RefreshToken)
}

func introspectGarbage(t *testing.T, s *apitest.System, asks apitest.BackEnd) {
	access := s.Token(t, asks)
	for what, presented := range map[string]string{
		"a letter": "x", "dots": "...", "a thousand dots": strings.Repeat(".", 16000), "text": "Bearer " + access, "cut short": access[:len(access)-3],
		"v1": "v1.x.y.z", "a one-time token": "UmFuZG9tLXJhbmRvbS1yYW5kb20tcmFuZG9tLXJhbmRvbQ", "a secret": asks.Secret,
		"auth's own":             s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "credentials:verify"}),
		"an unknown client's":    s.Mint(t, token.Claims{Subject: "nobody", Scope: "users:read"}),
		"for another audience":   s.Mint(t, token.Claims{Subject: asks.ID, Audience: []string{"elsewhere"}}),
		"of another issuer":      s.Mint(t, token.Claims{Subject: asks.ID, Issuer: "https://elsewhere.example"}),
		"of no session of a sid": s.Mint(t, token.Claims{Subject: asks.ID, SessionID: "x"}),
	} {
		inactive(t, s, asks, what, presented)
	}
	hinted := apitest.Form("token", access, "token_type_hint", "refresh_token")
	var told introspected
	if s.Auth.PostForm(t, "/oauth/introspect", asks.Basic(), hinted).JSON(&told); !told.Active {
		t.Error("a wrong hint hides a token")
	}
	for _, form := range []string{"latchkey", "nobody", ""} { // the public client may not ask
		s.Auth.PostForm(t, "/oauth/introspect", nil, apitest.Form("token", access, "client_id", form)).OAuthError(http.StatusUnauthorized, "invalid_client")
	}
}

// forged is a refresh token with another MAC, of the right form.
func forged(refresh string) string {
	last := "A"
	if strings.HasSuffix(refresh, last) {
		last = "E"
	}
	return refresh[:len(refresh)-1] + last
}

func revoke(t *testing.T, s *apitest.System, b apitest.BackEnd, presented string) apitest.Response {
	t.Helper()
	return s.Auth.PostForm(t, "/oauth/revoke", b.Basic(), apitest.Form("token", presented))
}

// revokePublicly does so as the first party, which has no secret.
func revokePublicly(t *testing.T, s *apitest.System, presented string) apitest.Response {
	t.Helper()
	return s.Auth.PostForm(t, "/oauth/revoke", nil, apitest.Form("token", presented, "client_id", "latchkey"))
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	owner, other := s.NewBackEnd(t, "users:read"), s.NewBackEnd(t, "users:read")
	t.Run("by a client", func(t *testing.T) { revokeByClient(t, s, owner, other) })
	t.Run("of a session", func(t *testing.T) { revokeSessions(t, s, owner) })
	t.Run("of what is none", func(t *testing.T) {
		before := everything(t, s)
		for _, presented := range []string{"x", "v1.x.y.z", strings.Repeat(".", 16000), s.Mint(t, token.Claims{Subject: owner.ID, ExpiresAt: time.Now().Add(-time.Minute), IssuedAt: time.Now().Add(-time.Hour)})} {
			if answer := revoke(t, s, owner, presented).Is(http.StatusOK); len(answer.Body) > 0 {
				t.Errorf("the answer is %s", answer.Body)
			}
			revokePublicly(t, s, presented).Is(http.StatusOK)
		}
		if everything(t, s) != before {
			t.Error("something has changed")
		}
	})
}

func revokeByClient(t *testing.T, s *apitest.System, owner, other apitest.BackEnd) {
	access, kept := s.Token(t, owner), s.Token(t, owner)
	before := everything(t, s)
	revoke(t, s, other, access).OAuthError(http.StatusBadRequest, "invalid_grant")
	revokePublicly(t, s, access).OAuthError(http.StatusBadRequest, "invalid_grant")
	s.Auth.PostForm(t, "/oauth/revoke", nil, apitest.Form("token", access)).OAuthError(http.StatusUnauthorized, "invalid_client")
	s.Auth.PostForm(t, "/oauth/revoke", nil, apitest.Form("token", access, "client_id", owner.ID)).OAuthError(http.StatusUnauthorized, "invalid_client")
	if everything(t, s) != before || !introspect(t, s, other, access).Active {
		t.Error("somebody else's token is revoked")
	}
	for range 2 {
		revoke(t, s, owner, access).Is(http.StatusOK)
	}
	inactive(t, s, other, "a revoked token", access)
	if !introspect(t, s, other, kept).Active {
		t.Error("the client's other token is revoked too")
	}
	s.Users.Get(t, "/users", access).Is(http.StatusOK) // until its exp: the contract says so
	events := eventsOf(t, s, "token.revoked")
	var after struct {
		ClientID string `json:"client_id"`
		JTI      string `json:"jti"`
	}
	if len(events) != 1 || json.Unmarshal([]byte(events[0].After), &after) != nil || after.ClientID != owner.ID || after.JTI == "" ||
		events[0].Actor != "service "+owner.ID {
		t.Errorf("the audit has %+v", events)
	}
	revoke(t, s, owner, kept).Is(http.StatusOK)
	super(t, s, "UPDATE auth.revoked_tokens SET expires_at = now() - interval '61 minutes' WHERE jti = '"+after.JTI+"'")
	if _, err := authdb.New(s.AuthDB.Pool).DropOldRevocations(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(everything(t, s), "("+after.JTI) {
		t.Error("what expired an hour ago is not dropped")
	}
	inactive(t, s, other, "the other token, revoked too", kept)
}

// revokeSessions: whoever holds a token of a session may end it, as by logout;
// no client may.
func revokeSessions(t *testing.T, s *apitest.System, client apitest.BackEnd) {
	first := s.Person(t)
	second := s.Refresh(t, first.RefreshToken)
	for _, presented := range []string{second.RefreshToken, second.AccessToken, first.RefreshToken} {
		revoke(t, s, client, presented).OAuthError(http.StatusBadRequest, "invalid_grant")
	}
	wrong := apitest.BackEnd{ID: "latchkey", Secret: "x"}
	revoke(t, s, wrong, second.RefreshToken).OAuthError(http.StatusUnauthorized, "invalid_client")
	s.Auth.PostForm(t, "/oauth/revoke", http.Header{"Authorization": {"Bearer " + second.AccessToken}},
		apitest.Form("token", second.RefreshToken, "client_id", "latchkey")).OAuthError(http.StatusUnauthorized, "invalid_client")
	revokePublicly(t, s, forged(second.RefreshToken)).Is(http.StatusOK)
	s.Auth.Get(t, "/auth/me", second.AccessToken).Is(http.StatusOK)

	for range 2 {
		revokePublicly(t, s, first.RefreshToken).Is(http.StatusOK) // of any generation
	}
	refused(t, s, second.RefreshToken)
	s.Auth.Get(t, "/auth/me", second.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	want(t, s, first.User.ID, audited(t, s, first.User.ID)[0], told{
		Type: "session.revoked", Actor: "person " + first.User.ID, After: map[string]any{"session_id": sessionID(first), "reason": "revoked"},
		From: audited(t, s, first.User.ID)[1].From,
	})

	other := s.Person(t)
	revokePublicly(t, s, other.AccessToken).Is(http.StatusOK)
	refused(t, s, other.RefreshToken)
}

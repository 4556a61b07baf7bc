package rest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
)

// clientEvent is an event about a client.
type clientEvent struct {
	Actor, After string
	Count        int64
}

func eventsOf(t *testing.T, s *apitest.System, kind string) []clientEvent {
	t.Helper()
	rows, err := s.AuthDB.Pool.Query(context.Background(),
		"SELECT actor_kind || ' ' || actor, after::text, count FROM auth.audit_events WHERE type = $1 ORDER BY after::text", kind)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[clientEvent])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// oauthRequests are valid requests of a client, one for each operation.
func oauthRequests(t *testing.T, s *apitest.System, b apitest.BackEnd) map[string]url.Values {
	t.Helper()
	return map[string]url.Values{
		"/oauth/token": grantForm(), "/oauth/introspect": apitest.Form("token", s.Token(t, b)), "/oauth/revoke": apitest.Form("token", s.Token(t, b)),
	}
}

// TestOAuthWithoutADatabase: nobody hears that a secret is wrong, or a token
// inactive, because the database does not answer.
func TestOAuthWithoutADatabase(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	b := s.NewBackEnd(t, "users:read")
	for path, form := range oauthRequests(t, s, b) {
		failures := 0
		for n := 1; ; n++ {
			id := fmt.Sprintf("fails-%s-%d", apitest.Name(), n)
			header := b.Basic()
			header.Set("X-Request-Id", id)
			s.AuthSQL.Fail(id, n)
			answer := s.Auth.PostForm(t, path, header, form)
			if !s.AuthSQL.Failed() {
				answer.Is(http.StatusOK)
				break
			}
			failures++
			answer.OAuthError(http.StatusServiceUnavailable, "temporarily_unavailable")
			if answer.Header.Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", path)
			}
		}
		if failures == 0 || failures > 2 {
			t.Errorf("%s has %d statements", path, failures)
		}
	}
	requests := oauthRequests(t, s, b)
	super(t, s, "ALTER TABLE auth.clients RENAME TO away")
	for path, form := range requests {
		s.Auth.PostForm(t, path, b.Basic(), form).OAuthError(http.StatusInternalServerError, "server_error")
	}
	super(t, s, "ALTER TABLE auth.away RENAME TO clients")
}

func TestOAuthLimits(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) {
		a.RateLimits = true
		a.RateLimitOverrides = map[string]config.RateLimit{"ISSUE_TOKEN": {Requests: 2, Window: 60e9}}
	})
	b := s.NewBackEnd(t, "users:read")
	for range 2 {
		s.Token(t, b)
	}
	answer := s.Auth.PostForm(t, "/oauth/token", b.Basic(), grantForm())
	answer.OAuthError(http.StatusTooManyRequests, "temporarily_unavailable")
	if answer.Header.Get("Retry-After") == "" || answer.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("the headers are %v", answer.Header)
	}
}

// TestS80RefusedClientsAreCounted: each failure is in the log, and in the
// audit's count of its minute.
func TestS80RefusedClientsAreCounted(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	b := s.NewBackEnd(t, "users:read")
	s.Token(t, b)
	wrong := apitest.BackEnd{ID: b.ID, Secret: "canary-of-a-secret"}
	for _, path := range []string{"/oauth/token", "/oauth/introspect", "/oauth/revoke"} {
		form := apitest.Form("grant_type", "client_credentials", "token", "x")
		s.Auth.PostForm(t, path, wrong.Basic(), form).OAuthError(http.StatusUnauthorized, "invalid_client")
		s.Auth.PostForm(t, path, apitest.BackEnd{ID: "canary-of-an-id", Secret: "x"}.Basic(), form).OAuthError(http.StatusUnauthorized, "invalid_client")
	}
	s.StopAuth() // what was counted is written before the end
	counts := map[string]int64{}
	for _, e := range eventsOf(t, s, "client.refused") {
		if e.Actor != "system oauth" {
			t.Errorf("the event is %+v", e)
		}
		counts[e.After] += e.Count
	}
	known := fmt.Sprintf(`{"client_id": %q}`, b.ID)
	if len(counts) != 2 || counts[known] != 3 || counts["{}"] != 3 {
		t.Errorf("the audit counts %v", counts)
	}
	logged := s.Logs.String()
	if n := strings.Count(logged, "invalid_client: "); n != 6 {
		t.Errorf("the log has %d refusals", n)
	}
	if strings.Contains(logged, "canary") || !strings.Contains(logged, `"msg":"token.issued"`) {
		t.Error("the log has what was presented, or does not tell of the token")
	}
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
}

// TestS79NoClientSecretIsTold looks for secrets and tokens in all that is
// logged, stored and answered.
func TestS79NoClientSecretIsTold(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	b := s.NewBackEnd(t, "users:read")
	access, person := s.Token(t, b), s.Person(t)
	rotated, _, err := auth.NewClients(s.AuthDB.Pool, "test").RotateSecret(t.Context(), b.ID, auth.Rotation{Grace: 1e15})
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{
		"the secret": b.Secret, "the next one": rotated.Reveal(), "what is random in it": strings.TrimPrefix(b.Secret, "lks_"),
		"the token": access, "its signature": access[strings.LastIndexByte(access, '.')+1:], "a refresh token": person.RefreshToken,
		"its MAC": strings.Split(person.RefreshToken, ".")[3],
	}
	var answers strings.Builder
	see := func(r apitest.Response) { fmt.Fprint(&answers, string(r.Body), r.Header) }
	for _, presented := range secrets {
		for _, path := range []string{"/oauth/token", "/oauth/introspect", "/oauth/revoke"} {
			bad := apitest.Form("grant_type", presented, "scope", presented, "token", presented, "token_type_hint", presented, presented, presented)
			see(s.Auth.PostForm(t, path, b.Basic(), apitest.Form("grant_type", presented, "token", presented)))
			see(s.Auth.PostForm(t, path, b.Basic(), bad))
			see(s.Auth.PostForm(t, path, nil, bad))
			see(s.Auth.PostForm(t, path, apitest.BackEnd{ID: presented, Secret: presented}.Basic(), bad))
			see(s.Auth.PostForm(t, path+"?token="+presented, b.Basic(), bad))
			see(s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: path, Token: presented, Body: presented}))
		}
	}
	s.StopAuth()
	places := map[string]string{"the log": s.Logs.String(), "a row": stored(t, s), "an answer": answers.String()}
	sum := sha256.Sum256([]byte(rotated.Reveal()))
	if !strings.Contains(places["a row"], hex.EncodeToString(sum[:])) || !strings.Contains(places["a row"], "token.revoked") {
		t.Fatal("the rows are not all there")
	}
	for what, secret := range secrets {
		for place, text := range places {
			for _, spelled := range spellings(secret) {
				if at := strings.Index(text, spelled); at >= 0 {
					t.Errorf("%s is in %s: %s", what, place, text[max(0, at-200):min(len(text), at+len(spelled)+50)])
				}
			}
		}
	}
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
}

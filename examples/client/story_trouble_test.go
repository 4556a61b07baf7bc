package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/client"
	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersclient"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// keys meets what an administrator of signing keys may.
func (s *story) keys() {
	t, ctx, as := s.t, s.t.Context(), s.as(s.root)
	s.Do(t, "young-keys", "")
	s.meets(sharedapi.ProblemCodeKeyTooYoung)(s.auth.RotateKeysWithResponse(ctx, authclient.KeyRotation{}, as))
	first := of(s.auth.RotateKeysWithResponse(ctx, authclient.KeyRotation{Force: new(true)}, as)).ok(t).JSON200
	s.meets(sharedapi.ProblemCodeKeyNotPending)(s.auth.RotateKeysWithResponse(ctx, authclient.KeyRotation{Kid: new(first.Retiring.MustGet().Kid), Force: new(true)}, as))
	s.meets(sharedapi.ProblemCodeKeyActive)(s.auth.RevokeKeyWithResponse(ctx, first.Activated.Kid, authclient.KeyRevocation{}, as))
	for range 20 { // as many as may be are far fewer
		kind := authclient.NewKey{Algorithm: new(authclient.ES256)}
		answer, err := s.auth.CreateKeyWithResponse(ctx, kind, as)
		if err == nil && answer.StatusCode() == http.StatusCreated {
			continue
		}
		s.meets(sharedapi.ProblemCodeTooManyKeys)(answer, err)
		return
	}
	t.Error("twenty keys could be made")
}

// oauth has errors of its own kind.
func (s *story) oauth() {
	t, ctx := s.t, s.t.Context()
	ask := func(secret string) (*authclient.IssueTokenResponse, error) {
		return client.Check(s.auth.IssueTokenWithFormdataBodyWithResponse(ctx, authclient.TokenRequest{GrantType: "client_credentials"},
			func(_ context.Context, r *http.Request) error { r.SetBasicAuth("billing", secret); return nil }))
	}
	_, err := ask("lks_wrong")
	var refusal *client.Error
	if !errors.As(err, &refusal) || refusal.OAuth != authclient.InvalidClient || refusal.Code != "" || refusal.Status != http.StatusUnauthorized ||
		refusal.RequestID == "" || strings.Contains(err.Error(), "lks_") {
		t.Errorf("%+v", err)
	}
}

// trouble is what a service may be in, and a guesser.
func (s *story) trouble() {
	t, ctx := s.t, s.t.Context()
	for range 5 {
		s.meets(sharedapi.ProblemCodeInvalidCredentials)(s.auth.LoginWithResponse(ctx, nil, authclient.Login{Login: "robert", Password: "a guess"}))
	}
	s.meets(sharedapi.ProblemCodeThrottled)(s.auth.LoginWithResponse(ctx, nil, authclient.Login{Login: "robert", Password: "a guess"}))

	key := &usersclient.CreateUserParams{IdempotencyKey: new(uuid.NewString())}
	henry := usersclient.NewUser{Username: "henry", Email: "henry@example.com"}
	of(s.admin.CreateUserWithResponse(ctx, key, henry)).ok(t)
	s.Do(t, "run-keys", "")
	s.meets(sharedapi.ProblemCodeIdempotencyInProgress)(s.admin.CreateUserWithResponse(ctx, key, henry))

	id := uuid.NewString()
	s.Do(t, "break", "")
	ivy := usersclient.NewUser{Username: "ivy", Email: "ivy@example.com"}
	broken := s.meets(sharedapi.ProblemCodeInternalError)(s.admin.CreateUserWithResponse(ctx, nil, ivy, header("X-Request-Id", id)))
	if broken.RequestID != id || !strings.Contains(explain(&broken), id) {
		t.Errorf("%+v", broken)
	}

	of(s.auth.ForgotPasswordWithResponse(ctx, authclient.EmailBody{Email: adasEmail})).ok(t)
	reset := authclient.PasswordReset{Token: s.Do(t, "reset", adasEmail), NewPassword: "a second correct horse"}
	s.Do(t, "use-token", "")
	s.meets(sharedapi.ProblemCodeOverloaded)(s.auth.ResetPasswordWithResponse(ctx, reset))

	s.Do(t, "stop-users", "")
	s.meets(sharedapi.ProblemCodeDependencyUnavailable)(s.auth.LoginWithResponse(ctx, nil, authclient.Login{Login: "ada", Password: apitest.Password}))
	back := make(chan struct{})
	go func() {
		defer close(back)
		_, err := again(ctx, func() (*usersclient.GetUserResponse, error) { return s.admin.GetUserWithResponse(ctx, "ada", nil) })
		if err != nil {
			t.Errorf("it is not found again: %v", err)
		}
	}()
	s.Do(t, "start-users", "")
	<-back
}

// leave ends ada's sessions, one by one.
func (s *story) leave(ada *session) {
	t, ctx := s.t, s.t.Context()
	other, err := signIn(ctx, s.auth, adasEmail, apitest.Password)
	if err != nil {
		t.Fatal(err)
	}
	list := of(s.auth.ListSessionsWithResponse(ctx, s.as(ada))).ok(t).JSON200.Items
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, one := range list {
		if !one.Current {
			of(s.auth.RevokeSessionWithResponse(ctx, one.Id, s.as(ada))).ok(t)
		}
	}
	if err := other.refresh(ctx); codeOf(err) != sharedapi.ProblemCodeInvalidToken {
		t.Errorf("the other session: %v", err)
	}
	ada.expires = time.Now() // so that the next call needs another token
	of(s.auth.GetMeWithResponse(ctx, s.as(ada))).ok(t)
	if err := ada.signOut(ctx); err != nil {
		t.Fatal(err)
	}
	if err := ada.refresh(ctx); codeOf(err) != sharedapi.ProblemCodeInvalidToken {
		t.Errorf("after signing out: %v", err)
	}
}

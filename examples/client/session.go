package main

import (
	"context"
	"sync"
	"time"

	"github.com/latchkey-id/latchkey/client"
	"github.com/latchkey-id/latchkey/gen/authclient"
)

// session keeps a person signed in.
type session struct {
	auth *authclient.ClientWithResponses

	mu      sync.Mutex // one refresh at a time
	grant   authclient.Grant
	expires time.Time
}

// ahead is how long before its expiry an access token is exchanged.
const ahead = 30 * time.Second

func signIn(ctx context.Context, auth *authclient.ClientWithResponses, login, password string) (*session, error) {
	answer, err := again(ctx, func() (*authclient.LoginResponse, error) {
		return auth.LoginWithResponse(ctx, nil, authclient.Login{Login: login, Password: password})
	})
	if err != nil {
		return nil, err
	}
	s := &session{auth: auth}
	s.keep(*answer.JSON200)
	return s, nil
}

// token gives an access token that is good for a while, for client.Bearer.
func (s *session) token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Until(s.expires) < ahead {
		if err := s.refresh(ctx); err != nil {
			return "", err
		}
	}
	return s.grant.AccessToken, nil
}

// refresh exchanges the refresh token for the next pair. A try after a lost
// answer gets the same pair again for ten seconds.
func (s *session) refresh(ctx context.Context) error {
	answer, err := again(ctx, func() (*authclient.RefreshResponse, error) {
		return s.auth.RefreshWithResponse(ctx, nil, authclient.RefreshTokenBody{RefreshToken: *s.grant.RefreshToken})
	})
	if err != nil {
		return err
	}
	s.keep(*answer.JSON200)
	return nil
}

func (s *session) keep(grant authclient.Grant) {
	s.grant = grant
	s.expires = time.Now().Add(time.Duration(grant.ExpiresIn) * time.Second)
}

func (s *session) signOut(ctx context.Context) error {
	_, err := client.Check(s.auth.LogoutWithResponse(ctx, nil, authclient.RefreshTokenBody{RefreshToken: *s.grant.RefreshToken}))
	return err
}

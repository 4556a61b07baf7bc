package auth

import (
	"context"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// LogoutToken ends the session of a refresh token, of any generation. It
// returns ErrInvalidToken for a token that we did not make.
func (s *Service) LogoutToken(ctx context.Context, presented string) error {
	token, _, err := s.presented(ctx, presented)
	if err != nil {
		return err
	}
	return s.end(ctx, token.session)
}

// Logout ends the session of an access token. One that has ended is left as
// it is.
func (s *Service) Logout(ctx context.Context, caller *token.Claims) error {
	session, err := uuid.Parse(caller.SessionID)
	if err != nil {
		return fault.ErrUnauthorized
	}
	return s.end(ctx, session)
}

func (s *Service) end(ctx context.Context, session uuid.UUID) error {
	_, err := s.queries.EndSession(ctx, authdb.EndSessionParams{ID: session, Reason: "logout"})
	return postgres.Fault(err)
}

// LogoutAll ends every session of the caller.
func (s *Service) LogoutAll(ctx context.Context, caller *token.Claims) error {
	user, _, err := s.liveSession(ctx, caller)
	if err != nil {
		return err
	}
	_, err = s.queries.EndAllSessions(ctx, authdb.EndAllSessionsParams{UserID: user, Reason: "logout_all"})
	return postgres.Fault(err)
}

// Me gives the caller's account as it is now. It returns
// fault.ErrUnauthorized once the session has ended or the account's
// credentials have moved on.
func (s *Service) Me(ctx context.Context, caller *token.Claims) (Account, error) {
	user, epoch, err := s.liveSession(ctx, caller)
	if err != nil {
		return Account{}, err
	}
	account, err := s.accounts.Standing(ctx, user)
	switch f := fault.As(err); {
	case f != nil && f.Kind == fault.NotFound:
		return Account{}, fault.ErrUnauthorized
	case err != nil:
		return Account{}, err
	case !account.holds(epoch):
		return Account{}, fault.ErrUnauthorized
	}
	return account, nil
}

// liveSession finds the session behind an access token. On this service's own
// routes the token of an ended one is no longer good.
func (s *Service) liveSession(ctx context.Context, caller *token.Claims) (user uuid.UUID, epoch int64, err error) {
	session, errSession := uuid.Parse(caller.SessionID)
	user, errUser := uuid.Parse(caller.Subject)
	if errSession != nil || errUser != nil {
		return uuid.Nil, 0, fault.ErrUnauthorized
	}
	epoch, err = s.queries.GetLiveSession(ctx, authdb.GetLiveSessionParams{ID: session, UserID: user})
	switch {
	case postgres.IsNoRows(err):
		return uuid.Nil, 0, fault.ErrUnauthorized
	case err != nil:
		return uuid.Nil, 0, postgres.Fault(err)
	}
	return user, epoch, nil
}

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
func (s *Service) LogoutToken(ctx context.Context, presented string, client Client) error {
	token, row, err := s.presented(ctx, presented)
	if err != nil {
		return err
	}
	return s.end(ctx, client.person(row.UserID), row.UserID, token.session, reasonLogout)
}

// Logout ends the session of an access token. One that has ended is left as
// it is.
func (s *Service) Logout(ctx context.Context, caller *token.Claims, client Client) error {
	user, session, err := sessionOf(caller)
	if err != nil {
		return err
	}
	return s.end(ctx, client.person(user), user, session, reasonLogout)
}

// LogoutAll ends every session of the caller.
func (s *Service) LogoutAll(ctx context.Context, caller *token.Claims, client Client) error {
	user, _, err := s.liveSession(ctx, caller)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(q *authdb.Queries) error {
		return s.endAll(ctx, q, client.person(user), user, reasonLogoutAll)
	})
}

// sessionOf reads whose an access token is, and of which session. It returns
// fault.ErrUnauthorized for a token that belongs to none.
func sessionOf(caller *token.Claims) (user, session uuid.UUID, err error) {
	session, errSession := uuid.Parse(caller.SessionID)
	user, errUser := uuid.Parse(caller.Subject)
	if errSession != nil || errUser != nil {
		return uuid.Nil, uuid.Nil, fault.ErrUnauthorized
	}
	return user, session, nil
}

// Live returns fault.ErrUnauthorized for the access token of a session that has
// ended.
func (s *Service) Live(ctx context.Context, caller *token.Claims) error {
	_, _, err := s.liveSession(ctx, caller)
	return err
}

// liveSession finds the session behind an access token. On this service's own
// routes the token of an ended one is no longer good.
func (s *Service) liveSession(ctx context.Context, caller *token.Claims) (user uuid.UUID, epoch int64, err error) {
	user, session, err := sessionOf(caller)
	if err != nil {
		return uuid.Nil, 0, err
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

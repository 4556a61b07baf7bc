package auth

import (
	"context"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// maxListed bounds a list of sessions (maxItems in the spec).
const maxListed = 1000

// Sessions lists the caller's live sessions, the newest first.
func (s *Service) Sessions(ctx context.Context, caller *token.Claims) ([]authdb.ListSessionsRow, error) {
	user, _, err := s.liveSession(ctx, caller)
	if err != nil {
		return nil, err
	}
	return s.sessionsOf(ctx, user)
}

// SessionsOf lists an account's live sessions for an admin.
func (s *Service) SessionsOf(ctx context.Context, caller *token.Claims, user uuid.UUID) ([]authdb.ListSessionsRow, error) {
	if err := s.Live(ctx, caller); err != nil {
		return nil, err
	}
	return s.sessionsOf(ctx, user)
}

func (s *Service) sessionsOf(ctx context.Context, user uuid.UUID) ([]authdb.ListSessionsRow, error) {
	rows, err := s.queries.ListSessions(ctx, authdb.ListSessionsParams{UserID: user, Most: maxListed})
	return rows, postgres.Fault(err)
}

// RevokeSession ends one of the caller's live sessions. It returns
// fault.ErrNotFound for any other, whoever's it is.
func (s *Service) RevokeSession(ctx context.Context, caller *token.Claims, session uuid.UUID, client Client) error {
	user, _, err := s.liveSession(ctx, caller)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(q *authdb.Queries) error {
		ended, err := q.EndOwnSession(ctx, authdb.EndOwnSessionParams{ID: session, UserID: user, Reason: reasonRevoked})
		if err == nil && ended == 0 {
			err = fault.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.tellEnded(ctx, q, client.person(user), user, session, reasonRevoked)
	})
}

// RevokeSessionsOf ends every session of an account, for an admin.
func (s *Service) RevokeSessionsOf(ctx context.Context, caller *token.Claims, user uuid.UUID, client Client) error {
	admin, _, err := s.liveSession(ctx, caller)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(q *authdb.Queries) error {
		return s.endAll(ctx, q, client.person(admin), user, reasonRevokedByAdmin)
	})
}

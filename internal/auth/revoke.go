package auth

import (
	"context"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// RevokeToken makes a token worthless for whoever it was issued to (RFC 7009).
// A client revokes its own access tokens. People's sessions are those of a
// public client, which has no secret: whoever holds one of a session's tokens
// may end it. A token that is none, or is over, is as good as revoked. It
// returns ErrInvalidClient, or ErrNotTheClients.
func (s *Service) RevokeToken(ctx context.Context, c ClientCredentials, presented string, from Client) error {
	if c.ID != firstParty || c.Secret != "" { // where it has one, it is wrong
		if _, err := s.authenticate(ctx, c); err != nil {
			return err
		}
	}
	if LooksLikeRefreshToken(presented) {
		return s.revokeRefresh(ctx, c.ID, presented, from)
	}
	claims, err := s.genuineAccess(ctx, presented)
	switch {
	case claims == nil:
		return err
	case claims.ClientID != c.ID:
		return ErrNotTheClients
	case claims.SessionID != "":
		user, session, err := sessionOf(claims)
		if err != nil {
			return nil //nolint:nilerr // of no session: nothing can end
		}
		return s.end(ctx, from.person(user), user, session, reasonRevoked)
	}
	return s.revokeAccess(ctx, claims, from)
}

// revokeRefresh ends the session of a refresh token, of any generation.
func (s *Service) revokeRefresh(ctx context.Context, client, presented string, from Client) error {
	token, row, err := s.presented(ctx, presented)
	switch {
	case isInvalidToken(err):
		return nil
	case err != nil:
		return err
	case client != firstParty:
		return ErrNotTheClients
	}
	return s.end(ctx, from.person(row.UserID), row.UserID, token.session, reasonRevoked)
}

// revokeAccess notes that a client's access token is worth nothing, for as long
// as anybody would take it.
func (s *Service) revokeAccess(ctx context.Context, claims *token.Claims, from Client) error {
	id, err := uuid.Parse(claims.ID)
	if err != nil {
		return nil //nolint:nilerr // introspection takes it for none as well
	}
	event := s.newID()
	return postgres.Fault(s.queries.RevokeToken(ctx, authdb.RevokeTokenParams{
		Jti: id, ExpiresAt: claims.ExpiresAt.Add(token.MaxLeeway), EventID: event, OccurredAt: audit.TimeOf(event),
		ClientID: claims.ClientID, Address: from.Address, UserAgent: from.UserAgent, RequestID: from.RequestID,
	}))
}

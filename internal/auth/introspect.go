package auth

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// Introspection is what is known of a token that stands (RFC 7662, section
// 2.2). Access is nil for a refresh token.
type Introspection struct {
	Access  *token.Claims
	Refresh *RefreshInfo
}

// RefreshInfo is what a refresh token stands for.
type RefreshInfo struct {
	User, Session uuid.UUID
	ClientID      string
	Issuer        string
	ExpiresAt     time.Time // of its session
}

// Introspect tells a client about a token: nil where it is none, is over, or
// was revoked. It ends nothing and exchanges nothing. Two statements.
func (s *Service) Introspect(ctx context.Context, c ClientCredentials, presented string) (*Introspection, error) {
	if _, err := s.authenticate(ctx, c); err != nil {
		return nil, err
	}
	if LooksLikeRefreshToken(presented) {
		return s.introspectRefresh(ctx, presented)
	}
	claims, err := s.genuineAccess(ctx, presented)
	if claims == nil {
		return nil, err
	}
	live, err := s.isLive(ctx, claims)
	if err != nil || !live {
		return nil, err
	}
	return &Introspection{Access: claims}, nil
}

// genuineAccess reads an access token that we issued and that has not expired,
// by our own clock and with no allowance: it is we who say. Any other is nil.
func (s *Service) genuineAccess(ctx context.Context, presented string) (*token.Claims, error) {
	claims, err := s.verifier.Verify(ctx, presented)
	switch {
	case errors.Is(err, token.ErrInvalid):
		return nil, nil
	case err != nil:
		return nil, fault.ErrDependency.Because(err)
	case !claims.ExpiresAt.After(s.now()):
		return nil, nil
	}
	return claims, nil
}

// isLive asks whether what a token was issued to still lives. A token of
// neither a session nor a client, this service's own, is nobody else's business.
func (s *Service) isLive(ctx context.Context, claims *token.Claims) (bool, error) {
	id, err := uuid.Parse(claims.ID)
	if err != nil {
		return false, nil //nolint:nilerr // no token of ours has such a jti
	}
	asked := authdb.IsTokenLiveParams{Jti: id}
	if claims.SessionID == "" {
		asked.ClientID = &claims.ClientID
	} else {
		user, session, err := sessionOf(claims)
		if err != nil {
			return false, nil //nolint:nilerr // of no session: none can live
		}
		asked.UserID, asked.SessionID = &user, &session
	}
	live, err := s.queries.IsTokenLive(ctx, asked)
	return live, postgres.Fault(err)
}

// introspectRefresh looks at a refresh token as the refresh law does: the
// current one stands, and its parent within the grace.
func (s *Service) introspectRefresh(ctx context.Context, presented string) (*Introspection, error) {
	token, row, err := s.presented(ctx, presented)
	switch {
	case isInvalidToken(err):
		return nil, nil
	case err != nil:
		return nil, err
	case !row.Live || token.generation > row.Generation || !exchangeable(token, row):
		return nil, nil
	}
	return &Introspection{Refresh: &RefreshInfo{
		User: row.UserID, Session: token.session, ClientID: firstParty, Issuer: s.issuer, ExpiresAt: row.ExpiresAt,
	}}, nil
}

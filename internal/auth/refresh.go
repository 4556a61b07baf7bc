package auth

import (
	"context"
	"errors"
	"log/slog"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Refresh exchanges a refresh token by the refresh law: the current one moves
// the session on, the parent within the grace gives the identical successor,
// anything older that we made ends the session. What we did not make changes
// nothing. Two statements here, one in the users service.
//
// It returns ErrInvalidToken, or Unavailable, after which the token is still
// good: everything that can fail for a while comes before the exchange.
func (s *Service) Refresh(ctx context.Context, presented string, client Client) (Grant, error) {
	grant, repeated, err := s.refreshed(ctx, presented, client)
	s.outcomes.Refresh(refreshOutcome(repeated, err), err)
	return grant, err
}

// refreshed is Refresh; repeated says that the parent was presented.
func (s *Service) refreshed(ctx context.Context, presented string, client Client) (_ Grant, repeated bool, _ error) {
	token, row, err := s.presented(ctx, presented)
	if err != nil {
		return Grant{}, false, err
	}
	if !row.Live {
		return Grant{}, false, ErrInvalidToken
	}
	if !exchangeable(token, row) {
		return Grant{}, false, s.reuse(ctx, token, client)
	}
	account, err := s.standing(ctx, token.session, row, client)
	if err != nil {
		return Grant{}, false, err
	}
	access, err := s.mint(account, token.session)
	if err != nil {
		return Grant{}, false, err
	}
	generation, err := s.exchange(ctx, token, client)
	if err != nil {
		return Grant{}, false, err
	}
	return s.grant(account, access, s.refresh.make(token.session, generation, row.Salt)), token.generation < row.Generation, nil
}

// Causes of refusals that all say invalid_token to the client: for the log and
// the metrics.
var (
	errReused  = errors.New("a token of an older generation: the session has ended")
	errNotHeld = errors.New("the account no longer holds the session")
)

// refreshOutcome names what metrics know better than the error's code does.
func refreshOutcome(repeated bool, err error) string {
	switch {
	case repeated:
		return observe.Repeated
	case errors.Is(err, errReused):
		return observe.Reused
	case errors.Is(err, errNotHeld):
		return observe.Ended
	}
	return ""
}

// presented finds the session of a token and makes sure that we made it.
func (s *Service) presented(ctx context.Context, text string) (refreshToken, authdb.GetSessionRow, error) {
	token, ok := parseRefreshToken(text)
	if !ok {
		return refreshToken{}, authdb.GetSessionRow{}, ErrInvalidToken
	}
	row, err := s.queries.GetSession(ctx, authdb.GetSessionParams{ID: token.session, Grace: s.lives.Grace})
	switch {
	case postgres.IsNoRows(err):
		return refreshToken{}, authdb.GetSessionRow{}, ErrInvalidToken
	case err != nil:
		return refreshToken{}, authdb.GetSessionRow{}, postgres.Fault(err)
	case !s.refresh.genuine(token, row.Salt):
		return refreshToken{}, authdb.GetSessionRow{}, ErrInvalidToken
	}
	return token, row, nil
}

// exchangeable is a first look: a token that is too old already needs no
// question to the users service. The exchange itself decides.
func exchangeable(token refreshToken, row authdb.GetSessionRow) bool {
	return token.generation >= row.Generation || token.generation == row.Generation-1 && row.InGrace
}

// standing asks whether the account may still hold the session, and ends the
// session where it may not.
func (s *Service) standing(ctx context.Context, session uuid.UUID, row authdb.GetSessionRow, client Client) (Account, error) {
	account, err := s.accounts.Standing(ctx, row.UserID)
	gone := isNotFound(err)
	if err != nil && !gone {
		return Account{}, err
	}
	if !gone && account.holds(row.CredentialEpoch) {
		return account, nil
	}
	if err := s.end(ctx, client.system("refresh"), row.UserID, session, reasonCredentialsChanged); err != nil {
		return Account{}, err
	}
	return Account{}, ErrInvalidToken.Because(errNotHeld)
}

// holds reports whether a session made under epoch still stands.
func (a Account) holds(epoch int64) bool {
	return a.DeletedAt == nil && !a.Disabled && a.Epoch == epoch
}

// exchange is the atomic step. It returns the successor's generation.
func (s *Service) exchange(ctx context.Context, token refreshToken, client Client) (int64, error) {
	event := s.newID() // of a reuse
	row, err := s.queries.ExchangeGeneration(ctx, authdb.ExchangeGenerationParams{
		ID: token.session, Presented: token.generation, Idle: s.lives.Idle, Grace: s.lives.Grace,
		EventID: event, OccurredAt: audit.TimeOf(event), Address: client.Address, UserAgent: client.UserAgent, RequestID: client.RequestID,
	})
	switch {
	case postgres.IsNoRows(err):
		return 0, ErrInvalidToken // ended or expired meanwhile
	case err != nil:
		return 0, postgres.Fault(err)
	case row.Reused:
		s.log.LogAttrs(ctx, slog.LevelWarn, "session.refresh_reuse", slog.String("session_id", token.session.String()))
		return 0, ErrInvalidToken.Because(errReused)
	}
	return row.Generation, nil
}

// reuse ends the session of a token that is too old. The answer is the one of
// any other bad token; that the session ended is a value that has committed.
func (s *Service) reuse(ctx context.Context, token refreshToken, client Client) error {
	_, err := s.exchange(ctx, token, client)
	if err == nil {
		return ErrInvalidToken // the clock moved between the two looks: the next try tells
	}
	return err
}

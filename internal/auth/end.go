package auth

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// The reasons that sessions end for, as the domain gives them;
// ExchangeGeneration gives refresh_reuse itself.
const (
	reasonLogout             = "logout"
	reasonLogoutAll          = "logout_all"
	reasonCredentialsChanged = "credentials_changed"
	reasonSignedInAgain      = "signed_in_again"
	reasonRevoked            = "revoked"
	reasonRevokedByAdmin     = "revoked_by_admin"
	reasonPasswordChanged    = "password_changed"
	reasonPasswordReset      = "password_reset"
	reasonEmailChanged       = "email_changed"
	reasonAccountDeleted     = "account_deleted"
)

// inTx runs work in one transaction. What goes wrong leaves as a fault.
func (s *Service) inTx(ctx context.Context, work func(*authdb.Queries) error) error {
	return postgres.Fault(postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return work(s.queries.WithTx(tx)) }))
}

// end ends one session of an account, with its event. One that has ended is
// left as it is, and nothing is told.
func (s *Service) end(ctx context.Context, by audit.Actor, user, session uuid.UUID, reason string) error {
	return s.inTx(ctx, func(q *authdb.Queries) error {
		ended, err := q.EndSession(ctx, authdb.EndSessionParams{ID: session, Reason: reason})
		if err != nil || ended == 0 {
			return err
		}
		return s.tellEnded(ctx, q, by, user, session, reason)
	})
}

func (s *Service) tellEnded(ctx context.Context, q *authdb.Queries, by audit.Actor, user, session uuid.UUID, reason string) error {
	return s.record(ctx, q, by, audit.Event{
		Kind: "session.revoked", User: user, After: audit.Values{"session_id": session, "reason": reason},
	})
}

// endAll ends every session of an account with q, which is a transaction, and
// tells it in one event; none where nothing ended.
func (s *Service) endAll(ctx context.Context, q *authdb.Queries, by audit.Actor, user uuid.UUID, reason string) error {
	ended, err := q.EndSessions(ctx, authdb.EndSessionsParams{UserID: user, Reason: reason})
	if err != nil {
		return err
	}
	return s.tellAllEnded(ctx, q, by, user, ended, reason)
}

// endBefore is endAll for what was opened before the account's credentials
// became those that it has now, but for one session. Who has signed in with
// them meanwhile stays so, however late this comes.
func (s *Service) endBefore(ctx context.Context, q *authdb.Queries, by audit.Actor, now Account, keep uuid.UUID, reason string) error {
	ended, err := q.EndSessionsBefore(ctx, authdb.EndSessionsBeforeParams{UserID: now.ID, CredentialEpoch: now.Epoch, Keep: keep, Reason: reason})
	if err != nil {
		return err
	}
	return s.tellAllEnded(ctx, q, by, now.ID, ended, reason)
}

func (s *Service) tellAllEnded(ctx context.Context, q *authdb.Queries, by audit.Actor, user uuid.UUID, ended int64, reason string) error {
	if ended == 0 {
		return nil
	}
	return s.record(ctx, q, by, audit.Event{
		Kind: "session.revoked", User: user, Count: ended, After: audit.Values{"reason": reason},
	})
}

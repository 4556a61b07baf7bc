package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Restored is a database that has come out of a backup, before the service
// works on it. What was true when the backup was made, and is no more, is ended
// there: sessions that have ended since, with generations of refresh tokens that
// were exchanged long ago; one-time tokens that were used; mails that were sent.
type Restored struct {
	Pool *pgxpool.Pool
	// MailAge is how old a queued mail must be to be dropped; 0 drops all.
	MailAge time.Duration
	// DryRun only counts.
	DryRun bool
}

// Mended says how much was ended, or would be.
type Mended struct {
	Sessions, Tokens, Mails int64
}

// restoredBatch is how many rows one transaction changes.
const restoredBatch = 1000

// Finish ends what must not live again, in small transactions, and tells the
// audit. Interrupted, it may be repeated. No instance of the service may run:
// what is opened meanwhile may be ended, too.
func (r Restored) Finish(ctx context.Context) (done Mended, err error) {
	q := authdb.New(r.Pool)
	if r.DryRun {
		var errs [3]error
		done.Sessions, errs[0] = q.CountLiveSessions(ctx)
		done.Tokens, errs[1] = q.CountTokens(ctx)
		done.Mails, errs[2] = jobs.CountUnfinished(ctx, r.Pool, jobs.MailQueue, r.MailAge)
		return done, errors.Join(errs[:]...)
	}
	if done.Sessions, err = r.endSessions(ctx, q); err != nil {
		return done, fmt.Errorf("end sessions: %w", err)
	}
	done.Tokens, err = batches(func() (int64, error) { return q.VoidAllTokens(ctx, restoredBatch) })
	if err != nil {
		return done, fmt.Errorf("void one-time tokens: %w", err)
	}
	done.Mails, err = batches(func() (int64, error) {
		return jobs.DropUnfinished(ctx, r.Pool, jobs.MailQueue, r.MailAge, restoredBatch)
	})
	if err != nil {
		return done, err
	}
	return done, tellRestored(ctx, q, audit.Event{Kind: "backup.restored", After: audit.Values{
		"sessions": done.Sessions, "one_time_links": done.Tokens, "mails": done.Mails,
	}})
}

// endSessions walks all sessions by their ids, which are in the order of time.
func (r Restored) endSessions(ctx context.Context, q *authdb.Queries) (ended int64, err error) {
	for after := uuid.Nil; ; {
		var page authdb.EndAllSessionsRow
		err := postgres.InTx(ctx, r.Pool, func(tx pgx.Tx) (err error) {
			q := q.WithTx(tx)
			page, err = q.EndAllSessions(ctx, authdb.EndAllSessionsParams{After: after, Most: restoredBatch, Reason: reasonRevokedByAdmin})
			if err != nil || page.Ended == 0 {
				return err
			}
			return tellRestored(ctx, q, audit.Event{
				Kind: "session.revoked", Count: page.Ended, After: audit.Values{"reason": reasonRevokedByAdmin},
			})
		})
		switch {
		case postgres.IsNoRows(err):
			return ended, nil
		case err != nil:
			return ended, err
		}
		ended, after = ended+page.Ended, page.Last
	}
}

func tellRestored(ctx context.Context, q *authdb.Queries, e audit.Event) error {
	row, err := audit.NewRow(uuid.Must(uuid.NewV7()), audit.System("after-restore"), e)
	if err != nil {
		return err
	}
	return q.InsertAuditEvent(ctx, authdb.InsertAuditEventParams(row))
}

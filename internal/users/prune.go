package users

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/usersdb"
)

// pruneBatch keeps one transaction of a prune short.
const pruneBatch = 10_000

// PruneAudit removes the audit events from before a moment, and says how many;
// with dryRun it only counts. It takes the owner's connection: the service's
// role can't remove an event. Interrupted, it has removed the oldest.
func PruneAudit(ctx context.Context, owner *pgxpool.Pool, before time.Time, dryRun bool) (int64, error) {
	queries := usersdb.New(owner)
	end := firstAt(before)
	if dryRun {
		return queries.CountAuditEventsBefore(ctx, end)
	}
	var removed int64
	for {
		n, err := queries.PruneAuditEvents(ctx, usersdb.PruneAuditEventsParams{Before: end, Most: pruneBatch})
		removed += n
		if err != nil || n < pruneBatch {
			return removed, err
		}
	}
}

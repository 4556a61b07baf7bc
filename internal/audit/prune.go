package audit

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// pruneBatch keeps one transaction of a prune short.
const pruneBatch = 10_000

type pruneParams = struct {
	Before uuid.UUID
	Most   int32
}

// pruner is the Queries of either service, on its owner's connection.
type pruner[P any] interface {
	CountAuditEventsBefore(context.Context, uuid.UUID) (int64, error)
	PruneAuditEvents(context.Context, P) (int64, error)
}

// Prune removes the events from before a moment, and says how many; with
// dryRun it only counts. It takes the owner's connection: a service's role
// can't remove an event. Interrupted, it has removed the oldest.
func Prune[P ~pruneParams](ctx context.Context, owner pruner[P], before time.Time, dryRun bool) (int64, error) {
	end := FirstAt(before)
	if dryRun {
		return owner.CountAuditEventsBefore(ctx, end)
	}
	var removed int64
	for {
		n, err := owner.PruneAuditEvents(ctx, P(pruneParams{Before: end, Most: pruneBatch}))
		removed += n
		if err != nil || n < pruneBatch {
			return removed, err
		}
	}
}

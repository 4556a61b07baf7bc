package users

import (
	"context"
	"log/slog"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/retention"
)

// Expired are the tables that hold rows which serve nobody any more, by the
// queries' own law. Deleted accounts and the audit are not among them: how long
// those are kept is the operator's to say.
func Expired(q *usersdb.Queries) []retention.Table {
	return []retention.Table{
		{Name: "throttles", Drop: q.DropOldThrottles, Count: q.CountOldThrottles},
		{Name: "known_networks", Drop: q.DropOldNetworks, Count: q.CountOldNetworks},
		{Name: "idempotency_keys", Drop: q.DropOldKeys, Count: q.CountOldKeys},
	}
}

// dropOld removes counters and keys that serve nobody any more.
func (s *Service) dropOld(ctx context.Context) {
	retention.SweepAll(ctx, Expired(s.queries), func(table string, err error) {
		s.log.LogAttrs(ctx, slog.LevelWarn, "old rows not dropped", slog.String("table", table), slog.String("error", err.Error()))
	})
}

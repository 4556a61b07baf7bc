package auth

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/retention"
)

// Expired are the tables that hold rows which serve nobody any more, by the
// queries' own law. The audit is not among them: how long that is kept is the
// operator's to say.
func Expired(q *authdb.Queries) []retention.Table {
	return []retention.Table{
		{Name: "sessions", Drop: q.DropOldSessions, Count: q.CountOldSessions},
		{Name: "one_time_tokens", Drop: q.DropOldTokens, Count: q.CountOldTokens},
		{Name: "intents", Drop: q.DropOldIntents, Count: q.CountOldIntents},
		{Name: "mail_recipients", Drop: q.DropOldRecipients, Count: q.CountOldRecipients},
		{Name: "reserved_usernames", Drop: q.DropOldReservations, Count: q.CountOldReservations},
		{Name: "revoked_tokens", Drop: q.DropOldRevocations, Count: q.CountOldRevocations},
		{Name: "idempotency_keys", Drop: q.DropOldKeys, Count: q.CountOldKeys},
	}
}

// dropOld removes what serves nobody any more.
func (s *Service) dropOld(ctx context.Context) {
	retention.SweepAll(ctx, Expired(s.queries), func(table string, err error) {
		s.warn(ctx, "old rows of "+table+" not dropped", err)
	})
}

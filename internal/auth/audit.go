package auth

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// person is an account that acts, from where the client is.
func (c Client) person(user uuid.UUID) audit.Actor {
	return audit.Actor{Kind: audit.KindPerson, ID: user.String(), Address: c.Address, UserAgent: c.UserAgent, RequestID: c.RequestID}
}

// system is a part of this service that acts upon what the client sent: who
// that is, is not known.
func (c Client) system(part string) audit.Actor {
	by := audit.System(part)
	by.Address, by.UserAgent, by.RequestID = c.Address, c.UserAgent, c.RequestID
	return by
}

// record writes an event with q, which is the transaction of the change. A
// sign-in and an exchange have their events in their own statements instead:
// InsertSession, ExchangeGeneration.
func (s *Service) record(ctx context.Context, q *authdb.Queries, by audit.Actor, e audit.Event) error {
	row, err := audit.NewRow(s.newID(), by, e)
	if err != nil {
		return err
	}
	return q.InsertAuditEvent(ctx, authdb.InsertAuditEventParams(row))
}

// AuditEvents gives events, newest first, at most limit of them, from where
// cursor points ("" is the start).
func (s *Service) AuditEvents(ctx context.Context, f audit.Filter, limit int32, cursor string) (audit.Page, error) {
	page, err := audit.List(ctx, s.lists, s.auditCursors, f, limit, cursor)
	return page, postgres.Fault(err)
}

// noteThrottled counts a sign-in that the users service would not look at. It
// alone knows the account.
func (s *Service) noteThrottled(err error) {
	if f := fault.As(err); f != nil && f.Code == fault.CodeThrottled {
		s.throttled.Add(uuid.Nil, 1)
	}
}

// Run writes what is counted, and drops what is of no more use, every minute
// until ctx is done. Call WriteCounts once more after the last request.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(audit.Period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.WriteCounts(ctx)
			s.dropOld(ctx)
		}
	}
}

// WriteCounts writes the events `login.throttled` and `client.refused` of the
// time since it was last called. What fails is kept and logged.
func (s *Service) WriteCounts(ctx context.Context) {
	s.throttled.Flush(func(user uuid.UUID, count int64) error {
		err := s.record(ctx, s.queries, audit.System("login"), audit.Event{Kind: "login.throttled", User: user, Count: count})
		s.warn(ctx, "throttled sign-ins not written", err)
		return err
	})
	s.refused.Flush(func(client string, count int64) error {
		e := audit.Event{Kind: "client.refused", Count: count}
		if client != "" {
			e.After = audit.Values{"client_id": client}
		}
		err := s.record(ctx, s.queries, audit.System("oauth"), e)
		s.warn(ctx, "refused clients not written", err)
		return err
	})
}

package users

import (
	"context"
	"slices"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// record writes an event with q, which is the transaction of the change.
func (s *Service) record(ctx context.Context, q *usersdb.Queries, by Actor, e audit.Event) error {
	row, err := audit.NewRow(s.newID(), by.audited(), e)
	if err != nil {
		return err
	}
	return q.InsertAuditEvent(ctx, usersdb.InsertAuditEventParams(row))
}

// recordUpdate tells what a patch changed, one event per kind of change.
func (s *Service) recordUpdate(ctx context.Context, q *usersdb.Queries, by Actor, was usersdb.LockUserRow, is usersdb.Account, newPassword bool) error {
	events := []audit.Event{{Kind: "user.updated", Before: audit.Values{}, After: audit.Values{}}}
	if was.Username != is.Username {
		events[0].Before["username"], events[0].After["username"] = was.Username, is.Username
	}
	if was.Email != is.Email {
		events[0].Before["email"], events[0].After["email"] = was.Email, is.Email
	}
	switch {
	case !was.Verified && is.Verified:
		events = append(events, audit.Event{Kind: "user.email_verified", After: audit.Values{"email": is.Email}})
	case was.Verified && !is.Verified:
		events[0].Before["verified"], events[0].After["verified"] = true, false
	}
	if newPassword {
		events = append(events, audit.Event{Kind: "user.password_changed"})
	}
	if !slices.Equal(was.Roles, is.Roles) {
		events = append(events, audit.Event{Kind: "user.roles_changed", Before: audit.Values{"roles": was.Roles}, After: audit.Values{"roles": is.Roles}})
	}
	if was.Disabled != is.Disabled {
		events = append(events, audit.Event{Kind: map[bool]string{true: "user.disabled", false: "user.enabled"}[is.Disabled]})
	}
	if len(events[0].After) == 0 {
		events = events[1:]
	}
	for _, e := range events {
		e.User = is.ID
		if err := s.record(ctx, q, by, e); err != nil {
			return err
		}
	}
	return nil
}

// AuditEvents gives events, newest first, at most limit of them, from where
// cursor points ("" is the start).
func (s *Service) AuditEvents(ctx context.Context, caller Actor, f audit.Filter, limit int32, cursor string) (audit.Page, error) {
	things := []string{callerThing(caller)}
	if f.User != nil {
		things = append(things, accountThing(*f.User))
	}
	page, err := read(ctx, s, caller, things, func(ctx context.Context, _, lists *usersdb.Queries) (audit.Page, error) {
		return audit.List(ctx, lists, s.auditCursors, f, limit, cursor)
	})
	return page, postgres.Fault(err)
}

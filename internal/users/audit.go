package users

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// values are what changed, as it was or as it became. A password, a hash or a
// token is never among them; the table refuses the first two by name.
type values map[string]any

// event is one line of the audit.
type event struct {
	kind          string
	user          uuid.UUID // uuid.Nil for events about no account
	before, after values
	count         int64 // 0 is 1
}

// record writes an event with q, which is the transaction of the change.
func (s *Service) record(ctx context.Context, q *usersdb.Queries, by Actor, e event) error {
	before, err := json.Marshal(orEmpty(e.before))
	if err != nil {
		return err
	}
	after, err := json.Marshal(orEmpty(e.after))
	if err != nil {
		return err
	}
	id := s.newID()
	row := usersdb.InsertAuditEventParams{
		ID: id, OccurredAt: timeOf(id), Type: e.kind, ActorKind: by.kind(), Actor: by.Subject,
		Before: before, After: after, UserAgent: by.UserAgent, RequestID: by.RequestID, Count: max(e.count, 1),
	}
	if e.user != uuid.Nil {
		row.UserID = &e.user
	}
	if by.Address.IsValid() {
		row.Address = &by.Address
	}
	return q.InsertAuditEvent(ctx, row)
}

func orEmpty(v values) values {
	if v == nil {
		return values{}
	}
	return v
}

// timeOf is the moment that a UUIDv7 was made at, in milliseconds (RFC 9562,
// section 5.7): an event's id and time never disagree.
func timeOf(id uuid.UUID) time.Time {
	return time.Unix(id.Time().UnixTime()).UTC()
}

// recordUpdate tells what a patch changed, one event per kind of change.
func (s *Service) recordUpdate(ctx context.Context, q *usersdb.Queries, by Actor, was usersdb.LockUserRow, is usersdb.Account, newPassword bool) error {
	events := []event{{kind: "user.updated", before: values{}, after: values{}}}
	if was.Username != is.Username {
		events[0].before["username"], events[0].after["username"] = was.Username, is.Username
	}
	if was.Email != is.Email {
		events[0].before["email"], events[0].after["email"] = was.Email, is.Email
	}
	switch {
	case !was.Verified && is.Verified:
		events = append(events, event{kind: "user.email_verified", after: values{"email": is.Email}})
	case was.Verified && !is.Verified:
		events[0].before["verified"], events[0].after["verified"] = true, false
	}
	if newPassword {
		events = append(events, event{kind: "user.password_changed"})
	}
	if !slices.Equal(was.Roles, is.Roles) {
		events = append(events, event{kind: "user.roles_changed", before: values{"roles": was.Roles}, after: values{"roles": is.Roles}})
	}
	if was.Disabled != is.Disabled {
		events = append(events, event{kind: map[bool]string{true: "user.disabled", false: "user.enabled"}[is.Disabled]})
	}
	if len(events[0].after) == 0 {
		events = events[1:]
	}
	for _, e := range events {
		e.user = is.ID
		if err := s.record(ctx, q, by, e); err != nil {
			return err
		}
	}
	return nil
}

// AuditFilter says which events a list holds. What is zero does not filter.
type AuditFilter struct {
	User         *uuid.UUID
	Type         string
	Since, Until time.Time
}

// AuditPage is one page of events.
type AuditPage struct {
	Items []usersdb.AuditEvent
	Next  string // the cursor of the next page; empty on the last
}

// AuditEvents gives events, newest first, at most limit of them, from where
// cursor points ("" is the start).
func (s *Service) AuditEvents(ctx context.Context, f AuditFilter, limit int32, cursor string) (AuditPage, error) {
	from, below := uuid.Nil, uuid.Max
	if !f.Since.IsZero() {
		from = firstAt(f.Since)
	}
	if !f.Until.IsZero() {
		below = firstAt(f.Until)
	}
	if cursor != "" {
		id, err := s.auditCursors.decode(cursor)
		if err != nil {
			return AuditPage{}, at("query.cursor", err)
		}
		if id.String() < below.String() {
			below = id
		}
	}
	rows, err := s.auditEvents(ctx, f, from, below, limit+1)
	if err != nil {
		return AuditPage{}, postgres.Fault(err)
	}
	if len(rows) <= int(limit) {
		return AuditPage{Items: rows}, nil
	}
	rows = rows[:limit]
	return AuditPage{Items: rows, Next: s.auditCursors.encode(rows[limit-1].ID)}, nil
}

// auditEvents takes the query whose index serves the filter.
func (s *Service) auditEvents(ctx context.Context, f AuditFilter, from, below uuid.UUID, size int32) ([]usersdb.AuditEvent, error) {
	switch {
	case f.User != nil:
		var kind *string
		if f.Type != "" {
			kind = &f.Type
		}
		return s.lists.ListAuditEventsOfUser(ctx, usersdb.ListAuditEventsOfUserParams{UserID: f.User, Type: kind, FromID: from, Below: below, PageSize: size})
	case f.Type != "":
		return s.lists.ListAuditEventsOfType(ctx, usersdb.ListAuditEventsOfTypeParams{Type: f.Type, FromID: from, Below: below, PageSize: size})
	}
	return s.lists.ListAuditEvents(ctx, usersdb.ListAuditEventsParams{FromID: from, Below: below, PageSize: size})
}

// firstAt is the lowest UUIDv7 of a moment. Moments before 1970 and after
// 10889 are the ends of the scale.
func firstAt(t time.Time) uuid.UUID {
	ms := t.UnixMilli()
	if ms <= 0 {
		return uuid.Nil
	}
	if ms >= 1<<48 {
		return uuid.Max
	}
	var id uuid.UUID
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id
}

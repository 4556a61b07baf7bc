package audit

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/cursor"
)

// Filter says which events a list holds. What is zero does not filter.
type Filter struct {
	User         *uuid.UUID
	Type         string
	Since, Until time.Time // at or after, before
}

// Page is one page of events.
type Page struct {
	Items []Row
	Next  string // the cursor of the next page; empty on the last
}

// The parameters of the three list queries.
type (
	listParams = struct {
		Below, FromID uuid.UUID
		PageSize      int32
	}
	ofTypeParams = struct {
		Type          string
		Below, FromID uuid.UUID
		PageSize      int32
	}
	ofUserParams = struct {
		UserID        *uuid.UUID
		Below, FromID uuid.UUID
		Type          *string
		PageSize      int32
	}
)

// lister is the Queries of either service.
type lister[E, L, T, U any] interface {
	ListAuditEvents(context.Context, L) ([]E, error)
	ListAuditEventsOfType(context.Context, T) ([]E, error)
	ListAuditEventsOfUser(context.Context, U) ([]E, error)
}

// List gives events, newest first, at most limit of them, from where at points
// ("" is the start). It returns the 400 of a cursor that is none, or what the
// database said.
func List[E ~columns, L ~listParams, T ~ofTypeParams, U ~ofUserParams](
	ctx context.Context, q lister[E, L, T, U], cursors cursor.Codec, f Filter, limit int32, at string,
) (Page, error) {
	from, below, err := span(f, cursors, at)
	if err != nil {
		return Page{}, err
	}
	found, err := find(ctx, q, f, from, below, limit+1) // one more tells whether there is a next page
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(found) > int(limit) {
		found = found[:limit]
		page.Next = cursors.Encode(Row(found[limit-1]).ID)
	}
	for _, e := range found {
		page.Items = append(page.Items, Row(e))
	}
	return page, nil
}

// span gives the ids that a page is taken from, the first of them and the one
// after the last.
func span(f Filter, cursors cursor.Codec, at string) (from, below uuid.UUID, err error) {
	from, below = uuid.Nil, uuid.Max
	if !f.Since.IsZero() {
		from = FirstAt(f.Since)
	}
	if !f.Until.IsZero() {
		below = FirstAt(f.Until)
	}
	if at == "" {
		return from, below, nil
	}
	id, err := cursors.Decode(at)
	if err != nil {
		return uuid.Nil, uuid.Nil, err
	}
	if id.String() < below.String() {
		below = id
	}
	return from, below, nil
}

// find takes the query whose index serves the filter.
func find[E ~columns, L ~listParams, T ~ofTypeParams, U ~ofUserParams](
	ctx context.Context, q lister[E, L, T, U], f Filter, from, below uuid.UUID, size int32,
) ([]E, error) {
	switch {
	case f.User != nil:
		var kind *string
		if f.Type != "" {
			kind = &f.Type
		}
		return q.ListAuditEventsOfUser(ctx, U(ofUserParams{UserID: f.User, Type: kind, FromID: from, Below: below, PageSize: size}))
	case f.Type != "":
		return q.ListAuditEventsOfType(ctx, T(ofTypeParams{Type: f.Type, FromID: from, Below: below, PageSize: size}))
	}
	return q.ListAuditEvents(ctx, L(listParams{FromID: from, Below: below, PageSize: size}))
}

package audit

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// The kinds of actors, a closed set (audit_events_actor_kind_check).
const (
	KindPerson  = "person"
	KindService = "service"
	KindSystem  = "system"
)

// Actor is who did it, and from where, as far as that is known.
type Actor struct {
	Kind      string
	ID        string // an account's id, a client's id, or a part of the system
	Address   netip.Addr
	UserAgent string
	RequestID string
}

// System is what happens on nobody's behalf: the part of us that did it.
func System(part string) Actor { return Actor{Kind: KindSystem, ID: part} }

// Values are what changed, as it was or as it became. A password, a hash or a
// token is never among them; the tables refuse them by name.
type Values map[string]any

// Event is one line of the audit.
type Event struct {
	Kind          string    // noun.verb, such as user.created
	User          uuid.UUID // uuid.Nil for events about no account
	Before, After Values
	Count         int64 // 0 is 1
}

// columns are those of both tables, in their order: the row types and the
// parameters of the inserts that sqlc makes.
type columns = struct {
	ID         uuid.UUID
	OccurredAt time.Time
	Type       string
	ActorKind  string
	Actor      string
	UserID     *uuid.UUID
	Before     json.RawMessage
	After      json.RawMessage
	Address    *netip.Addr
	UserAgent  string
	RequestID  string
	Count      int64
}

// Row is an event as either table holds it.
type Row columns

// NewRow makes the row of an event. id is a UUIDv7, and says when.
func NewRow(id uuid.UUID, by Actor, e Event) (Row, error) {
	before, err := json.Marshal(orEmpty(e.Before))
	if err != nil {
		return Row{}, err
	}
	after, err := json.Marshal(orEmpty(e.After))
	if err != nil {
		return Row{}, err
	}
	row := Row{
		ID: id, OccurredAt: TimeOf(id), Type: e.Kind, ActorKind: by.Kind, Actor: by.ID,
		Before: before, After: after, UserAgent: by.UserAgent, RequestID: by.RequestID, Count: max(e.Count, 1),
	}
	if e.User != uuid.Nil {
		row.UserID = &e.User
	}
	if by.Address.IsValid() {
		row.Address = &by.Address
	}
	return row, nil
}

func orEmpty(v Values) Values {
	if v == nil {
		return Values{}
	}
	return v
}

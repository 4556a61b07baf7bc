package audit

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// Record is an event as a person gets it who asks for what is kept about them.
type Record struct {
	ID         uuid.UUID       `json:"id"`
	OccurredAt time.Time       `json:"occurred_at"`
	Type       string          `json:"type"`
	ActorKind  string          `json:"actor_kind"`
	Actor      string          `json:"actor"`
	UserID     *uuid.UUID      `json:"user_id"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
	Address    *netip.Addr     `json:"address"`
	UserAgent  string          `json:"user_agent"`
	RequestID  string          `json:"request_id"`
	Count      int64           `json:"count"`
}

// Export gives a person's events, of either service's table. What they did to
// somebody else is told without that person's data, and what others did to them
// without where those were.
func Export[R ~columns](person uuid.UUID, rows []R) []Record {
	records := make([]Record, 0, len(rows))
	for _, row := range rows {
		r := Record(columns(row))
		if r.UserID != nil && *r.UserID != person {
			r.Before, r.After = nil, nil
		}
		if r.ActorKind == KindPerson && r.Actor != person.String() {
			r.Address, r.UserAgent = nil, ""
		}
		records = append(records, r)
	}
	return records
}

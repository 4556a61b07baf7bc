package rest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/internal/audit"
)

// PageOf is a page of events as both services answer it.
func PageOf(p audit.Page) (sharedapi.AuditEventPage, error) {
	page := sharedapi.AuditEventPage{Items: make([]sharedapi.AuditEvent, 0, len(p.Items)), NextCursor: nullable.NewNullNullable[string]()}
	for _, row := range p.Items {
		event, err := eventOf(row)
		if err != nil {
			return sharedapi.AuditEventPage{}, err
		}
		page.Items = append(page.Items, event)
	}
	if p.Next != "" {
		page.NextCursor.Set(p.Next)
	}
	return page, nil
}

func eventOf(row audit.Row) (sharedapi.AuditEvent, error) {
	event := sharedapi.AuditEvent{
		Id: row.ID, Type: row.Type, OccurredAt: row.OccurredAt.UTC(), UserAgent: row.UserAgent, RequestId: row.RequestID,
		Count: row.Count, Actor: sharedapi.AuditActor{Kind: sharedapi.AuditActorKind(row.ActorKind), Id: row.Actor},
		UserId: nullable.NewNullNullable[uuid.UUID](), Address: nullable.NewNullNullable[string](),
	}
	if row.UserID != nil {
		event.UserId.Set(*row.UserID)
	}
	if row.Address != nil {
		event.Address.Set(row.Address.String())
	}
	if err := errors.Join(json.Unmarshal(row.Before, &event.Before), json.Unmarshal(row.After, &event.After)); err != nil {
		return sharedapi.AuditEvent{}, fmt.Errorf("audit event %s: %w", row.ID, err)
	}
	return event, nil
}

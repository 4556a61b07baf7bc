package rest

import (
	"context"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/idempotency"
)

// keyTable is auth.idempotency_keys. DropOldKeys is sqlc's own.
type keyTable struct{ *authdb.Queries }

var _ idempotency.Store = keyTable{}

// ClaimKey takes a key.
func (t keyTable) ClaimKey(ctx context.Context, claim idempotency.ClaimKeyParams) (uuid.UUID, error) {
	return t.Queries.ClaimKey(ctx, authdb.ClaimKeyParams(claim))
}

// GetKey reads what is kept under a key.
func (t keyTable) GetKey(ctx context.Context, key []byte) (idempotency.Row, error) {
	row, err := t.Queries.GetKey(ctx, key)
	return idempotency.Row(row), err
}

// StoreAnswer keeps an answer.
func (t keyTable) StoreAnswer(ctx context.Context, answer idempotency.StoreAnswerParams) (int64, error) {
	return t.Queries.StoreAnswer(ctx, authdb.StoreAnswerParams(answer))
}

// ReleaseKey gives a key back.
func (t keyTable) ReleaseKey(ctx context.Context, claim idempotency.ReleaseKeyParams) error {
	return t.Queries.ReleaseKey(ctx, authdb.ReleaseKeyParams(claim))
}

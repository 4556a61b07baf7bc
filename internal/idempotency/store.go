package idempotency

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
)

// Store is one service's table: what sqlc makes of its
// queries/…/idempotency_keys.sql, whose parameters and rows convert into the
// types here.
type Store interface {
	// ClaimKey takes a key for 30 s, or gives pgx.ErrNoRows where somebody has it.
	ClaimKey(ctx context.Context, claim ClaimKeyParams) (uuid.UUID, error)
	// GetKey reads what a key was used for; pgx.ErrNoRows where it was for nothing.
	GetKey(ctx context.Context, key []byte) (Row, error)
	// StoreAnswer keeps an answer, if the lease is still the runner's, and
	// says how many rows it wrote.
	StoreAnswer(ctx context.Context, answer StoreAnswerParams) (int64, error)
	// ReleaseKey gives a key back unused.
	ReleaseKey(ctx context.Context, claim ReleaseKeyParams) error
	// DropOldKeys removes what is over a day old, a little at a time.
	DropOldKeys(ctx context.Context, most int32) (int64, error)
}

// ClaimKeyParams name a key, a request and a run of it.
type ClaimKeyParams struct {
	Key         []byte
	Fingerprint []byte
	Lease       uuid.UUID
}

// Row is what is kept under a key; Status is nil while the request runs.
type Row struct {
	Fingerprint []byte
	Status      *int32
	Header      json.RawMessage
	Body        []byte
}

// StoreAnswerParams are an answer and the claim that it ends.
type StoreAnswerParams struct {
	Status int32
	Header json.RawMessage
	Body   []byte
	Key    []byte
	Lease  uuid.UUID
}

// ReleaseKeyParams name a claim.
type ReleaseKeyParams struct {
	Key   []byte
	Lease uuid.UUID
}

package users

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// KeyUse is what became of an attempt to use an Idempotency-Key.
type KeyUse uint8

// The uses of a key.
const (
	KeyClaimed  KeyUse = iota // it is the caller's to run
	KeyReplayed               // it was run: here is the answer
	KeyMismatch               // it was used for another request
	KeyRunning                // the same request is running elsewhere
)

// KeptAnswer is an answer that is given again.
type KeptAnswer struct {
	Status int32
	Header map[string]string
	Body   []byte
}

// KeyClaim is the right to answer under a key, for 30 s.
type KeyClaim struct {
	service *Service
	key     []byte
	lease   uuid.UUID
}

// idempotencyKey derives the HMAC key of names and fingerprints.
func idempotencyKey(secret []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "latchkey idempotency", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("idempotency key: %w", err)
	}
	return key, nil
}

func (s *Service) seal(label string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, s.idempotency)
	h.Write([]byte(label))
	for _, part := range parts {
		h.Write([]byte{0})
		h.Write(part)
	}
	return h.Sum(nil)
}

// UseKey claims an Idempotency-Key, scoped to its caller, for a request, or
// says what stands in the way.
func (s *Service) UseKey(ctx context.Context, caller, key string, request []byte) (KeyUse, KeptAnswer, *KeyClaim, error) {
	name, fingerprint := s.seal("key", []byte(caller), []byte(key)), s.seal("request", request)
	claim := &KeyClaim{service: s, key: name, lease: s.newID()}
	_, err := s.queries.ClaimKey(ctx, usersdb.ClaimKeyParams{Key: name, Fingerprint: fingerprint, Lease: claim.lease})
	if err == nil {
		return KeyClaimed, KeptAnswer{}, claim, nil
	}
	if !postgres.IsNoRows(err) {
		return 0, KeptAnswer{}, nil, postgres.Fault(err)
	}
	row, err := s.queries.GetKey(ctx, name)
	switch {
	case postgres.IsNoRows(err): // released between the two looks
		return KeyRunning, KeptAnswer{}, nil, nil
	case err != nil:
		return 0, KeptAnswer{}, nil, postgres.Fault(err)
	case !hmac.Equal(row.Fingerprint, fingerprint):
		return KeyMismatch, KeptAnswer{}, nil, nil
	case row.Status == nil:
		return KeyRunning, KeptAnswer{}, nil, nil
	}
	kept := KeptAnswer{Status: *row.Status, Body: row.Body}
	if err := json.Unmarshal(row.Header, &kept.Header); err != nil {
		return 0, KeptAnswer{}, nil, fmt.Errorf("kept answer: %w", err)
	}
	return KeyReplayed, kept, nil, nil
}

// Keep stores the answer, unless the claim has lapsed and another has it.
func (c *KeyClaim) Keep(ctx context.Context, a KeptAnswer) error {
	header, err := json.Marshal(a.Header)
	if err != nil {
		return err
	}
	_, err = c.service.queries.StoreAnswer(ctx, usersdb.StoreAnswerParams{
		Key: c.key, Lease: c.lease, Status: a.Status, Header: header, Body: a.Body,
	})
	return postgres.Fault(err)
}

// Release lets the request be made again.
func (c *KeyClaim) Release(ctx context.Context) error {
	return postgres.Fault(c.service.queries.ReleaseKey(ctx, usersdb.ReleaseKeyParams{Key: c.key, Lease: c.lease}))
}

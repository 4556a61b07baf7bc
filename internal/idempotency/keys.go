package idempotency

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Keys are the Idempotency-Keys of one service. It is safe for concurrent use.
type Keys struct {
	store  Store
	secret []byte // the HMAC key of names and fingerprints
	newID  func() uuid.UUID
}

var _ httpapi.Idempotency = (*Keys)(nil)

// New derives what authenticates keys from a service's secret (its
// SESSION_KEY) by HKDF (RFC 5869). Under another secret, no key that was used
// before is known.
func New(store Store, secret []byte) (*Keys, error) {
	derived, err := hkdf.Key(sha256.New, secret, nil, "latchkey idempotency", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("idempotency key: %w", err)
	}
	return &Keys{store: store, secret: derived, newID: func() uuid.UUID { return uuid.Must(uuid.NewV7()) }}, nil
}

// Begin claims a key, scoped to its caller, for a request, or gives the answer
// that was kept. It returns httpapi.ErrIdempotencyMismatch for another request
// under the key, ErrIdempotencyInProgress for the same one while it runs.
func (k *Keys) Begin(ctx context.Context, caller, key string, request []byte) (*httpapi.Answer, httpapi.Claim, error) {
	name, fingerprint := k.seal("key", []byte(caller), []byte(key)), k.seal("request", request)
	made := &claim{store: k.store, key: name, lease: k.newID()}
	_, err := k.store.ClaimKey(ctx, ClaimKeyParams{Key: name, Fingerprint: fingerprint, Lease: made.lease})
	if err == nil {
		return nil, made, nil
	}
	if !postgres.IsNoRows(err) {
		return nil, nil, postgres.Fault(err)
	}
	row, err := k.store.GetKey(ctx, name)
	switch {
	case postgres.IsNoRows(err): // released between the two looks
		return nil, nil, httpapi.ErrIdempotencyInProgress
	case err != nil:
		return nil, nil, postgres.Fault(err)
	case !hmac.Equal(row.Fingerprint, fingerprint):
		return nil, nil, httpapi.ErrIdempotencyMismatch
	case row.Status == nil:
		return nil, nil, httpapi.ErrIdempotencyInProgress
	}
	answer, err := row.answer()
	return answer, nil, err
}

// dropAtOnce is how many keys one Drop removes.
const dropAtOnce = 1000

// Drop removes what is over a day old, a little at a time.
func (k *Keys) Drop(ctx context.Context) error {
	_, err := k.store.DropOldKeys(ctx, dropAtOnce)
	return postgres.Fault(err)
}

// seal is unambiguous: an Idempotency-Key holds no NUL, so the last one parts it
// from its caller; a request stands alone.
func (k *Keys) seal(label string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, k.secret)
	h.Write([]byte(label))
	for _, part := range parts {
		h.Write([]byte{0})
		h.Write(part)
	}
	return h.Sum(nil)
}

// answer is the row as it was given. The header is kept as one value per name.
func (r Row) answer() (*httpapi.Answer, error) {
	var header map[string]string
	if err := json.Unmarshal(r.Header, &header); err != nil {
		return nil, fmt.Errorf("kept answer: %w", err)
	}
	answer := &httpapi.Answer{Status: int(*r.Status), Header: http.Header{}, Body: r.Body}
	for name, value := range header {
		answer.Header.Set(name, value)
	}
	return answer, nil
}

// claim is the right to answer under a key, for 30 s.
type claim struct {
	store Store
	key   []byte
	lease uuid.UUID
}

// Keep stores the answer, unless the claim has lapsed and another has it.
func (c *claim) Keep(ctx context.Context, a httpapi.Answer) error {
	flat := map[string]string{}
	for name := range a.Header {
		flat[name] = a.Header.Get(name)
	}
	header, err := json.Marshal(flat)
	if err != nil {
		return err
	}
	_, err = c.store.StoreAnswer(ctx, StoreAnswerParams{
		Key: c.key, Lease: c.lease, Status: int32(a.Status), Header: header, Body: a.Body,
	})
	return postgres.Fault(err)
}

// Release lets the request be made again.
func (c *claim) Release(ctx context.Context) error {
	return postgres.Fault(c.store.ReleaseKey(ctx, ReleaseKeyParams{Key: c.key, Lease: c.lease}))
}

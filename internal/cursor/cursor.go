package cursor

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// macSize is how much of the HMAC-SHA-256 a cursor carries, in bytes. A forger
// has 2^-128 per try.
const macSize = 16

// Codec makes and reads the cursors of one list. It is safe for concurrent use.
type Codec struct {
	keys [][]byte // the current one first
}

// New derives a list's MAC keys (HKDF, RFC 5869): the secret itself serves no
// two purposes, and lists of different names have different keys. Cursors
// made under previous, which may be nil, are still read.
func New(list string, current, previous []byte) (Codec, error) {
	var c Codec
	for _, secret := range [][]byte{current, previous} {
		if len(secret) == 0 {
			continue
		}
		key, err := hkdf.Key(sha256.New, secret, nil, "latchkey cursor "+list, sha256.Size)
		if err != nil {
			return Codec{}, fmt.Errorf("cursor key: %w", err)
		}
		c.keys = append(c.keys, key)
	}
	if len(c.keys) == 0 {
		return Codec{}, errors.New("cursor key: none was given")
	}
	return c, nil
}

// Encode gives the cursor of an id: 43 characters of base64url.
func (c Codec) Encode(id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append(id[:], mac(c.keys[0], id)...))
}

// Decode gives the id of a cursor. What Encode did not make is a 400 that
// points at query.cursor.
func (c Codec) Decode(text string) (uuid.UUID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != len(uuid.UUID{})+macSize || base64.RawURLEncoding.EncodeToString(raw) != text {
		return uuid.UUID{}, refused()
	}
	id := uuid.UUID(raw[:16])
	for _, key := range c.keys {
		if hmac.Equal(mac(key, id), raw[16:]) {
			return id, nil
		}
	}
	return uuid.UUID{}, refused()
}

func refused() error {
	return fault.Fields(fault.Field{Pointer: "query.cursor", Detail: "is not a cursor of this list"})
}

func mac(key []byte, id uuid.UUID) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(id[:])
	return h.Sum(nil)[:macSize]
}

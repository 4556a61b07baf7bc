package users

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

var errCursor = errors.New("is not a cursor of this list")

// cursorMAC is how much of the HMAC-SHA-256 a cursor carries, in bytes. A
// forger has 2^-128 per try.
const cursorMAC = 16

// cursors makes and reads page cursors: an id and a MAC over it, so that a
// client can only come back to where a page ended.
type cursors struct {
	keys [][]byte // the current one first
}

// newCursors derives the MAC keys (HKDF, RFC 5869): the secret itself serves
// no two purposes, and a cursor of one list is none of another.
func newCursors(list string, current, previous []byte) (cursors, error) {
	var c cursors
	for _, secret := range [][]byte{current, previous} {
		if len(secret) == 0 {
			continue
		}
		key, err := hkdf.Key(sha256.New, secret, nil, "latchkey cursor "+list, sha256.Size)
		if err != nil {
			return cursors{}, fmt.Errorf("cursor key: %w", err)
		}
		c.keys = append(c.keys, key)
	}
	if len(c.keys) == 0 {
		return cursors{}, errors.New("cursor key: none was given")
	}
	return c, nil
}

func (c cursors) encode(id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append(id[:], mac(c.keys[0], id)...))
}

func (c cursors) decode(text string) (uuid.UUID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != len(uuid.UUID{})+cursorMAC || base64.RawURLEncoding.EncodeToString(raw) != text {
		return uuid.UUID{}, errCursor
	}
	id := uuid.UUID(raw[:16])
	for _, key := range c.keys {
		if hmac.Equal(mac(key, id), raw[16:]) {
			return id, nil
		}
	}
	return uuid.UUID{}, errCursor
}

func mac(key []byte, id uuid.UUID) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(id[:])
	return h.Sum(nil)[:cursorMAC]
}

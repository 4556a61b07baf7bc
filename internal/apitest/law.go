package apitest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/google/uuid"
)

// Law writes tokens as the contract says they are made: from SESSION_KEY and a
// row. It is written here a second time, so that a service's own code is held
// against something.
type Law struct{ refresh, oneTime []byte }

// NewLaw derives the keys of a SESSION_KEY.
func NewLaw(t testing.TB, sessionKey []byte) Law {
	t.Helper()
	derive := func(label string) []byte {
		key, err := hkdf.Key(sha256.New, sessionKey, nil, label, 32)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	return Law{refresh: derive("latchkey refresh token v1"), oneTime: derive("latchkey one-time token v1")}
}

// Refresh is the refresh token of a session's generation.
func (l Law) Refresh(session uuid.UUID, generation uint64, salt []byte) string {
	message := append(binary.BigEndian.AppendUint64(session[:], generation), salt...)
	return fmt.Sprintf("v1.%s.%d.%s", session, generation, base64.RawURLEncoding.EncodeToString(mac(l.refresh, message)))
}

// OneTime is the token of a mailed link.
func (l Law) OneTime(id uuid.UUID, salt []byte) string {
	return base64.RawURLEncoding.EncodeToString(mac(l.oneTime, append(id[:], salt...)))
}

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

package fill

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
)

// Tokens makes the refresh tokens of filled sessions. It is written a second
// time here so that the auth service has no way to hand one out; a test
// exchanges its tokens at the service.
type Tokens struct{ key []byte }

// NewTokens takes the auth service's SESSION_KEY: the bytes, not their base64.
func NewTokens(sessionKey []byte) (Tokens, error) {
	key, err := hkdf.Key(sha256.New, sessionKey, nil, "latchkey refresh token v1", sha256.Size)
	return Tokens{key: key}, err
}

// Refresh is the refresh token of session n at a generation. The one that the
// service takes first is 1, and each exchange adds one.
func (t Tokens) Refresh(n, generation int64) string {
	id, salt := SessionID(n), SessionSalt(n)
	mac := hmac.New(sha256.New, t.key)
	mac.Write(id[:])
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(generation)))
	mac.Write(salt[:])
	return "v1." + id.String() + "." + strconv.FormatInt(generation, 10) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

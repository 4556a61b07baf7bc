package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// refreshToken is a refresh token taken apart: v1.<sid>.<generation>.<mac>.
type refreshToken struct {
	session    uuid.UUID
	generation int64
	mac        []byte
}

const refreshVersion = "v1"

// saltSize is the size of a session's salt, in bytes.
const saltSize = 16

// parseRefreshToken takes a token apart; there is one spelling of each token
// and nothing else passes (base64 skips line ends even when strict). It says
// nothing about whether the MAC is right.
func parseRefreshToken(text string) (refreshToken, bool) {
	parts := strings.SplitN(text, ".", 5)
	if strings.ContainsAny(text, "\r\n") || len(parts) != 4 || parts[0] != refreshVersion {
		return refreshToken{}, false
	}
	session, err := uuid.Parse(parts[1])
	if err != nil || session.String() != parts[1] {
		return refreshToken{}, false
	}
	generation, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || generation < 1 || strconv.FormatInt(generation, 10) != parts[2] {
		return refreshToken{}, false
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(parts[3])
	if err != nil || len(mac) != sha256.Size {
		return refreshToken{}, false
	}
	return refreshToken{session: session, generation: generation, mac: mac}, true
}

// refreshTokens makes and checks refresh tokens. The database holds the salt
// and never the key, so that neither alone yields a token.
type refreshTokens struct {
	keys [][]byte // the current one first, then SESSION_KEY_PREVIOUS
}

func newRefreshTokens(current, previous []byte) (refreshTokens, error) {
	keys, err := derivedKeys("latchkey refresh token v1", current, previous)
	return refreshTokens{keys: keys}, err
}

// make writes the token of a generation; the same input gives the same token.
func (t refreshTokens) make(session uuid.UUID, generation int64, salt []byte) string {
	mac := refreshMAC(t.keys[0], session, generation, salt)
	return strings.Join([]string{
		refreshVersion, session.String(), strconv.FormatInt(generation, 10), base64.RawURLEncoding.EncodeToString(mac),
	}, ".")
}

// genuine reports whether we made the token, under either key.
func (t refreshTokens) genuine(token refreshToken, salt []byte) bool {
	for _, key := range t.keys {
		if hmac.Equal(token.mac, refreshMAC(key, token.session, token.generation, salt)) {
			return true
		}
	}
	return false
}

// refreshMAC is HMAC-SHA-256 over session, generation and salt, each of fixed
// size, so that no two inputs read alike.
func refreshMAC(key []byte, session uuid.UUID, generation int64, salt []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(session[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(generation)))
	h.Write(salt)
	return h.Sum(nil)
}

// LooksLikeRefreshToken reports whether text is spelled as a refresh token is.
// It says nothing about whether it is one.
func LooksLikeRefreshToken(text string) bool {
	_, ok := parseRefreshToken(text)
	return ok
}

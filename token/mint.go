package token

import (
	"encoding/json"
	"errors"
	"fmt"
)

// signatureRoom is what most signatures take at most, in bytes: RS256 under 2048
// bits. A larger one makes the buffer grow.
const signatureRoom = 256

// wireHeader is all that the header of our tokens holds.
type wireHeader struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
	KID       string `json:"kid"`
}

// Mint writes and signs a token. The key is an argument, not state, because it
// changes under a running service at rotation: ask the key ring each time. The
// algorithm is the key's.
//
// It refuses claims that no Verifier would accept: iss, sub, aud, exp, iat, jti
// and client_id are required, and the token may have MaxLength bytes. Errors are
// programming or key faults, never the caller's.
func Mint(key SigningKey, c Claims) (string, error) {
	if key.Private == nil || key.KID == "" || len(key.KID) > maxKIDLength {
		return "", errors.New("mint: no signing key")
	}
	if err := c.complete(); err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	half, err := publicHalf(key.Private)
	if err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	alg, method, err := algorithmOf(half)
	if err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	if alg != key.Algorithm {
		return "", errors.New("mint: the signing key is for another algorithm than it says")
	}
	header, err := json.Marshal(wireHeader{Algorithm: alg, Type: mediaType, KID: key.KID})
	if err != nil {
		return "", fmt.Errorf("mint: header: %w", err)
	}
	payload, err := json.Marshal(c.wire())
	if err != nil {
		return "", fmt.Errorf("mint: payload: %w", err)
	}
	buf := make([]byte, 0, encoding.EncodedLen(len(header)+len(payload)+signatureRoom)+8)
	buf = append(encoding.AppendEncode(buf, header), '.')
	buf = encoding.AppendEncode(buf, payload)
	signature, err := method.Sign(string(buf), key.Private)
	if err != nil {
		return "", fmt.Errorf("mint: sign: %w", err)
	}
	buf = encoding.AppendEncode(append(buf, '.'), signature)
	if len(buf) > MaxLength {
		return "", fmt.Errorf("mint: the token would have %d bytes, more than %d", len(buf), MaxLength)
	}
	return string(buf), nil
}

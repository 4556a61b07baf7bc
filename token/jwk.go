package token

import (
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
)

// JWK is an RSA public key in a key set (RFC 7517, section 4; RFC 7518, section
// 6.3.1). It has no member for anything private.
type JWK struct {
	KeyType   string `json:"kty"` // RSA
	Modulus   string `json:"n"`   // Base64urlUInt
	Exponent  string `json:"e"`   // Base64urlUInt
	KID       string `json:"kid"`
	Algorithm string `json:"alg"` // RS256
	Use       string `json:"use"` // sig
}

// JWKSet is a key set (RFC 7517, section 5).
type JWKSet struct {
	Keys []JWK `json:"keys"`
}

// NewJWK writes pub as a key for RS256 signatures.
func NewJWK(kid string, pub *rsa.PublicKey) JWK {
	return JWK{
		KeyType: "RSA", Modulus: encoding.EncodeToString(pub.N.Bytes()), Exponent: encodeExponent(pub),
		KID: kid, Algorithm: RS256, Use: "sig",
	}
}

// Thumbprint is the SHA-256 thumbprint of pub (RFC 7638, section 3), which is
// the kid of each of latchkey's keys: 43 characters of base64url.
func Thumbprint(pub *rsa.PublicKey) string {
	// The required members alone, in this order, without white space.
	text := `{"e":"` + encodeExponent(pub) + `","kty":"RSA","n":"` + encoding.EncodeToString(pub.N.Bytes()) + `"}`
	sum := sha256.Sum256([]byte(text))
	return encoding.EncodeToString(sum[:])
}

func encodeExponent(pub *rsa.PublicKey) string {
	return encoding.EncodeToString(big.NewInt(int64(pub.E)).Bytes())
}

// ParseJWKSet reads a key set. Keys that it has no use for are passed over, as
// RFC 7517, section 5 says: other types, uses and algorithms, moduli below 2048
// bits, values out of range, and keys whose private half is there to be read.
// Text that is not a key set, duplicate members and two usable keys of one kid
// refuse the whole. kid need not be a thumbprint: that is latchkey's own habit.
// The answer may be empty. Errors hold nothing of the input.
func ParseJWKSet(data []byte) ([]PublicKey, error) {
	o, err := decodeObject(data)
	if err != nil {
		return nil, err
	}
	list, ok := o["keys"].([]any)
	if !ok {
		return nil, errors.New("keys must be an array")
	}
	var keys []PublicKey
	seen := map[string]bool{}
	for _, element := range list {
		k, ok := parseJWK(element)
		if !ok {
			continue
		}
		if seen[k.KID] {
			return nil, errors.New("two keys of one kid")
		}
		seen[k.KID] = true
		keys = append(keys, k)
	}
	return keys, nil
}

func parseJWK(element any) (PublicKey, bool) {
	o, ok := element.(map[string]any)
	if !ok || o["kty"] != "RSA" || o["use"] != "sig" || o["alg"] != RS256 {
		return PublicKey{}, false
	}
	if _, private := o["d"]; private { // whoever reads the set can sign with it
		return PublicKey{}, false
	}
	kid, _ := o["kid"].(string)
	if kid == "" || len(kid) > maxKIDLength {
		return PublicKey{}, false
	}
	n, okN := parseUint(o["n"])
	e, okE := parseUint(o["e"])
	if !okN || !okE || n.Bit(0) == 0 || e.Bit(0) == 0 {
		return PublicKey{}, false
	}
	if e.BitLen() > 31 || e.Int64() < 3 { // crypto/rsa takes no larger exponent
		return PublicKey{}, false
	}
	k := PublicKey{KID: kid, Algorithm: RS256, Key: &rsa.PublicKey{N: n, E: int(e.Int64())}}
	_, ok = k.rsaKey()
	return k, ok
}

// parseUint reads a Base64urlUInt (RFC 7518, section 2): the fewest octets, so
// no leading zero.
func parseUint(v any) (*big.Int, bool) {
	s, _ := v.(string)
	b, err := encoding.DecodeString(s)
	if err != nil || len(b) == 0 || b[0] == 0 {
		return nil, false
	}
	return new(big.Int).SetBytes(b), true
}

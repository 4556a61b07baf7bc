package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// What kty and crv say of our keys (RFC 7518, section 6; RFC 8037, section 2).
const (
	typeRSA      = "RSA"
	typeEC       = "EC"
	typeOKP      = "OKP"
	curveP256    = "P-256"
	curveEd25519 = "Ed25519"
	coordinate   = 32 // octets of x and y on both curves, leading zeros included
)

// JWK is a public key in a key set (RFC 7517, section 4): an RSA key has n and e
// (RFC 7518, section 6.3.1), one on P-256 has crv, x and y (section 6.2.1), an
// Ed25519 key has crv and x (RFC 8037, section 2). It has no member for anything
// private.
type JWK struct {
	KeyType   string `json:"kty"`           // RSA, EC or OKP
	Modulus   string `json:"n,omitempty"`   // Base64urlUInt
	Exponent  string `json:"e,omitempty"`   // Base64urlUInt
	Curve     string `json:"crv,omitempty"` // P-256 or Ed25519
	X         string `json:"x,omitempty"`   // 32 octets in base64url
	Y         string `json:"y,omitempty"`   // 32 octets in base64url
	KID       string `json:"kid"`
	Algorithm string `json:"alg"` // RS256, ES256 or EdDSA
	Use       string `json:"use"` // sig
}

// JWKSet is a key set (RFC 7517, section 5).
type JWKSet struct {
	Keys []JWK `json:"keys"`
}

// NewJWK writes k as a key for signatures. It returns an error for a key that
// ParseJWKSet would pass over.
func NewJWK(k PublicKey) (JWK, error) {
	j, err := bareJWK(k.Key)
	if err != nil {
		return JWK{}, err
	}
	if alg, _, err := algorithmOf(k.Key); err != nil || alg != k.Algorithm {
		return JWK{}, errors.New("the key is for another algorithm than it says")
	}
	if k.KID == "" || len(k.KID) > maxKIDLength {
		return JWK{}, fmt.Errorf("kid must have 1 to %d bytes", maxKIDLength)
	}
	j.KID, j.Algorithm, j.Use = k.KID, k.Algorithm, "sig"
	return j, nil
}

// Thumbprint is the SHA-256 thumbprint of pub (RFC 7638, section 3; RFC 8037,
// section 2), which is the kid of each of latchkey's keys: 43 characters of
// base64url. It returns an error for a key that NewPublicKey does not take.
func Thumbprint(pub crypto.PublicKey) (string, error) {
	j, err := bareJWK(pub)
	if err != nil {
		return "", err
	}
	// The required members alone, in this order, without white space.
	var text string
	switch j.KeyType {
	case typeRSA:
		text = `{"e":"` + j.Exponent + `","kty":"RSA","n":"` + j.Modulus + `"}`
	case typeEC:
		text = `{"crv":"P-256","kty":"EC","x":"` + j.X + `","y":"` + j.Y + `"}`
	case typeOKP:
		text = `{"crv":"Ed25519","kty":"OKP","x":"` + j.X + `"}`
	}
	sum := sha256.Sum256([]byte(text))
	return encoding.EncodeToString(sum[:]), nil
}

// bareJWK writes what makes the key, without name and purpose.
func bareJWK(pub crypto.PublicKey) (JWK, error) {
	if _, _, err := algorithmOf(pub); err != nil {
		return JWK{}, err
	}
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return JWK{
			KeyType: typeRSA, Modulus: encoding.EncodeToString(k.N.Bytes()),
			Exponent: encoding.EncodeToString(big.NewInt(int64(k.E)).Bytes()),
		}, nil
	case *ecdsa.PublicKey:
		point, err := k.Bytes() // 4, x, y; an error where that is not on the curve
		if err != nil {
			return JWK{}, errKey
		}
		x, y := point[1:1+coordinate], point[1+coordinate:]
		return JWK{KeyType: typeEC, Curve: curveP256, X: encoding.EncodeToString(x), Y: encoding.EncodeToString(y)}, nil
	case ed25519.PublicKey:
		return JWK{KeyType: typeOKP, Curve: curveEd25519, X: encoding.EncodeToString(k)}, nil
	}
	return JWK{}, errKey
}

// ParseJWKSet reads a key set. Keys that it has no use for are passed over, as
// RFC 7517, section 5 says: other types, curves, uses and algorithms, moduli
// below 2048 bits, values out of range, points that are not on their curve, and
// keys whose private half is there to be read.
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
	if !ok || o["use"] != "sig" {
		return PublicKey{}, false
	}
	for _, member := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		if _, private := o[member]; private { // whoever reads the set can sign with it
			return PublicKey{}, false
		}
	}
	kid, _ := o["kid"].(string)
	if kid == "" || len(kid) > maxKIDLength {
		return PublicKey{}, false
	}
	var pub crypto.PublicKey
	switch {
	case o["kty"] == typeRSA:
		pub = parseRSA(o)
	case o["kty"] == typeEC && o["crv"] == curveP256:
		pub = parseP256(o)
	case o["kty"] == typeOKP && o["crv"] == curveEd25519:
		pub = parseEd25519(o)
	}
	alg, _, err := algorithmOf(pub)
	if err != nil || o["alg"] != alg {
		return PublicKey{}, false
	}
	return PublicKey{KID: kid, Algorithm: alg, Key: pub}, true
}

// The parsers give a nil key, in an interface or not, for values out of range.

func parseRSA(o map[string]any) *rsa.PublicKey {
	n, okN := parseUint(o["n"])
	e, okE := parseUint(o["e"])
	if !okN || !okE || n.Bit(0) == 0 || e.Bit(0) == 0 {
		return nil
	}
	if e.BitLen() > 31 || e.Int64() < 3 { // crypto/rsa takes no larger exponent
		return nil
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}
}

func parseP256(o map[string]any) *ecdsa.PublicKey {
	x, okX := parseCoordinate(o["x"])
	y, okY := parseCoordinate(o["y"])
	if !okX || !okY {
		return nil
	}
	point := append(append([]byte{4}, x...), y...) // uncompressed (SEC 1, section 2.3.3)
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil
	}
	return pub
}

func parseEd25519(o map[string]any) ed25519.PublicKey {
	x, ok := parseCoordinate(o["x"])
	if !ok {
		return nil
	}
	return ed25519.PublicKey(x)
}

// parseCoordinate reads an octet string of full length (RFC 7518, section
// 6.2.1.2; RFC 8037, section 2).
func parseCoordinate(v any) ([]byte, bool) {
	s, _ := v.(string)
	b, err := encoding.DecodeString(s)
	return b, err == nil && len(b) == coordinate && !strings.ContainsAny(s, "\r\n")
}

// parseUint reads a Base64urlUInt (RFC 7518, section 2): the fewest octets, so
// no leading zero.
func parseUint(v any) (*big.Int, bool) {
	s, _ := v.(string)
	b, err := encoding.DecodeString(s)
	if err != nil || len(b) == 0 || b[0] == 0 || strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	return new(big.Int).SetBytes(b), true
}

package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

// The algorithms that tokens may be signed with. A key is bound to one of them:
// a token cannot choose (RFC 8725, section 3.1).
const (
	RS256 = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3)
	ES256 = "ES256" // ECDSA on P-256 with SHA-256; the signature is r and s, 64 bytes (RFC 7518, section 3.4)
	EdDSA = "EdDSA" // Ed25519 alone (RFC 8037, section 3.1)
)

// Bounds on what an RSA key may be. Below 2048 bits RS256 is not allowed (RFC
// 7518, section 3.3); above 8192 a verification costs more than a request should.
const (
	minModulusBits = 2048
	maxModulusBits = 8192
)

// errKey says no more, for a key may be somebody's private one.
var errKey = errors.New("not an RSA key of 2048 to 8192 bits, a P-256 key or an Ed25519 key")

// Algorithms lists what a key may sign with (RFC 7518, section 3.1; RFC 8037,
// section 3.1).
func Algorithms() []string { return []string{RS256, ES256, EdDSA} }

// isAlgorithm says whether a header may have alg at all. It is asked for each
// token, so it makes no list.
func isAlgorithm(alg string) bool { return alg == RS256 || alg == ES256 || alg == EdDSA }

// algorithmOf gives the algorithm that keys of pub's type are for, and what does
// it. It does not look whether a point is on its curve: NewPublicKey and each
// verification do.
func algorithmOf(pub crypto.PublicKey) (string, jwt.SigningMethod, error) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if k != nil && k.N != nil && k.N.BitLen() >= minModulusBits && k.N.BitLen() <= maxModulusBits {
			return RS256, jwt.SigningMethodRS256, nil
		}
	case *ecdsa.PublicKey:
		if k != nil && k.Curve == elliptic.P256() && k.X != nil && k.Y != nil { //nolint:staticcheck // SA1019: compared with nil alone
			return ES256, jwt.SigningMethodES256, nil
		}
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return EdDSA, jwt.SigningMethodEdDSA, nil
		}
	}
	return "", nil, errKey
}

// verify says whether signature, which claims to be one by alg, holds under k.
// alg must be the key's own algorithm, and that its type's.
func (k PublicKey) verify(alg, signed string, signature []byte) error {
	own, method, err := algorithmOf(k.Key)
	if err != nil || own != k.Algorithm || own != alg {
		return invalid("the key is not for the token's algorithm")
	}
	if method.Verify(signed, signature, k.Key) != nil {
		return invalid("the signature does not hold")
	}
	return nil
}

// same says whether k and other verify the same signatures. It is asked for
// each request with a token that was seen before.
func (k PublicKey) same(other PublicKey) bool {
	if _, _, err := algorithmOf(k.Key); err != nil || k.Algorithm != other.Algorithm {
		return false
	}
	if own, ok := k.Key.(*rsa.PublicKey); ok { // its Equal copies both, to compare secrets
		others, ok := other.Key.(*rsa.PublicKey)
		return ok && own.E == others.E && own.N.Cmp(others.N) == 0
	}
	comparable, ok := k.Key.(interface{ Equal(x crypto.PublicKey) bool })
	return ok && comparable.Equal(other.Key)
}

// publicHalf gives the public half of a private key of a type that we take.
func publicHalf(private crypto.Signer) (crypto.PublicKey, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		if k != nil {
			return k.Public(), nil
		}
	case *ecdsa.PrivateKey:
		if k != nil {
			return k.Public(), nil
		}
	case ed25519.PrivateKey:
		if len(k) == ed25519.PrivateKeySize {
			return k.Public(), nil
		}
	}
	return nil, errKey
}

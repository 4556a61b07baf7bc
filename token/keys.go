package token

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
)

// RS256 is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3), the one
// algorithm of this version. A key is bound to it: a token cannot choose.
const RS256 = "RS256"

// Bounds on what a key may be. Below 2048 bits RS256 is not allowed (RFC 7518,
// section 3.3); above 8192 a verification costs more than a request should.
const (
	minModulusBits = 2048
	maxModulusBits = 8192
	maxKIDLength   = 128 // bytes
)

// Errors of this package, for errors.Is.
var (
	// ErrInvalid says that the token is not to be believed. Callers answer 401
	// and do not say why; the wrapped text is for the log and holds no token.
	ErrInvalid = errors.New("invalid token")
	// ErrKeysUnavailable says that there is no usable key set, so that nothing is
	// known about the token. Callers answer 503, never 401.
	ErrKeysUnavailable = errors.New("no usable key set")
	// ErrUnknownKey is what a KeySet answers for a kid that its current set does
	// not hold. Verify turns it into ErrInvalid.
	ErrUnknownKey = errors.New("unknown key")
)

func invalid(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }

// PublicKey is a key that tokens are verified with.
type PublicKey struct {
	KID       string
	Algorithm string           // RS256
	Key       crypto.PublicKey // *rsa.PublicKey
}

// KeySet finds the key that a token names. Key returns ErrUnknownKey for a kid
// that is not (or no longer) in the set; Verify takes every other error for
// ErrKeysUnavailable. It is asked at each verification, also for a token that
// was seen before, so it must be quick: a map look-up in the usual case.
//
// Remote asks another service, keyring.Ring (in this module) the database, and
// Static holds what it was given.
type KeySet interface {
	Key(ctx context.Context, kid string) (PublicKey, error)
}

// Static is a key set that does not change, by kid.
type Static map[string]PublicKey

// NewStatic makes a key set of RSA public keys under their thumbprints.
func NewStatic(keys ...*rsa.PublicKey) Static {
	s := make(Static, len(keys))
	for _, k := range keys {
		kid := Thumbprint(k)
		s[kid] = PublicKey{KID: kid, Algorithm: RS256, Key: k}
	}
	return s
}

// Key implements KeySet.
func (s Static) Key(_ context.Context, kid string) (PublicKey, error) {
	k, ok := s[kid]
	if !ok {
		return PublicKey{}, ErrUnknownKey
	}
	return k, nil
}

// SigningKey is the key that tokens are minted with. It prints as its kid alone.
type SigningKey struct {
	KID     string
	Private *rsa.PrivateKey
}

// String leaves the private key out of %v and %s.
func (k SigningKey) String() string { return "signing key " + k.KID }

// GoString leaves the private key out of %#v.
func (k SigningKey) GoString() string { return k.String() }

// LogValue leaves the private key out of slog, whose JSON handler would follow
// the pointer.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// rsaKey gives k as an RSA key that RS256 may be used with.
func (k PublicKey) rsaKey() (*rsa.PublicKey, bool) {
	pub, ok := k.Key.(*rsa.PublicKey)
	if !ok || pub == nil || pub.N == nil || k.Algorithm != RS256 {
		return nil, false
	}
	bits := pub.N.BitLen()
	return pub, bits >= minModulusBits && bits <= maxModulusBits
}

package token

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
)

const maxKIDLength = 128 // bytes

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

// PublicKey is a key that tokens are verified with, and the one algorithm that
// it is for.
type PublicKey struct {
	KID       string
	Algorithm string           // RS256, ES256 or EdDSA
	Key       crypto.PublicKey // *rsa.PublicKey, *ecdsa.PublicKey (P-256) or ed25519.PublicKey
}

// NewPublicKey gives pub with the algorithm of its type, under its thumbprint.
// It takes RSA keys of 2048 to 8192 bits, and those on P-256 and Ed25519.
func NewPublicKey(pub crypto.PublicKey) (PublicKey, error) {
	kid, err := Thumbprint(pub)
	if err != nil {
		return PublicKey{}, err
	}
	alg, _, err := algorithmOf(pub)
	return PublicKey{KID: kid, Algorithm: alg, Key: pub}, err
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

// NewStatic makes a key set of keys, such as those of NewPublicKey and
// ParseJWKSet. Of two with one kid the last counts.
func NewStatic(keys ...PublicKey) Static {
	s := make(Static, len(keys))
	for _, k := range keys {
		s[k.KID] = k
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
	KID       string
	Algorithm string        // RS256, ES256 or EdDSA
	Private   crypto.Signer // *rsa.PrivateKey, *ecdsa.PrivateKey (P-256) or ed25519.PrivateKey
}

// NewSigningKey gives private with the algorithm of its type, under its public
// half's thumbprint. It takes what NewPublicKey takes.
func NewSigningKey(private crypto.Signer) (SigningKey, error) {
	half, err := publicHalf(private)
	if err != nil {
		return SigningKey{}, err
	}
	pub, err := NewPublicKey(half)
	if err != nil {
		return SigningKey{}, err
	}
	return SigningKey{KID: pub.KID, Algorithm: pub.Algorithm, Private: private}, nil
}

// String leaves the private key out of %v and %s.
func (k SigningKey) String() string { return "signing key " + k.KID }

// GoString leaves the private key out of %#v.
func (k SigningKey) GoString() string { return k.String() }

// LogValue leaves the private key out of slog, whose JSON handler would follow
// the pointer.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

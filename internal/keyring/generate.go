package keyring

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/token"
)

const defaultBits = 2048

// kindOf fills in what is left open of an algorithm and a size, and refuses what
// we do not make.
func kindOf(algorithm string, bits int) (string, int, error) {
	switch algorithm {
	case "", token.RS256:
		if bits == 0 {
			bits = defaultBits
		}
		if !slices.Contains([]int{2048, 3072, 4096}, bits) {
			return "", 0, fmt.Errorf("KEY_BITS must be 2048, 3072 or 4096, not %d", bits)
		}
		return token.RS256, bits, nil
	case token.ES256, token.EdDSA:
		return algorithm, 0, nil
	}
	return "", 0, fmt.Errorf("KEY_ALG must be %s, %s or %s, not %q", token.RS256, token.ES256, token.EdDSA, algorithm)
}

// newKey makes a private key. RSA takes about 0.1 s at 2048 bits, and a second or
// more at 4096.
func newKey(algorithm string, bits int) (crypto.Signer, error) {
	switch algorithm {
	case token.ES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case token.EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}
	return rsa.GenerateKey(rand.Reader, bits)
}

// sealedKey is a key as its row has it, the private half sealed for its kid.
type sealedKey struct {
	kid, algorithm  string
	bits            int
	public, private []byte
}

// generate makes a key whose kid does not begin with a dash, as a command would
// take that for a flag; one in 64 does.
func (s *Store) generate(algorithm string, bits int) (*sealedKey, error) {
	for {
		private, err := newKey(algorithm, bits)
		if err != nil {
			return nil, fmt.Errorf("generate a signing key: %w", err)
		}
		made, err := s.seal(private)
		if err != nil || made.kid[0] != '-' {
			return made, err
		}
	}
}

// seal writes the halves of a key as SPKI (RFC 5280, section 4.1.2.7) and PKCS #8
// (RFC 5958), the latter encrypted. Errors hold no key material.
func (s *Store) seal(private crypto.Signer) (*sealedKey, error) {
	if s.cipher == nil {
		return nil, errors.New("KEY_ENCRYPTION_KEY is needed to keep a private key")
	}
	key, err := token.NewSigningKey(private)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil, errors.New("signing key: the public half cannot be written as SPKI")
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, errors.New("signing key: the private half cannot be written as PKCS #8")
	}
	defer clear(der)
	return &sealedKey{
		kid: key.KID, algorithm: key.Algorithm, bits: bitsOf(private.Public()), public: public,
		private: s.cipher.Seal(der, []byte(key.KID)),
	}, nil
}

// bitsOf is the size of an RSA modulus, 0 for other kinds, whose size is one.
func bitsOf(public crypto.PublicKey) int {
	if k, ok := public.(*rsa.PublicKey); ok {
		return k.N.BitLen()
	}
	return 0
}

// described is what the audit says of a key.
func (k *sealedKey) described() audit.Values {
	v := audit.Values{"kid": k.kid, "algorithm": k.algorithm, "state": Pending}
	if k.bits > 0 {
		v["bits"] = k.bits
	}
	return v
}

// insertPending publishes a key. It returns false where the kid is or was there.
func insertPending(ctx context.Context, q *authdb.Queries, k *sealedKey) (bool, error) {
	inserted, err := q.InsertPendingKey(ctx, authdb.InsertPendingKeyParams{
		Kid: k.kid, Algorithm: k.algorithm, PublicKey: k.public, PrivateKey: k.private,
	})
	return inserted == 1, err
}

// Generate makes one more pending key. What is left open of algorithm and bits is
// as the store's options have it. With dry the key is made, checked and thrown
// away. It returns ErrTooMany, or the 400 of a kind that we do not make.
func (s *Store) Generate(ctx context.Context, by audit.Actor, algorithm string, bits int, dry bool) (Key, error) {
	if algorithm == "" {
		algorithm = s.options.Algorithm
		if bits == 0 {
			bits = s.options.Bits
		}
	}
	if bits != 0 && algorithm != token.RS256 {
		return Key{}, ErrKind
	}
	algorithm, bits, err := kindOf(algorithm, bits)
	if err != nil {
		return Key{}, ErrKind.Because(err)
	}
	if r, err := s.List(ctx, false); err != nil {
		return Key{}, err
	} else if (ring{keys: r}).full() {
		return Key{}, ErrTooMany // before a key is made for nothing
	}
	made, err := s.generate(algorithm, bits)
	if err != nil {
		return Key{}, err
	}
	key, _, err := s.add(ctx, by, "key.created", made, dry)
	return key, err
}

// add puts a key into the ring, pending. again says that it is there already.
func (s *Store) add(ctx context.Context, by audit.Actor, event string, made *sealedKey, dry bool) (key Key, again bool, err error) {
	err = s.move(ctx, dry, func(q *authdb.Queries, r ring) error {
		if key, again = r.find(made.kid); again {
			if !key.live() {
				return ErrOnceThere
			}
			return nil
		}
		if r.full() {
			return ErrTooMany
		}
		if _, err := insertPending(ctx, q, made); err != nil {
			return err
		}
		if err := record(ctx, q, by, event, nil, made.described()); err != nil {
			return err
		}
		after, err := read(ctx, q)
		key, _ = after.find(made.kid)
		return err
	})
	return key, again, err
}

package keyring

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/token"
)

// ErrNoSigningKey says that no key is active, or none that can be decrypted.
var ErrNoSigningKey = errors.New("no active signing key")

// errMismatch is a row whose parts do not belong together.
var errMismatch = errors.New("the private key is not the public key's")

// snapshot is the key ring at one moment. It is never changed, only replaced.
type snapshot struct {
	rows    []authdb.SigningKey // what it was built from
	keys    map[string]token.PublicKey
	signing token.SigningKey // Private is nil where there is none
	jwks    []byte
	etag    string
	fault   error // tells of keys that had to be left out
}

// build makes a snapshot of rows, which have the active key first. Keys that
// cannot be used are left out and told of in fault; the snapshot is good to use
// for the others, for a bad row must not keep a revocation from taking effect.
func build(rows []authdb.SigningKey, c *Cipher) *snapshot {
	s := &snapshot{rows: rows, keys: make(map[string]token.PublicKey, len(rows))}
	set := token.JWKSet{Keys: []token.JWK{}}
	var errs []error
	for _, row := range rows {
		pub, err := publicKey(row)
		if err != nil {
			errs = append(errs, fmt.Errorf("signing key %s: %w", row.Kid, err))
			continue
		}
		jwk, err := token.NewJWK(pub)
		if err != nil {
			errs = append(errs, fmt.Errorf("signing key %s: %w", row.Kid, err))
			continue
		}
		s.keys[row.Kid] = pub
		set.Keys = append(set.Keys, jwk)
		if State(row.State) != Active && State(row.State) != Pending {
			continue
		}
		// The pending key is decrypted too: the day it becomes active is the wrong
		// one to find out that it cannot be.
		private, err := privateKey(row, pub, c)
		if err != nil {
			errs = append(errs, fmt.Errorf("signing key %s: %w", row.Kid, err))
			continue
		}
		if State(row.State) == Active {
			s.signing = private
		}
	}
	body, err := json.Marshal(set)
	if err != nil { // cannot happen: strings alone
		errs = append(errs, fmt.Errorf("marshal the key set: %w", err))
	}
	sum := sha256.Sum256(body)
	s.jwks, s.etag = body, `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`
	s.fault = errors.Join(errs...)
	return s
}

// publicKey reads the SPKI DER (RFC 5280, section 4.1.2.7) of a row and holds
// its kid and algorithm to be the key's.
func publicKey(row authdb.SigningKey) (token.PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(row.PublicKey)
	if err != nil {
		return token.PublicKey{}, errors.New("the public key is not SPKI DER")
	}
	pub, err := token.NewPublicKey(parsed)
	switch {
	case err != nil:
		return token.PublicKey{}, err
	case pub.KID != row.Kid:
		return token.PublicKey{}, errors.New("the kid is not the public key's thumbprint")
	case pub.Algorithm != row.Algorithm:
		return token.PublicKey{}, errors.New("the public key is not for the row's algorithm")
	}
	return pub, nil
}

// privateKey opens the PKCS #8 DER (RFC 5958) of a row and holds it to be the
// other half of pub. Errors never hold key material, nor the parser's words.
func privateKey(row authdb.SigningKey, pub token.PublicKey, c *Cipher) (token.SigningKey, error) {
	der, err := c.Open(row.PrivateKey, []byte(row.Kid))
	if err != nil {
		return token.SigningKey{}, err
	}
	defer clear(der)
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return token.SigningKey{}, errors.New("the private key is not PKCS #8 DER")
	}
	key, err := token.NewSigningKey(private)
	if err != nil || key.KID != pub.KID {
		return token.SigningKey{}, errMismatch
	}
	return key, nil
}

// sameRows says whether a poll found nothing new: the usual case, which spares
// decrypting and parsing.
func sameRows(a, b []authdb.SigningKey) bool {
	return slices.EqualFunc(a, b, func(x, y authdb.SigningKey) bool {
		return x.Kid == y.Kid && x.State == y.State && x.Algorithm == y.Algorithm &&
			slices.Equal(x.PublicKey, y.PublicKey) && slices.Equal(x.PrivateKey, y.PrivateKey)
	})
}

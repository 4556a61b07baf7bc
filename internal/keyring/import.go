package keyring

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// ErrKind says that a key is of no kind that we sign with.
var ErrKind = fault.Fields(fault.Field{Pointer: "/algorithm", Detail: "must be RS256 with 2048, 3072 or 4096 bits, ES256 or EdDSA (which have no bits)"})

// Import puts a private key of one's own into the ring, pending. text is one
// PEM block (RFC 7468) that is not encrypted: PKCS #8, or PKCS #1 or SEC 1 as
// OpenSSL writes them. again says that the key is there already, in whatever
// state, so that nothing was to be done. It returns ErrOnceThere for a key that
// was revoked or has retired, and ErrTooMany. Errors hold no key material.
func (s *Store) Import(ctx context.Context, by audit.Actor, text []byte, dry bool) (key Key, again bool, err error) {
	private, err := parsePrivate(text)
	if err != nil {
		return Key{}, false, err
	}
	made, err := s.seal(private)
	if err != nil {
		return Key{}, false, err
	}
	if _, _, err := kindOf(made.algorithm, made.bits); err != nil {
		return Key{}, false, fmt.Errorf("an RSA key of %d bits: it must have 2048, 3072 or 4096", made.bits)
	}
	return s.add(ctx, by, "key.imported", made, dry)
}

// parsePrivate never says what it has read: a parser's own words could.
func parsePrivate(text []byte) (crypto.Signer, error) {
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return nil, fmt.Errorf("there is no PEM block (-----BEGIN PRIVATE KEY-----)")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, fmt.Errorf("there is something after the first PEM block")
	case strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "":
		return nil, fmt.Errorf("the key is encrypted: decrypt it on the way (openssl pkey -in FILE | latchkey keys import)")
	}
	defer clear(block.Bytes)
	var parsed any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("the PEM block is no private key")
	}
	private, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return nil, fmt.Errorf("the private key cannot be read")
	}
	return private, nil
}

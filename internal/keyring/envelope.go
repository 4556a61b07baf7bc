package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// KeySize is the length of KEY_ENCRYPTION_KEY in bytes: AES-256.
const KeySize = 32

// envelopeVersion is the first byte of what Seal makes, so that another
// algorithm can follow.
const envelopeVersion = 1

// ErrCannotDecrypt says that neither key opens the envelope: it was sealed under
// another key or for another purpose, or it is damaged.
var ErrCannotDecrypt = errors.New("cannot decrypt with KEY_ENCRYPTION_KEY or KEY_ENCRYPTION_KEY_PREVIOUS")

// Cipher keeps private keys secret at rest, with AES-256-GCM (NIST SP 800-38D)
// under a random nonce of 96 bits. It prints as [redacted].
//
//	envelope = version (1 byte) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
type Cipher struct {
	current, previous cipher.AEAD // previous may be nil
}

// NewCipher takes the key to seal under and, while keys are being re-wrapped,
// the one before it, which only opens (nil or empty: none). Both have KeySize
// bytes; an error tells which has not, and never what is in it.
func NewCipher(current, previous []byte) (*Cipher, error) {
	c := &Cipher{}
	var err error
	if c.current, err = newAEAD(current); err != nil {
		return nil, fmt.Errorf("KEY_ENCRYPTION_KEY: %w", err)
	}
	if len(previous) == 0 {
		return c, nil
	}
	if c.previous, err = newAEAD(previous); err != nil {
		return nil, fmt.Errorf("KEY_ENCRYPTION_KEY_PREVIOUS: %w", err)
	}
	return c, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("must have %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("not a key for AES-256")
	}
	return cipher.NewGCMWithRandomNonce(block) // it puts the nonce in front
}

// Seal encrypts plaintext. aad is not hidden but bound to the envelope, which
// then opens with the same aad only: with the kid there, envelopes cannot be
// exchanged between rows.
func (c *Cipher) Seal(plaintext, aad []byte) []byte {
	return c.current.Seal([]byte{envelopeVersion}, nil, plaintext, aad)
}

// Open decrypts what Seal made, under the current key or the previous one. The
// error is ErrCannotDecrypt.
func (c *Cipher) Open(envelope, aad []byte) ([]byte, error) {
	if len(envelope) == 0 || envelope[0] != envelopeVersion {
		return nil, ErrCannotDecrypt
	}
	for _, aead := range []cipher.AEAD{c.current, c.previous} {
		if aead == nil {
			continue
		}
		if plaintext, err := aead.Open(nil, nil, envelope[1:], aad); err == nil {
			return plaintext, nil
		}
	}
	return nil, ErrCannotDecrypt
}

// Rewrap seals what envelope holds under the current key. changed is false where
// it was sealed under that already; the envelope is then the same. The error is
// ErrCannotDecrypt.
func (c *Cipher) Rewrap(envelope, aad []byte) (again []byte, changed bool, err error) {
	plaintext, err := c.Open(envelope, aad)
	if err != nil {
		return nil, false, err
	}
	defer clear(plaintext)
	if _, err := (&Cipher{current: c.current}).Open(envelope, aad); err == nil {
		return envelope, false, nil
	}
	return c.Seal(plaintext, aad), true, nil
}

// String keeps the expanded keys out of %v.
func (c *Cipher) String() string { return "[redacted]" }

// GoString keeps them out of %#v.
func (c *Cipher) GoString() string { return "[redacted]" }

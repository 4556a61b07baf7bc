package keyring_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/keyring"
)

func secret(b byte) []byte { return bytes.Repeat([]byte{b}, keyring.KeySize) }

func newCipher(t testing.TB, current, previous []byte) *keyring.Cipher {
	t.Helper()
	c, err := keyring.NewCipher(current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCipher(t *testing.T) {
	t.Parallel()
	old, plain, aad := newCipher(t, secret(1), nil), []byte("a private key"), []byte("kid")
	envelope := old.Seal(plain, aad)
	if bytes.Equal(envelope, old.Seal(plain, aad)) {
		t.Error("two envelopes are equal: the nonce repeats")
	}
	if len(envelope) != 1+12+len(plain)+16 || envelope[0] != 1 || bytes.Contains(envelope, plain) {
		t.Errorf("envelope %x", envelope)
	}
	for name, c := range map[string]*keyring.Cipher{"current": old, "previous": newCipher(t, secret(2), secret(1))} {
		if got, err := c.Open(envelope, aad); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	rewrapped := newCipher(t, secret(2), secret(1)).Seal(plain, aad)
	if _, err := old.Open(rewrapped, aad); !errors.Is(err, keyring.ErrCannotDecrypt) {
		t.Errorf("sealed under the previous key: %v", err)
	}
}

func TestCipherRefuses(t *testing.T) {
	t.Parallel()
	c, aad := newCipher(t, secret(1), nil), []byte("kid")
	envelope := c.Seal([]byte("a private key"), aad)
	for i := range envelope {
		changed := bytes.Clone(envelope)
		changed[i] ^= 1
		if _, err := c.Open(changed, aad); !errors.Is(err, keyring.ErrCannotDecrypt) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := c.Open(envelope[:i], aad); !errors.Is(err, keyring.ErrCannotDecrypt) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
	if _, err := c.Open(envelope, []byte("another kid")); !errors.Is(err, keyring.ErrCannotDecrypt) {
		t.Errorf("another row's envelope: %v", err)
	}
	if _, err := newCipher(t, secret(2), secret(3)).Open(envelope, aad); !errors.Is(err, keyring.ErrCannotDecrypt) {
		t.Errorf("another key: %v", err)
	}
	for _, key := range [][]byte{nil, {}, secret(7)[:16], secret(7)[:31], append(secret(7), 7)} {
		if _, err := keyring.NewCipher(key, nil); err == nil || strings.Contains(err.Error(), "777") {
			t.Errorf("%d bytes: %v", len(key), err)
		}
		if _, err := keyring.NewCipher(secret(1), key); (err == nil) != (len(key) == 0) {
			t.Errorf("%d bytes as the previous key: %v", len(key), err)
		}
	}
}

func TestCipherPrintsNoKey(t *testing.T) {
	t.Parallel()
	c := newCipher(t, secret(0xAB), secret(0xCD))
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%s", c)} {
		if text != "[redacted]" || strings.Contains(text, hex.EncodeToString(secret(0xAB))) {
			t.Errorf("printed as %s", text)
		}
	}
}

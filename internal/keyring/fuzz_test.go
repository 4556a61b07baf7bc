package keyring

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// FuzzParsePrivate: what is read as a private key can sign and be written, what is
// not says nothing of itself.
func FuzzParsePrivate(f *testing.F) {
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))) // nobody's secret
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range []struct {
		label string
		der   []byte
		after string
	}{
		{"PRIVATE KEY", der, ""}, {"PRIVATE KEY", der, " \n"}, {"PRIVATE KEY", der, "x"}, {"PRIVATE KEY", der[:20], ""}, {"RSA PRIVATE KEY", der, ""},
		{"EC PRIVATE KEY", der, ""}, {"ENCRYPTED PRIVATE KEY", der, ""}, {"PUBLIC KEY", der, ""}, {"", nil, "-----BEGIN"},
	} {
		f.Add(c.label, c.der, c.after)
	}
	f.Fuzz(func(t *testing.T, label string, der []byte, after string) {
		text := append(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}), after...)
		private, err := parsePrivate(text)
		if err != nil {
			if private != nil || len(err.Error()) > 100 || len(after) > 8 && strings.Contains(err.Error(), after) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if label == "PUBLIC KEY" || strings.Contains(label, "ENCRYPTED") || strings.TrimSpace(after) != "" {
			t.Fatalf("%q is taken", text)
		}
		key, err := token.NewSigningKey(private)
		if err != nil {
			return // of a kind that we do not sign with, which Import refuses
		}
		if kid, err := token.Thumbprint(private.Public()); err != nil || kid != key.KID {
			t.Fatalf("%q has the kid %q, not %q: %v", text, key.KID, kid, err)
		}
		if _, err := x509.MarshalPKCS8PrivateKey(private); err != nil {
			t.Fatalf("%q cannot be kept: %v", text, err)
		}
	})
}

package publickeys

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"reflect"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// FuzzParsePEM: a file that is read can be written, and is read the same.
func FuzzParsePEM(f *testing.F) {
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		f.Fatal(err)
	}
	good := string(pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}))
	for _, text := range []string{good, good + "\n", good + good, "x" + good, good[:60], "", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ParsePEM(text)
		if err != nil {
			return
		}
		if kid, err := token.Thumbprint(k.Key); err != nil || kid != k.KID {
			t.Fatalf("%q has the kid %q, not %q: %v", text, k.KID, kid, err)
		}
		files, err := Encode([]token.PublicKey{k})
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		if again, err := ParsePEM(files[FileName(k.KID)]); err != nil || !reflect.DeepEqual(again, k) {
			t.Fatalf("%q is another when written and read again: %v", text, err)
		}
	})
}

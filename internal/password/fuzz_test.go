package password_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/password"
)

// FuzzParseHash holds that what is accepted is bounded, canonical and can be
// computed, and that what is refused says nothing of itself.
func FuzzParseHash(f *testing.F) {
	for _, p := range []password.Policy{quick, quickArgon2, {}, {Algorithm: password.Argon2id}} {
		f.Add(p.Dummy())
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		began := time.Now()
		err := password.ParseHash(encoded)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
		if err != nil {
			if err != password.ErrHashFormat { //nolint:errorlint // the very value: nothing of the hash is in it
				t.Errorf("ParseHash = %v", err)
			}
			if ok, err := password.Verify(encoded, "x"); ok || !errors.Is(err, password.ErrHashFormat) {
				t.Errorf("Verify = %v, %v", ok, err)
			}
			return
		}
		if len(encoded) > 220 || strings.ContainsAny(encoded, "\x00\r\n ") {
			t.Errorf("%q is accepted", encoded)
		}
		// Only the cheapest are computed here: there are many to try.
		if strings.HasPrefix(encoded[3:], "$04$") || strings.HasPrefix(encoded, "$argon2id$v=19$m=64,t=1,") {
			if _, err := password.Verify(encoded, "x"); err != nil {
				t.Errorf("Verify = %v", err)
			}
		}
	})
}

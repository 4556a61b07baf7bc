package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzOneTimeToken: what is looked up is the hash of what would be spelled just
// so, and the tokens that are mailed are among them.
func FuzzOneTimeToken(f *testing.F) {
	tokens, err := newOneTimeTokens(newKey, nil)
	if err != nil {
		f.Fatal(err)
	}
	salt, hash := tokens.issue(tokenSession)
	mailed, ok := tokens.write(tokenSession, salt, hash)
	if found, readable := hashOfToken(mailed); !ok || !readable || !bytes.Equal(found, hash) {
		f.Fatal("a mailed token is not found")
	}
	zeros := strings.Repeat("A", 43)
	for _, text := range []string{"", zeros, zeros[:42], zeros + "A", zeros + "=", zeros[:42] + "B", zeros[:20] + "\n" + zeros[20:], "\xff", strings.Repeat("_", 43)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hash, ok := hashOfToken(text)
		if !ok {
			if hash != nil {
				t.Fatalf("%q is refused and has a hash", text)
			}
			return
		}
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if sum := sha256.Sum256(raw); err != nil || len(raw) != sha256.Size || !bytes.Equal(sum[:], hash) || base64.RawURLEncoding.EncodeToString(raw) != text {
			t.Fatalf("%q is taken", text)
		}
	})
}

package main_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// S85: with another key than the ring is under, the auth service does not start, and
// says in one line which key it cannot read, and none that it has.
func TestS85AuthDoesNotStartUnderAnotherKey(t *testing.T) {
	t.Parallel()
	k := onKeys(t)
	k.run(t, 0, "", "generate")
	kid := k.list(t)[0].KID
	right := k.env[1]
	wrong := "KEY_ENCRYPTION_KEY=" + apitest.RandomKey()
	p := refused(t, "auth", k.env[0], wrong, "SESSION_KEY="+apitest.RandomKey(), "USERS_URL=http://127.0.0.1:1", "DATA_DIR="+t.TempDir())
	line := oneLine(t, p, refusalLimit)
	wantWords(t, line, "cannot decrypt", kid, "KEY_ENCRYPTION_KEY")
	for _, env := range []string{right, wrong} {
		text := strings.TrimPrefix(env, "KEY_ENCRYPTION_KEY=")
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{text[:12], string(key[:8]), hex.EncodeToString(key[:8])} {
			if strings.Contains(line, part) {
				t.Errorf("%q holds key material", line)
			}
		}
	}
	if again := k.list(t); len(again) != 1 || again[0].KID != kid {
		t.Errorf("the refusal has changed the ring: %+v", again)
	}
}

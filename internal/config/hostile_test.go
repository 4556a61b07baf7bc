package config_test

import (
	"encoding/base64"
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

func TestS24PlaceholdersAreRefused(t *testing.T) {
	seq := make([]byte, 32)
	for i := range seq {
		seq[i] = byte(i)
	}
	for name, key := range map[string][]byte{
		"0, 1, 2, …":   seq,
		"hex digits":   []byte("0123456789abcdef0123456789abcdef"),
		"a sentence":   []byte("change-me-change-me-change-me-32"),
		"a sentence 2": []byte("this-is-not-a-secret-replace-it!"),
	} {
		_, err := config.LoadAuth(environ("SESSION_KEY=" + base64.StdEncoding.EncodeToString(key)))
		if err == nil {
			t.Errorf("%s passes for a random key", name)
		}
	}
}

func TestOneLinePerVariable(t *testing.T) {
	_, err := config.LoadUsers(environ("BCRYPT_COST=many"))
	if got := lines(err); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

func TestOddValues(t *testing.T) {
	a, err := config.LoadAuth(environ("TRUSTED_PROXIES=10.0.0.0/8, fd00::/8"))
	if err != nil || len(a.TrustedProxies) != 2 {
		t.Errorf("a space after the comma: %v", err)
	}
	for _, e := range []string{"PUBLIC_URL=https://user:pw@id.example", "RATE_LIMIT_LOGIN=10/1500ms", "PUBLIC_URL=https://id.example/"} {
		if _, err := config.LoadAuth(environ(e)); err == nil {
			t.Errorf("%s is accepted", e)
		}
	}
}

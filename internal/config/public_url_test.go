package config_test

import (
	"slices"
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

// What asks for the issuer alone is not held up by what is wrong with the rest.
func TestLoadPublicURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ []string
		url     string
		wrong   []string
	}{
		{nil, "http://127.0.0.1:8080", nil},
		{[]string{"PUBLIC_URL=https://id.example", "KEY_BITS=1", "DATABASE_URL=x"}, "https://id.example", nil},
		{[]string{"PUBLIC_URL=id.example"}, "id.example", []string{"PUBLIC_URL"}},
	} {
		got, err := config.LoadPublicURL(c.environ)
		if got != c.url || !slices.Equal(names(err), c.wrong) {
			t.Errorf("%v: %q, %v", c.environ, got, err)
		}
	}
}

package apitest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// Mint signs a token with the system's own key, as the auth service would if
// it issued such a one: for callers that no operation makes yet, and for
// tokens that must be refused. What c leaves out is filled in.
func (s *System) Mint(t testing.TB, c token.Claims) string {
	t.Helper()
	cipher, err := keyring.NewCipher(s.AuthConfig.KeyEncryptionKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keyring.Open(context.Background(), s.AuthDB.Pool, cipher, keyring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := ring.Signing()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := token.Mint(key, s.complete(c))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (s *System) complete(c token.Claims) token.Claims {
	if c.Issuer == "" {
		c.Issuer = s.AuthConfig.PublicURL
	}
	if c.Audience == nil {
		c.Audience = []string{httpapi.Audience}
	}
	if c.IssuedAt.IsZero() {
		c.IssuedAt = time.Now()
	}
	if c.ExpiresAt.IsZero() {
		c.ExpiresAt = c.IssuedAt.Add(time.Minute)
	}
	if c.Subject == "" {
		c.Subject = "a-client"
	}
	if c.ClientID == "" {
		c.ClientID = c.Subject
	}
	c.ID = uuid.NewString()
	return c
}

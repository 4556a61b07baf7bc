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
	raw, err := token.Mint(s.SigningKey(t), s.complete(c))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// SigningKey is what the auth service signs with.
func (s *System) SigningKey(t testing.TB) token.SigningKey {
	t.Helper()
	ring, err := keyring.Open(context.Background(), s.KeyStore(t), keyring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := ring.Signing()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// KeyStore is the system's key ring as the database has it, for what an operator
// does beside the services.
func (s *System) KeyStore(t testing.TB) *keyring.Store {
	t.Helper()
	return keyStore(t, s.AuthDB, s.AuthConfig.KeyEncryptionKey)
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

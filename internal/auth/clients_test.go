package auth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

func TestNewClientsAreChecked(t *testing.T) {
	t.Parallel()
	good := auth.NewClient{ID: "billing-2", Scopes: []string{"users:write", "users:read"}, Description: strings.Repeat("é", 200)}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	db := dbtest.Auth(t)
	bad := map[string]auth.NewClient{"no scope": {ID: "another"}, "a long description": {ID: "another", Scopes: []string{"users:read"}, Description: strings.Repeat("é", 201)}}
	for _, id := range []string{
		"latchkey", httpapi.AuthIdentity, "ab", "Billing", "1st", "a_b", "a b", "é-client", "-abc", strings.Repeat("a", 65), "a'b", "", "abc\n", "abc\x00",
	} {
		bad[fmt.Sprintf("the id %q", id)] = auth.NewClient{ID: id, Scopes: []string{"users:read"}}
	}
	for _, scope := range []string{"credentials:verify", "credentials:write", "users:read users:write", "admin", "USERS:READ", "", "users:read\n"} {
		bad[fmt.Sprintf("the scope %q", scope)] = auth.NewClient{ID: "another", Scopes: []string{"users:read", scope}}
	}
	for name, c := range bad {
		if c.Check() == nil {
			t.Errorf("%s passes", name)
		}
		// The table takes it no more than the check does.
		_, err := db.Pool.Exec(t.Context(), "INSERT INTO auth.clients (id, description, scopes, secret_hash) VALUES ($1, $2, coalesce($3::text[], '{}'), sha256('x'))",
			c.ID, c.Description, c.Scopes)
		if err == nil {
			t.Errorf("the table takes %s", name)
		}
	}
}

// TestClientSecretsDoNotPrint: 256 bits, behind a prefix that scanners know.
func TestClientSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	clients, seen := auth.NewClients(dbtest.Auth(t).Pool, "test"), map[string]bool{}
	for i := range 8 {
		secret, err := clients.Create(t.Context(), auth.NewClient{ID: fmt.Sprintf("client-%d", i), Scopes: []string{"users:read"}})
		if err != nil {
			t.Fatal(err)
		}
		if text := secret.Reveal(); seen[text] || len(text) != 47 || !strings.HasPrefix(text, "lks_") {
			t.Errorf("the secret is %s", text)
		}
		if text := fmt.Sprintf("%v %+v %#v %s %q", secret, secret, secret, secret, secret); strings.Contains(text, "lks_") {
			t.Errorf("it prints as %s", text)
		}
		seen[secret.Reveal()] = true
	}
}

package rest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TestArgon2idBySetting changes the setting of a running system: what was
// hashed before is still verified, and replaced on the way.
func TestArgon2idBySetting(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	old := s.Register(t)
	s.StopUsers()
	s.UsersConfig.PasswordHash = "argon2id"
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	kind := func(id string) (hash string) {
		if err := s.UsersDB.Pool.QueryRow(context.Background(), "SELECT left(password_hash, 10) FROM users.users WHERE id = $1", id).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	if !strings.HasPrefix(kind(old.ID), "$2") {
		t.Fatalf("the old hash is %s", kind(old.ID))
	}
	grant := s.Login(t, old.Username, apitest.Password)
	if got := kind(old.ID); got != "$argon2id$" {
		t.Errorf("after a sign-in the hash is %s", got)
	}
	s.Refresh(t, grant.RefreshToken)

	long := strings.Repeat("🔑 pass ", 12) // S3: over 72 bytes, with emoji
	admin := s.Admin(t)
	made := create(t, s, admin, body{"password": long})
	s.Login(t, made.Username, long)
	s.Auth.Post(t, "/auth/login", "", body{"login": made.Username, "password": long[:len(long)-1]}).Problem(401, "invalid_credentials")
}

package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TestS03S04Argon2idBySetting changes the setting of a running system: what was
// hashed before is still verified, and replaced on the way. 64 characters with
// emoji work, which are 73 bytes; their first 72 are another password, and so is
// one byte more than what was hashed under bcrypt.
func TestS03S04Argon2idBySetting(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	most := strings.Repeat("0123456789ab", 6)
	old := create(t, s, admin, body{"password": most})
	s.StopUsers()
	s.UsersConfig.PasswordHash = "argon2id"
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	kind := func(id string) (hash string) {
		if err := s.UsersDB.Pool.QueryRow(context.Background(), "SELECT left(password_hash, 10) FROM users.users WHERE id = $1", id).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	wrong := func(user apitest.User, password string) {
		t.Helper()
		s.Auth.Post(t, "/auth/login", "", body{"login": user.Username, "password": password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	wrong(old, most+"x")
	if !strings.HasPrefix(kind(old.ID), "$2") {
		t.Fatalf("the old hash is %s", kind(old.ID))
	}
	grant := s.Login(t, old.Username, most)
	if got := kind(old.ID); got != "$argon2id$" {
		t.Errorf("after a sign-in the hash is %s", got)
	}
	wrong(old, most+"x")
	s.Refresh(t, grant.RefreshToken)

	long := "🔑🔒🚪 " + strings.Repeat("pass by ", 7) + "now!"
	if len(long) != 73 || utf8.RuneCountInString(long) != 64 {
		t.Fatalf("%d bytes", len(long))
	}
	made := create(t, s, admin, body{"password": long})
	s.Login(t, made.Username, long)
	wrong(made, long[:72])
}

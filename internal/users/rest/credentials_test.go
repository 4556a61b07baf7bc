package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// authIdentity is a token as the auth service shows it.
func authIdentity(t *testing.T, s *apitest.System) string {
	return s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "users:read users:write credentials:verify credentials:write"})
}

func TestCredentialsVerify(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user := create(t, s, admin, body{"password": apitest.Password})
	for _, login := range []string{user.Username, strings.ToUpper(user.Username), user.Email, strings.ToUpper(user.Email)} {
		var out struct {
			User  apitest.User `json:"user"`
			Epoch int64        `json:"credential_epoch"`
		}
		s.Users.Post(t, "/credentials/verify", auth, body{"login": login, "password": apitest.Password}).Is(http.StatusOK).JSON(&out)
		if out.User.ID != user.ID || out.Epoch != 1 {
			t.Errorf("%s gave %+v", login, out)
		}
	}
}

func TestAWeakHashIsReplacedOnTheWay(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.StopUsers()
	s.UsersConfig.BcryptCost = 5
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	admin := s.Admin(t)
	old, err := bcrypt.GenerateFromPassword([]byte("old one"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	user := create(t, s, admin, body{"password_hash": string(old)})
	stored := func() (hash string) {
		if err := s.UsersDB.Pool.QueryRow(context.Background(), "SELECT password_hash FROM users.users WHERE id = $1", user.ID).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	s.Auth.Post(t, "/auth/login", "", body{"login": user.Username, "password": "another"}).Problem(http.StatusUnauthorized, "invalid_credentials")
	if stored() != string(old) {
		t.Error("a wrong password replaced the hash")
	}
	s.Login(t, user.Username, "old one") // under today's minimum: no policy at sign-in
	if now := stored(); !strings.HasPrefix(now, "$2a$05$") && !strings.HasPrefix(now, "$2b$05$") {
		t.Errorf("the hash is %.7s…", now)
	}
	grant := s.Login(t, user.Username, "old one")
	if grant.User.Version != user.Version || grant.User.UpdatedAt != user.UpdatedAt {
		t.Errorf("a re-hash moved %+v", grant.User)
	}
	s.Refresh(t, grant.RefreshToken)
}

// TestS04SeventyTwoBytesAndNoMore: a password of 72 bytes and one of 73 with the
// same beginning are two passwords under bcrypt, which looks at 72 bytes.
func TestS04SeventyTwoBytesAndNoMore(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	for _, most := range []string{strings.Repeat("0123456789ab", 6), strings.Repeat("🔑🔒", 9), strings.Repeat("é", 36)} {
		user := create(t, s, admin, body{"password": most})
		s.Login(t, user.Username, most)
		for _, other := range []string{most + "x", most + "é", most + "🔑", most + strings.Repeat("x", 400), most[:len(most)-len("🔑")]} {
			s.Auth.Post(t, "/auth/login", "", body{"login": user.Username, "password": other}).Problem(http.StatusUnauthorized, "invalid_credentials")
			super(t, s, "DELETE FROM users.throttles")
		}
		s.Users.Post(t, "/users", admin, body{"username": "toolong", "email": "t@example.com", "password": most + "x"}).
			Problem(http.StatusUnprocessableEntity, "password_rejected")
	}
}

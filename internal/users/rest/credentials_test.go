package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
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

func TestS13RefusalsLookAlike(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	wrong := create(t, s, admin, body{"password": apitest.Password})
	deleted := create(t, s, admin, body{"password": apitest.Password})
	s.Users.Delete(t, "/users/"+deleted.ID, admin, "").Is(http.StatusNoContent)
	disabled := create(t, s, admin, body{"password": apitest.Password})
	s.Users.Patch(t, "/users/"+disabled.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	passwordless := create(t, s, admin, nil)

	var first map[string]any
	var headers http.Header
	for _, c := range [][2]string{
		{"unknown-name", apitest.Password}, {"unknown@example.com", apitest.Password}, {wrong.Username, "a wrong passphrase"},
		{deleted.Username, apitest.Password}, {deleted.Email, apitest.Password}, {disabled.Username, apitest.Password},
		{passwordless.Username, apitest.Password}, {"no such name at all!", "x"}, {wrong.Username, strings.Repeat("x", 73)},
	} {
		for _, service := range []*apitest.Client{s.Users, s.Auth} {
			path, bearer := "/credentials/verify", auth
			if service == s.Auth {
				path, bearer = "/auth/login", ""
			}
			answer := service.Post(t, path, bearer, body{"login": c[0], "password": c[1]})
			answer.Problem(http.StatusUnauthorized, "invalid_credentials")
			var doc map[string]any
			if err := json.Unmarshal(answer.Body, &doc); err != nil {
				t.Fatal(err)
			}
			delete(doc, "request_id")
			header := answer.Header.Clone()
			for _, varying := range []string{"X-Request-Id", "Date"} {
				header.Del(varying)
			}
			if first == nil {
				first, headers = doc, header
			}
			if !reflect.DeepEqual(doc, first) || !reflect.DeepEqual(header, headers) {
				t.Errorf("%s: %v %v, want %v %v", c[0], doc, header, first, headers)
			}
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

func TestS04SeventyTwoBytesAndNoMore(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	most := strings.Repeat("0123456789ab", 6)
	user := create(t, s, admin, body{"password": most})
	s.Login(t, user.Username, most)
	for _, not := range []string{most + "x", most[:71]} {
		s.Auth.Post(t, "/auth/login", "", body{"login": user.Username, "password": not}).Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	s.Users.Post(t, "/users", admin, body{"username": "toolong", "email": "t@example.com", "password": most + "x"}).
		Problem(http.StatusUnprocessableEntity, "password_rejected")
}

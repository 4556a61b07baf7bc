package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// namesDoors are the ways in for a username or an address, by operation.
func namesDoors(t *testing.T, s *apitest.System) map[string]func(member, value string) apitest.Response {
	t.Helper()
	admin, person := s.Admin(t), s.Person(t)
	account := func(member, value string) body {
		name := apitest.Name()
		in := body{"username": name, "email": name + "@example.com", "password": apitest.Password}
		in[member] = value
		return in
	}
	return map[string]func(member, value string) apitest.Response{
		"register":   func(m, v string) apitest.Response { return s.Auth.Post(t, "/auth/register", "", account(m, v)) },
		"createUser": func(m, v string) apitest.Response { return s.Users.Post(t, "/users", admin, account(m, v)) },
		"updateUser": func(m, v string) apitest.Response {
			return s.Users.Patch(t, "/users/"+person.User.ID, admin, "", body{m: v})
		},
		"updateMe": func(m, v string) apitest.Response {
			return patchMe(s, t, person.AccessToken, body{m: v, "current_password": apitest.Password})
		},
	}
}

// TestS08LookAlikes: names that differ in case are one name, and what looks like
// one in other characters is none.
func TestS08LookAlikes(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	doors := namesDoors(t, s)
	doors["register"]("username", "Bob").Is(http.StatusCreated)
	for _, door := range doors {
		for _, same := range []string{"Bob", "bob", "BOB", "bOb"} {
			door("username", same).Problem(http.StatusConflict, "username_taken")
		}
		for _, alike := range []string{
			"ｂｏｂ", "bo\u200bb", "bo\u200db", "bob\u00ad", "\u202ebob", "b\u043eb", "\u0412ob", "bo\u0299", "b\u03bfb", "bob\u0301", "bob ", " bob", "𝐛𝐨𝐛",
		} {
			door("username", alike).Problem(http.StatusBadRequest, "invalid_request")
		}
	}
}

// TestS09SpellingsOfAnAddress: one address has one account, whatever its case,
// and whether its domain is written in Unicode or in punycode.
func TestS09SpellingsOfAnAddress(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	doors := namesDoors(t, s)
	for first, others := range map[string][]string{
		"Ada@Example.com": {"ada@example.com", "ADA@EXAMPLE.COM", "ada@ｅxample.com", "ada@example。com"},
		"a@bücher.example": {
			"a@xn--bcher-kva.example", "A@XN--BCHER-KVA.EXAMPLE", "a@BÜCHER.example", "a@bu\u0308cher.example",
		},
		"b@xn--bcher-kva.example": {"b@bücher.example", "B@Bücher.Example"},
	} {
		doors["register"]("email", first).Is(http.StatusCreated)
		for _, door := range doors {
			for _, same := range others {
				door("email", same).Problem(http.StatusConflict, "email_taken")
			}
		}
		for _, same := range others { // and each is a login
			local, _, _ := strings.Cut(same, "@")
			if got := s.Login(t, same, apitest.Password).User.Email; !strings.HasPrefix(got, strings.ToLower(local)+"@") {
				t.Errorf("%s signs in %s", same, got)
			}
		}
	}
}

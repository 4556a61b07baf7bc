package rest_test

import (
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TestWhatNeedsAHashIsShed: where more passwords come than can be hashed, those
// too many are told so.
func TestWhatNeedsAHashIsShed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, auth := s.Admin(t), authIdentity(t, s)
	s.KeepHashing(t)
	const password = "a staple for the correct horse"
	patch := func(more, bearer string, in body) apitest.Request {
		return apitest.Request{Method: http.MethodPatch, Path: "/users/" + create(t, s, admin, nil).ID + more, Token: bearer, Body: in}
	}
	for what, next := range map[string]func() apitest.Request{
		"createUser": func() apitest.Request {
			in := body{"username": apitest.Name(), "email": apitest.Name() + "@example.com", "password": password}
			return apitest.Request{Method: http.MethodPost, Path: "/users", Token: admin, Body: in}
		},
		"updateUser": func() apitest.Request { return patch("", admin, body{"password": password}) },
		"updateCredentials": func() apitest.Request {
			return patch("/credentials", auth, body{"credential_epoch": 1, "password": password})
		},
		"verifyCredentials": func() apitest.Request {
			in := body{"login": apitest.Name(), "password": password}
			return apitest.Request{Method: http.MethodPost, Path: "/credentials/verify", Token: auth, Body: in}
		},
	} {
		s.Users.AwaitShed(t, what, next)
	}
}

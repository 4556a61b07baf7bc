package rest_test

import (
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TestWhatNeedsAHashIsShed: that the users service has no worker free is told
// as it is.
func TestWhatNeedsAHashIsShed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	s.KeepHashing(t)
	wrong := "not the password"
	for _, r := range []apitest.Request{
		{Method: http.MethodPost, Path: "/auth/login", Body: body{"login": person.User.Username, "password": wrong}},
		{Method: http.MethodPost, Path: "/auth/password/change", Token: person.AccessToken, Body: body{"current_password": wrong, "new_password": newPassword}},
		{Method: http.MethodPatch, Path: "/auth/me", Token: person.AccessToken, Body: body{"current_password": wrong, "username": apitest.Name()}},
		{Method: http.MethodPost, Path: "/auth/me/delete", Token: person.AccessToken, Body: body{"current_password": wrong}},
	} {
		s.Auth.AwaitShed(t, r)
	}
}

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
	for path, in := range map[string]body{
		"/auth/login":           {"login": person.User.Username},
		"/auth/password/change": {"new_password": newPassword},
		"/auth/me":              {"username": apitest.Name()},
		"/auth/me/delete":       {},
	} {
		r := apitest.Request{Method: http.MethodPost, Path: path, Token: person.AccessToken, Body: in}
		proof := "current_password"
		switch path {
		case "/auth/login":
			proof = "password"
		case "/auth/me":
			r.Method = http.MethodPatch
		}
		in[proof] = "not the password"
		s.Auth.AwaitShed(t, path, func() apitest.Request {
			super(t, s, "DELETE FROM users.throttles") // it is no matter of guesses
			return r
		})
	}
}

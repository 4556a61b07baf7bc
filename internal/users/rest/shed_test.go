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
	user := create(t, s, admin, nil)
	s.KeepHashing(t)
	const next = "a staple for the correct horse"
	for _, r := range []apitest.Request{
		{Method: http.MethodPost, Path: "/users", Token: admin, Body: body{"username": "late", "email": "late@example.com", "password": next}},
		{Method: http.MethodPatch, Path: "/users/" + user.ID, Token: admin, Body: body{"password": next}},
		{Method: http.MethodPatch, Path: "/users/" + user.ID + "/credentials", Token: auth, Body: body{"credential_epoch": 1, "password": next}},
		{Method: http.MethodPost, Path: "/credentials/verify", Token: auth, Body: body{"login": user.Username, "password": next}},
	} {
		s.Users.AwaitShed(t, r)
	}
}

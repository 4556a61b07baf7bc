package rest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// mailDoors are the operations that anybody may ask to write to an address.
var mailDoors = []string{"/auth/password/forgot", "/auth/email/resend"}

// addressesOfEachKind are addresses by what they are to the system.
func addressesOfEachKind(t *testing.T, s *apitest.System) map[string]string {
	t.Helper()
	admin := s.Admin(t)
	known, verified, disabled, deleted := s.Register(t), s.Register(t), s.Register(t), s.Register(t)
	s.Auth.Do(t, verify(s.Mails.Token(t, verified.Email, mail.VerifyEmail, 1))).Is(http.StatusNoContent)
	s.Users.Patch(t, "/users/"+disabled.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	s.Users.Delete(t, "/users/"+deleted.ID, admin, "").Is(http.StatusNoContent)
	return map[string]string{
		"known": known.Email, "verified": verified.Email, "disabled": disabled.Email, "deleted": deleted.Email,
		"unknown": apitest.Name() + "@example.com",
	}
}

// Whose an address is changes nothing that whoever asks can see, and nothing
// that is done before they are answered.
func TestS54MailDoorsTellNothing(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	addresses := addressesOfEachKind(t, s)
	for _, path := range mailDoors {
		seen := map[string]string{} // by what was seen, whose address it was
		for whose, address := range addresses {
			id := "enumeration-" + whose
			var answer apitest.Response
			var inAuth, inUsers []string
			inAuth = s.AuthSQL.DuringRequest(id, func() {
				inUsers = s.UsersSQL.DuringRequest(id, func() {
					answer = s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: path, Body: body{"email": address}, Header: http.Header{"X-Request-Id": {id}}})
				})
			})
			answer.Is(http.StatusAccepted)
			// River tells a queue's workers of a job unless it did so a moment ago,
			// whomever that was about.
			inAuth = slices.DeleteFunc(inAuth, func(sql string) bool { return strings.HasPrefix(sql, "-- name: PGNotifyMany") })
			if len(inUsers) != 0 || len(inAuth) == 0 {
				t.Errorf("%s for one that is %s: %d statements in auth, %q in users", path, whose, len(inAuth), inUsers)
			}
			header := answer.Header.Clone()
			header.Del("Date")
			header.Del("X-Request-Id")
			var text strings.Builder
			_ = header.Write(&text) // a strings.Builder takes all
			seen[text.String()+string(answer.Body)+strings.Join(inAuth, "\n")] += whose + " "
		}
		if len(seen) != 1 {
			t.Errorf("%s tells addresses apart: %q\n%s", path, slices.Collect(maps.Values(seen)), strings.Join(slices.Collect(maps.Keys(seen)), "\n---\n"))
		}
	}
}

package rest_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// FuzzIdempotencyKey sends whatever net/http lets through: it is taken exactly
// when the specification says so, and nothing is a 5xx.
func FuzzIdempotencyKey(f *testing.F) {
	for _, key := range []string{"k", "a b", "\x7f", "ü", "0\t", "!~", "'; DROP TABLE users.users; --", "\xff"} {
		f.Add(key)
	}
	s := apitest.Start(f)
	admin := s.Admin(f)
	fits := regexp.MustCompile(`^[!-~]{1,255}$`)
	f.Fuzz(func(t *testing.T, key string) {
		r := apitest.Request{
			Method: "POST", Path: "/users", Token: admin, Header: http.Header{"Idempotency-Key": {key}},
			Body: body{"username": "admin", "email": "taken@example.com"}, // reserved: nothing is made
		}
		answer, err := s.Users.Try(r)
		if err != nil {
			return // no header value (RFC 9110, section 5.5)
		}
		if err := s.Users.Check(r, answer); err != nil {
			t.Errorf("%q: %v", key, err)
		}
		if answer.Status != http.StatusBadRequest && answer.Status != http.StatusConflict {
			t.Fatalf("%q got %d %s", key, answer.Status, answer.Body)
		}
		kept := answer.Header.Get("Idempotency-Replayed") == "true"
		again := s.Users.Do(t, r)
		if replayed := again.Header.Get("Idempotency-Replayed") == "true"; replayed != fits.MatchString(strings.Trim(key, " \t")) && !kept {
			t.Errorf("%q: replayed is %v: %s", key, replayed, again.Body)
		}
	})
}

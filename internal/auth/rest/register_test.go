package rest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
)

func registerUnder(key string, in body) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: "/auth/register", Body: in, Header: http.Header{"Idempotency-Key": {key}}}
}

func TestARegistrationUnderAKeyHappensOnce(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	name := apitest.Name()
	in := body{"username": name, "email": name + "@example.com", "password": apitest.Password}
	first := s.Auth.Do(t, registerUnder("key-1", in)).Is(http.StatusCreated)
	again := s.Auth.Do(t, registerUnder("key-1", in)).Is(http.StatusCreated)
	if string(first.Body) != string(again.Body) || first.Header.Get("Idempotency-Replayed") != "" || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %v %s\nthen %v %s", first.Header, first.Body, again.Header, again.Body)
	}
	other := body{"username": name, "email": "x" + name + "@example.com", "password": apitest.Password}
	s.Auth.Do(t, registerUnder("key-1", other)).Problem(http.StatusUnprocessableEntity, "idempotency_mismatch")
	s.Auth.Do(t, registerUnder("key-2", in)).Problem(http.StatusConflict, "username_taken")
	stranger := apitest.Name() // the key is another's for another username
	s.Auth.Do(t, registerUnder("key-1", body{"username": stranger, "email": stranger + "@example.com", "password": apitest.Password})).Is(http.StatusCreated)

	name = apitest.Name()
	in = body{"username": name, "email": name + "@example.com", "password": apitest.Password}
	counts := parallel(10, func() int { return s.Auth.Do(t, registerUnder("key-3", in)).Status })
	if counts[http.StatusCreated] == 0 || counts[http.StatusCreated]+counts[http.StatusConflict] != 10 {
		t.Errorf("answers by status: %v", counts)
	}
	s.Mails.Await(t, name+"@example.com", mail.VerifyEmail, 1)
	s.Auth.Do(t, registerUnder("key-3", in)).Is(http.StatusCreated)
	if got := len(s.Mails.All(name+"@example.com", mail.VerifyEmail)); got != 1 {
		t.Errorf("%d mails", got)
	}
}

// TestS12ATakenNameIsToldTenTimesAMinute, and not to the eleventh who asks. What
// it tells is in the specification (the client checks the codes), and in
// docs/security.md.
func TestS12ATakenNameIsToldTenTimesAMinute(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, u *config.Users) { a.RateLimits, u.RateLimits = true, true })
	register := func(username, email string) apitest.Response {
		return s.Auth.Post(t, "/auth/register", "", body{"username": username, "email": email, "password": apitest.Password})
	}
	taken := apitest.Name()
	register(taken, taken+"@example.com").Is(http.StatusCreated)
	for i := range 9 {
		if i%2 == 0 {
			register(taken, apitest.Name()+"@example.com").Problem(http.StatusConflict, "username_taken")
		} else {
			register(apitest.Name(), taken+"@example.com").Problem(http.StatusConflict, "email_taken")
		}
	}
	register(taken, apitest.Name()+"@example.com").Problem(http.StatusTooManyRequests, "rate_limited")
	register(apitest.Name(), taken+"@example.com").Problem(http.StatusTooManyRequests, "rate_limited")
	register(apitest.Name(), apitest.Name()+"@example.com").Problem(http.StatusTooManyRequests, "rate_limited")
}

// TestPrivateRegistrationsCountForNoAddress: the hash that is spent on an
// address that is taken is no failed sign-in of whoever registers.
func TestPrivateRegistrationsCountForNoAddress(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, u *config.Users) {
		a.RegistrationPrivacy, a.RateLimits, u.RateLimits = config.Private, true, true
		many := config.RateLimit{Requests: 1000, Window: time.Minute}
		a.RateLimitOverrides = map[string]config.RateLimit{"REGISTER": many, "LOGIN": many}
		u.RateLimitOverrides = map[string]config.RateLimit{"CREATE_USER": many, "VERIFY_CREDENTIALS": many}
	})
	taken := body{"username": apitest.Name(), "email": "taken@example.com", "password": apitest.Password}
	s.Auth.Post(t, "/auth/register", "", taken).Is(http.StatusAccepted)
	for i := range 25 { // an address may fail 20 times
		taken["username"] = fmt.Sprintf("try%d", i)
		s.Auth.Post(t, "/auth/register", "", taken).Is(http.StatusAccepted)
	}
	s.Login(t, apitest.AdminUsername, apitest.AdminPassword)
}

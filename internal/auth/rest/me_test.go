package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

func patchMe(s *apitest.System, t *testing.T, token string, patch body) apitest.Response {
	t.Helper()
	return s.Auth.Patch(t, "/auth/me", token, "", patch)
}

func TestChangeOwnUsername(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person, other := s.Person(t), s.Register(t)
	name := apitest.Name()
	patchMe(s, t, person.AccessToken, body{"username": name, "current_password": "not the password"}).Problem(http.StatusUnauthorized, "invalid_credentials")
	patchMe(s, t, person.AccessToken, body{"username": other.Username, "current_password": apitest.Password}).Problem(http.StatusConflict, "username_taken")
	patchMe(s, t, person.AccessToken, body{"username": "postmaster", "current_password": apitest.Password}).Problem(http.StatusBadRequest, "invalid_request")
	for _, member := range []string{"verified", "roles", "id", "disabled", "password"} {
		patchMe(s, t, person.AccessToken, body{member: "x", "username": name, "current_password": apitest.Password}).Problem(http.StatusBadRequest, "invalid_request")
	}
	patchMe(s, t, person.AccessToken, body{"current_password": apitest.Password}).Problem(http.StatusBadRequest, "invalid_request")
	var user apitest.User
	patchMe(s, t, person.AccessToken, body{"username": strings.ToUpper(name), "current_password": apitest.Password}).Is(http.StatusOK).JSON(&user)
	if user.Username != name {
		t.Errorf("the name is %s", user.Username)
	}
	s.Refresh(t, person.RefreshToken) // a name is no credential
	s.Login(t, name, apitest.Password)
}

func TestS60ChangeOwnAddress(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person, other := s.Person(t), s.Register(t)
	old, next := person.User.Email, "next-"+person.User.Email
	patchMe(s, t, person.AccessToken, body{"email": next}).Problem(http.StatusBadRequest, "invalid_request")
	patchMe(s, t, person.AccessToken, body{"email": next, "current_password": "not the password"}).Problem(http.StatusUnauthorized, "invalid_credentials")
	patchMe(s, t, person.AccessToken, body{"email": other.Email, "current_password": apitest.Password}).Problem(http.StatusConflict, "email_taken")
	var user apitest.User
	patchMe(s, t, person.AccessToken, body{"email": next, "current_password": apitest.Password}).Is(http.StatusOK).JSON(&user)
	if user.Email != old {
		t.Errorf("the address is %s before it was confirmed", user.Email)
	}
	token := s.Mails.Token(t, next, mail.ChangeEmail, 1)
	s.Mails.Await(t, old, mail.EmailChangeRequested, 1)
	s.Refresh(t, person.RefreshToken)
	s.Login(t, old, apitest.Password)

	s.Auth.Do(t, verify(token)).Is(http.StatusNoContent)
	s.Mails.Await(t, old, mail.EmailChanged, 1)
	s.Auth.Get(t, "/auth/me", person.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	refused(t, s, person.RefreshToken)
	s.Auth.Post(t, "/auth/login", "", body{"login": old, "password": apitest.Password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	if again := s.Login(t, next, apitest.Password); !again.User.Verified || again.User.Email != next {
		t.Errorf("signed in as %+v", again.User)
	}
	s.Auth.Do(t, verify(token)).Problem(http.StatusUnauthorized, "invalid_token")
}

func TestAnAddressThatWasTakenMeanwhile(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	next := "wanted-" + person.User.Email
	patchMe(s, t, person.AccessToken, body{"email": next, "current_password": apitest.Password}).Is(http.StatusOK)
	token := s.Mails.Token(t, next, mail.ChangeEmail, 1)
	s.Auth.Post(t, "/auth/register", "", body{"username": apitest.Name(), "email": next, "password": apitest.Password}).Is(http.StatusCreated)
	s.Auth.Do(t, verify(token)).Problem(http.StatusConflict, "email_taken")
	s.Refresh(t, person.RefreshToken)
}

func TestS47ChangeOwnPassword(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	other := s.Login(t, person.User.Username, apitest.Password)
	resetToken := forgot(t, s, person.User.Email, 1)
	change := func(current, next string) apitest.Response {
		return s.Auth.Post(t, "/auth/password/change", person.AccessToken, body{"current_password": current, "new_password": next})
	}
	change("not the password", newPassword).Problem(http.StatusUnauthorized, "invalid_credentials")
	change(apitest.Password, "short").Problem(http.StatusUnprocessableEntity, "password_rejected")
	change(apitest.Password, newPassword).Is(http.StatusNoContent)
	refused(t, s, other.RefreshToken)
	s.Auth.Get(t, "/auth/me", other.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Get(t, "/auth/me", person.AccessToken).Is(http.StatusOK)
	s.Refresh(t, s.Refresh(t, person.RefreshToken).RefreshToken)
	s.Auth.Do(t, reset(resetToken, newPassword+"!")).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Post(t, "/auth/login", "", body{"login": person.User.Username, "password": apitest.Password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	s.Login(t, person.User.Username, newPassword)
	s.Mails.Await(t, person.User.Email, mail.PasswordChanged, 1)
}

func TestGuessesAtTheCurrentPasswordAreThrottled(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	guess := func() apitest.Response {
		return s.Auth.Post(t, "/auth/me/delete", person.AccessToken, body{"current_password": "not the password"})
	}
	for range 5 {
		guess().Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	refusal := guess()
	refusal.Problem(http.StatusTooManyRequests, "throttled")
	if refusal.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	// One counter, whatever it is asked for.
	patchMe(s, t, person.AccessToken, body{"username": apitest.Name(), "current_password": apitest.Password}).Problem(http.StatusTooManyRequests, "throttled")
	change := body{"current_password": apitest.Password, "new_password": newPassword}
	s.Auth.Post(t, "/auth/password/change", person.AccessToken, change).Problem(http.StatusTooManyRequests, "throttled")
}

func TestS68DeleteOwnAccount(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	remove := func(token, password string) apitest.Response {
		return s.Auth.Post(t, "/auth/me/delete", token, body{"current_password": password})
	}
	remove(person.AccessToken, "not the password").Problem(http.StatusUnauthorized, "invalid_credentials")
	remove(person.AccessToken, apitest.Password).Is(http.StatusNoContent)
	refused(t, s, person.RefreshToken)
	remove(person.AccessToken, apitest.Password).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Post(t, "/auth/login", "", body{"login": person.User.Username, "password": apitest.Password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	again := body{"username": person.User.Username, "email": "x" + person.User.Email, "password": apitest.Password}
	s.Auth.Post(t, "/auth/register", "", again).Problem(http.StatusConflict, "username_taken")

	admin := s.Admin(t)
	remove(admin, apitest.AdminPassword).Problem(http.StatusConflict, "last_admin")
	s.Users.Post(t, "/users", admin, body{"username": "second", "email": "second@example.com", "password": apitest.Password, "roles": []string{"admin"}}).Is(http.StatusCreated)
	remove(admin, apitest.AdminPassword).Is(http.StatusNoContent)
	s.Auth.Get(t, "/auth/sessions", admin).Problem(http.StatusUnauthorized, "unauthorized")
}

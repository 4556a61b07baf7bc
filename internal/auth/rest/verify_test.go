package rest_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
)

func TestVerifyANewAddress(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	grant := s.Login(t, user.Username, apitest.Password)
	token := s.Mails.Token(t, user.Email, mail.VerifyEmail, 1)
	if link := s.Mails.Await(t, user.Email, mail.VerifyEmail, 1).Link; link != s.AuthConfig.PublicURL+"/verify#token="+token {
		t.Errorf("the link is %s", link)
	}
	s.Auth.Do(t, verify(token)).Is(http.StatusNoContent)
	s.Auth.Do(t, verify(token)).Problem(http.StatusUnauthorized, "invalid_token")
	if again := s.Refresh(t, grant.RefreshToken); !again.User.Verified {
		t.Error("the address is not confirmed, or its confirmation ended the session")
	}
	s.Auth.Do(t, verify("bm90IGEgdG9rZW4gb2Ygb3Vycywgbm90IGEgdG9rZW4")).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Do(t, verify(token+"=")).Problem(http.StatusUnauthorized, "invalid_token")
}

func TestATokenServesOnePurpose(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	verifyToken, resetToken := s.Mails.Token(t, user.Email, mail.VerifyEmail, 1), forgot(t, s, user.Email, 1)
	s.Auth.Do(t, reset(verifyToken, newPassword)).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Do(t, verify(resetToken)).Problem(http.StatusUnauthorized, "invalid_token")
	refused(t, s, verifyToken)
	s.Auth.Get(t, "/auth/me", verifyToken).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Do(t, verify(verifyToken)).Is(http.StatusNoContent)
	s.Auth.Do(t, reset(resetToken, newPassword)).Is(http.StatusNoContent)
}

func TestRequireVerified(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.RequireVerified = true })
	user := s.Register(t)
	right, wrong := body{"login": user.Username, "password": apitest.Password}, body{"login": user.Username, "password": newPassword}
	s.Auth.Post(t, "/auth/login", "", right).Problem(http.StatusForbidden, "email_not_verified")
	s.Auth.Post(t, "/auth/login", "", wrong).Problem(http.StatusUnauthorized, "invalid_credentials")
	s.Auth.Do(t, verify(s.Mails.Token(t, user.Email, mail.VerifyEmail, 1))).Is(http.StatusNoContent)
	s.Login(t, user.Username, apitest.Password)
}

func TestS12PrivateRegistration(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.RegistrationPrivacy, a.RequireVerified = config.Private, true })
	register := func(username, email string) apitest.Response {
		return s.Auth.Post(t, "/auth/register", "", body{"username": username, "email": email, "password": apitest.Password})
	}
	hashes := func() float64 { return apitest.Scrape(t, s.UsersOps).Sum("latchkey_password_hash_duration_seconds") }
	first, second := apitest.Name(), apitest.Name()
	before := hashes()
	a := register(first, first+"@example.com").Is(http.StatusAccepted)
	if spent := hashes() - before; spent != 1 {
		t.Errorf("a free address costs %v hashes", spent)
	}
	s.Auth.Post(t, "/auth/login", "", body{"login": first, "password": apitest.Password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	token := s.Mails.Token(t, first+"@example.com", mail.VerifyEmail, 1)

	before = hashes()
	b := register(second, strings.ToUpper(first)+"@Example.com").Is(http.StatusAccepted)
	if spent := hashes() - before; spent != 1 {
		t.Errorf("a taken address costs %v hashes", spent)
	}
	for _, r := range []apitest.Response{a, b} {
		r.Header.Del("X-Request-Id")
		r.Header.Del("Date")
	}
	if len(a.Body)+len(b.Body) != 0 || !reflect.DeepEqual(a.Header, b.Header) {
		t.Errorf("the answers differ: %v %s and %v %s", a.Header, a.Body, b.Header, b.Body)
	}
	s.Mails.Await(t, first+"@example.com", mail.AlreadyRegistered, 1)
	for _, name := range []string{first, second} { // both names are held now
		register(name, "other-"+name+"@example.com").Problem(http.StatusConflict, "username_taken")
	}
	short := body{"username": apitest.Name(), "email": first + "@example.com", "password": "short"}
	s.Auth.Post(t, "/auth/register", "", short).Problem(http.StatusUnprocessableEntity, "password_rejected")
	short["password"] = apitest.Password // a refused try holds no name
	s.Auth.Post(t, "/auth/register", "", short).Is(http.StatusAccepted)

	s.Auth.Do(t, verify(token)).Is(http.StatusNoContent)
	s.Login(t, first, apitest.Password)
}

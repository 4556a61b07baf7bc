package rest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

type body = apitest.Body

func TestRegisterLoginRefreshMeLogout(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	first := s.Login(t, strings.ToUpper(user.Email), apitest.Password)
	if first.User.ID != user.ID || first.TokenType != "Bearer" || first.ExpiresIn != 600 {
		t.Fatalf("signed in as %+v", first)
	}
	second := s.Refresh(t, first.RefreshToken)
	var me apitest.User
	s.Auth.Get(t, "/auth/me", second.AccessToken).Is(http.StatusOK).JSON(&me)
	if me.ID != user.ID || me.Username != user.Username {
		t.Errorf("me is %+v", me)
	}
	s.Auth.Post(t, "/auth/logout", "", body{"refresh_token": second.RefreshToken}).Is(http.StatusNoContent)
	s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": second.RefreshToken}).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Get(t, "/auth/me", second.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Post(t, "/auth/logout-all", second.AccessToken, nil).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Post(t, "/auth/logout", "", body{"refresh_token": second.RefreshToken}).Is(http.StatusNoContent)
}

func TestS46LogoutTakesAnyProofOfTheSession(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	s.Auth.Post(t, "/auth/logout", person.AccessToken, nil).Is(http.StatusNoContent)
	s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": person.RefreshToken}).Problem(http.StatusUnauthorized, "invalid_token")

	person = s.Person(t)
	s.Refresh(t, person.RefreshToken)
	s.Auth.Post(t, "/auth/logout", "", body{"refresh_token": person.RefreshToken}).Is(http.StatusNoContent)
	s.Auth.Get(t, "/auth/me", person.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")

	s.Auth.Post(t, "/auth/logout", "", nil).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Post(t, "/auth/logout", "not.a.token", nil).Problem(http.StatusUnauthorized, "unauthorized")
	s.Auth.Post(t, "/auth/logout", "", body{"refresh_token": "v1.x.y.z"}).Problem(http.StatusUnauthorized, "invalid_token")
}

func TestS46LogoutAllEndsEverySessionOfThePersonOnly(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user, other := s.Register(t), s.Person(t)
	a, b := s.Login(t, user.Username, apitest.Password), s.Login(t, user.Email, apitest.Password)
	s.Auth.Post(t, "/auth/logout-all", a.AccessToken, nil).Is(http.StatusNoContent)
	for _, grant := range []apitest.Grant{a, b} {
		s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": grant.RefreshToken}).Problem(http.StatusUnauthorized, "invalid_token")
		s.Auth.Get(t, "/auth/me", grant.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	}
	s.Refresh(t, other.RefreshToken)
}

func TestS10RegistrationTakesThreeMembersAndNoMore(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	for member, value := range map[string]any{
		"role": "admin", "roles": []string{"admin"}, "id": "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", "verified": true, "deleted_at": nil,
		"password_hash": "$2b$10$" + strings.Repeat("a", 53), "disabled": false, "credential_epoch": 7, "Username": "root", "ROLES": []string{"admin"},
	} {
		t.Run(member, func(t *testing.T) {
			in := body{"username": "mallory", "email": "m@example.com", "password": apitest.Password, member: value}
			p := s.Auth.Post(t, "/auth/register", "", in).Problem(http.StatusBadRequest, "invalid_request")
			if got := p.Pointers(); len(got) != 1 || got[0] != "/"+member {
				t.Errorf("points at %q", got)
			}
		})
	}
	user := s.Register(t)
	var stored apitest.User
	s.Users.Get(t, "/users/"+user.ID, s.Admin(t)).Is(http.StatusOK).JSON(&stored)
	for _, u := range []apitest.User{user, stored} {
		if len(u.Roles) != 1 || u.Roles[0] != "user" || u.Verified {
			t.Errorf("registered %+v", u)
		}
	}
	again := body{"username": user.Username, "email": "other@example.com", "password": apitest.Password}
	s.Auth.Post(t, "/auth/register", "", again).Problem(http.StatusConflict, "username_taken")
	again = body{"username": "otherwise", "email": user.Email, "password": apitest.Password}
	s.Auth.Post(t, "/auth/register", "", again).Problem(http.StatusConflict, "email_taken")
	short := body{"username": "shorty", "email": "s@example.com", "password": "short"}
	if p := s.Auth.Post(t, "/auth/register", "", short).Problem(http.StatusUnprocessableEntity, "password_rejected"); p.Reasons[0] != "too_short" {
		t.Errorf("refused for %v", p.Reasons)
	}
	reserved := body{"username": "postmaster", "email": "p@example.com", "password": apitest.Password}
	if p := s.Auth.Post(t, "/auth/register", "", reserved).Problem(http.StatusBadRequest, "invalid_request"); p.Pointers()[0] != "/username" {
		t.Errorf("points at %v", p.Pointers())
	}
}

func TestS11OfAHundredRegistrationsOfOneNameOneWins(t *testing.T) {
	t.Parallel()
	// A short queue sheds some of the hashes: 503 is then the third answer.
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) { u.BcryptCost = 8; u.HashQueue /= 100 })
	in := body{"username": "solo", "email": "solo@example.com", "password": apitest.Password}
	try := func() (int, string) {
		answer := s.Auth.Post(t, "/auth/register", "", in)
		return answer.Status, answer.Header.Get("Retry-After")
	}
	counts := parallel(100, func() int {
		status, retryAfter := try()
		if status == http.StatusServiceUnavailable && retryAfter == "" {
			t.Error("a 503 without Retry-After")
		}
		return status
	})
	for range 100 { // every hash may have been shed: then one who tries again wins
		if counts[http.StatusCreated] > 0 {
			break
		}
		status, _ := try()
		counts[status]++
		counts[http.StatusServiceUnavailable]--
	}
	if counts[http.StatusCreated] != 1 || counts[http.StatusCreated]+counts[http.StatusConflict]+counts[http.StatusServiceUnavailable] != 100 {
		t.Fatalf("answers by status: %v", counts)
	}
	t.Logf("answers by status: %v", counts)
	if again := parallel(100, func() int { status, _ := try(); return status }); again[http.StatusConflict] == 0 || again[http.StatusConflict]+again[http.StatusServiceUnavailable] != 100 {
		t.Errorf("tried again: %v", again)
	}
}

// parallel runs f n times at once and counts what it returns.
func parallel[T comparable](n int, f func() T) map[T]int {
	var mu sync.Mutex
	counts := map[T]int{}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			got := f()
			mu.Lock()
			defer mu.Unlock()
			counts[got]++
		})
	}
	wg.Wait()
	return counts
}

package apitest

import (
	"net/http"
	"testing"
	"time"
)

// User is an account, as a consumer would type it by hand.
type User struct {
	ID        string   `json:"id"`
	Username  string   `json:"username"`
	Email     string   `json:"email"`
	Verified  bool     `json:"verified"`
	Disabled  bool     `json:"disabled"`
	Roles     []string `json:"roles"`
	CreatedAt string   `json:"created_at"`
	UpdatedAt string   `json:"updated_at"`
	DeletedAt *string  `json:"deleted_at"`
	Version   int64    `json:"version"`
}

// Grant is what a sign-in gives.
type Grant struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	User         User   `json:"user"`
}

// Body is a JSON object.
type Body map[string]any

// Register registers a new person and returns their account.
func (s *System) Register(t testing.TB) User {
	t.Helper()
	name := Name()
	var out struct{ User User }
	s.Auth.Post(t, "/auth/register", "", Body{"username": name, "email": name + "@example.com", "password": Password}).
		Is(http.StatusCreated).JSON(&out)
	return out.User
}

// Login signs in.
func (s *System) Login(t testing.TB, login, password string) Grant {
	t.Helper()
	var grant Grant
	s.Auth.Post(t, "/auth/login", "", Body{"login": login, "password": password}).Is(http.StatusOK).JSON(&grant)
	return grant
}

// Person registers somebody and signs them in.
func (s *System) Person(t testing.TB) Grant {
	t.Helper()
	return s.Login(t, s.Register(t).Username, Password)
}

// Admin signs the first admin in and returns their access token.
func (s *System) Admin(t testing.TB) string {
	t.Helper()
	return s.Login(t, AdminUsername, AdminPassword).AccessToken
}

// Refresh exchanges a refresh token, which must work.
func (s *System) Refresh(t testing.TB, token string) Grant {
	t.Helper()
	var grant Grant
	s.Auth.Post(t, "/auth/refresh", "", Body{"refresh_token": token}).Is(http.StatusOK).JSON(&grant)
	return grant
}

// AwaitUsers waits until the auth service reaches the users service: after
// failures its circuit stays open for up to 2 s. Nobody's sign-in tells.
func (s *System) AwaitUsers(t testing.TB) {
	t.Helper()
	for began := time.Now(); time.Since(began) < startTimeout; time.Sleep(20 * time.Millisecond) {
		nobody := Body{"login": Name(), "password": "x"}
		if s.Auth.Post(t, "/auth/login", "", nobody).Status == http.StatusUnauthorized {
			return
		}
	}
	t.Fatalf("auth does not reach users\n%s", s.Logs.String())
}

// Purge removes an account for good, if there is one of the name; admin is an
// administrator's token.
func (s *System) Purge(t testing.TB, admin, username string) {
	t.Helper()
	found := s.Users.Get(t, "/users/"+username+"?include_deleted=true", admin)
	if found.Status == http.StatusNotFound {
		return
	}
	var user User
	found.Is(http.StatusOK).JSON(&user)
	s.Users.Delete(t, "/users/"+user.ID+"?purge=true", admin, "").Is(http.StatusNoContent)
}

package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// secret makes a password for the account of a username and of an address's
// local part.
type secret func(username, local string) string

// always is the same password for everybody.
func always(password string) secret { return func(string, string) string { return password } }

// passwordDoors are the ways in for a new password, by operation. What they
// refuse leaves them as they were.
func passwordDoors(t *testing.T, s *apitest.System) map[string]func(secret) apitest.Response {
	t.Helper()
	names := func() (username, local string) {
		username = apitest.Name()
		return username, strings.Replace(username, "user", "mail", 1)
	}
	registration := func(p secret) body {
		username, local := names()
		return body{"username": username, "email": local + "@example.com", "password": p(username, local)}
	}
	admin := s.Admin(t)
	first := registration(always(apitest.Password))
	s.Auth.Post(t, "/auth/register", "", first).Is(http.StatusCreated)
	username, email := first["username"].(string), first["email"].(string)
	local, _, _ := strings.Cut(email, "@")
	grant, token := s.Login(t, username, apitest.Password), forgot(t, s, email, 1)
	return map[string]func(secret) apitest.Response{
		"register":   func(p secret) apitest.Response { return s.Auth.Post(t, "/auth/register", "", registration(p)) },
		"createUser": func(p secret) apitest.Response { return s.Users.Post(t, "/users", admin, registration(p)) },
		"updateUser": func(p secret) apitest.Response {
			return s.Users.Patch(t, "/users/"+grant.User.ID, admin, "", body{"password": p(username, local)})
		},
		"changePassword": func(p secret) apitest.Response {
			in := body{"current_password": apitest.Password, "new_password": p(username, local)}
			return s.Auth.Post(t, "/auth/password/change", grant.AccessToken, in)
		},
		"resetPassword": func(p secret) apitest.Response { return s.Auth.Do(t, reset(token, p(username, local))) },
	}
}

// refusedFor holds every door to refusing a password, and to saying why.
func refusedFor(t *testing.T, doors map[string]func(secret) apitest.Response, reason string, p secret) {
	t.Helper()
	for name, door := range doors {
		problem := door(p).Problem(http.StatusUnprocessableEntity, "password_rejected")
		if !slices.Contains(problem.Reasons, reason) {
			t.Errorf("%s refuses %q for %v, want %s", name, p("USERNAME", "LOCAL"), problem.Reasons, reason)
		}
	}
}

// TestS01TooShort: a password under the minimum of 12 characters is refused,
// however many bytes those are.
func TestS01TooShort(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	doors := passwordDoors(t, s)
	for _, short := range []string{"x", "vorpal-Kett", "           ", "🔑🔒🚪🗝", "éèêëàùâäüöß"} {
		refusedFor(t, doors, "too_short", always(short))
	}
	for _, name := range []string{"register", "createUser"} {
		for _, enough := range []string{"vorpal-Kettl", "éèêëàùâäüößñ"} {
			doors[name](always(enough)).Is(http.StatusCreated)
		}
	}
}

// TestS02CommonAtEveryDoor: see TestS02CommonPasswordsAreRefused for which.
func TestS02CommonAtEveryDoor(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	doors := passwordDoors(t, s)
	for _, common := range []string{"password1234", "QwertyUIOP123", "1qaz2wsx3edc"} {
		refusedFor(t, doors, "common", always(common))
	}
}

// TestS07NamesInPasswords: a password that holds the username, or what stands
// before the address's @, in any case, is refused.
func TestS07NamesInPasswords(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	doors := passwordDoors(t, s)
	for reason, pick := range map[string]secret{
		"contains_username": func(username, _ string) string { return username },
		"contains_email":    func(_, local string) string { return local },
	} {
		refusedFor(t, doors, reason, func(u, l string) string { return pick(u, l) + " and forever" })
		refusedFor(t, doors, reason, func(u, l string) string { return "for ever" + strings.ToUpper(pick(u, l)) })
		refusedFor(t, doors, reason, func(u, l string) string {
			name := pick(u, l)
			return "so " + strings.ToUpper(name[:1]) + name[1:] + " it is"
		})
	}
}

// TestS06NoCompositionAndNoExpiry: one sort of characters will do, and a
// password of ten years ago still signs in, and nobody is asked for a new one.
func TestS06NoCompositionAndNoExpiry(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	for what, password := range map[string]string{
		"lower case": "vorpalkettlemoss", "upper case": "VORPALKETTLEMOSS", "digits": "830274619550281", "signs": "?;:--__++#!.,=&",
		"spaces and one letter": "              x", "another script": "сорокдвекошки", "emoji": "🔑🔒🚪🗝🔑🔒🚪🔑🔒🚪🔑🔒🚪🔑"[:4*12],
	} {
		username := apitest.Name()
		in := body{"username": username, "email": username + "@example.com", "password": password}
		if got := s.Auth.Post(t, "/auth/register", "", in); got.Status != http.StatusCreated {
			t.Errorf("%s: %d %s", what, got.Status, got.Body)
			continue
		}
		super(t, s, "SET session_replication_role = replica; "+ // without the trigger that says when a row was changed
			"UPDATE users.users SET created_at = now() - interval '10 years', updated_at = now() - interval '10 years' WHERE username = '"+username+"'")
		grant := s.Login(t, username, password)
		if since := grant.User.UpdatedAt; since > "2020" {
			t.Errorf("%s: the account is not old: %s", what, since)
		}
		s.Refresh(t, grant.RefreshToken)
	}
}

// TestS03SixtyFourCharacters: spaces count where they are, and nothing is cut
// off or taken together.
func TestS03SixtyFourCharacters(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	password := "  a tuba  wanders past noon, eleven umbrellas and a kettle sing "
	if len(password) != 64 {
		t.Fatalf("%d characters", len(password))
	}
	username := apitest.Name()
	s.Auth.Post(t, "/auth/register", "", body{"username": username, "email": username + "@example.com", "password": password}).Is(http.StatusCreated)
	s.Login(t, username, password)
	for _, other := range []string{strings.TrimSpace(password), strings.ReplaceAll(password, "  ", " "), password[:63], strings.ToUpper(password)} {
		s.Auth.Post(t, "/auth/login", "", body{"login": username, "password": other}).Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	s.Login(t, username, password)
}

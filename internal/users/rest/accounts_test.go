package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

type body = apitest.Body

// create makes an account as the admin.
func create(t *testing.T, s *apitest.System, admin string, more body) apitest.User {
	t.Helper()
	name := apitest.Name()
	in := body{"username": name, "email": name + "@example.com"}
	for key, value := range more {
		in[key] = value
	}
	var user apitest.User
	s.Users.Post(t, "/users", admin, in).Is(http.StatusCreated).JSON(&user)
	return user
}

func TestAnAdminKeepsAccounts(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)

	made := s.Users.Post(t, "/users", admin, body{"username": "Grace", "email": "Grace@EXAMPLE.com", "password": apitest.Password}).Is(http.StatusCreated)
	var user apitest.User
	made.JSON(&user)
	if user.Username != "grace" || user.Email != "grace@example.com" || user.Verified || !slices.Equal(user.Roles, []string{"user"}) || user.Version != 1 {
		t.Fatalf("made %+v", user)
	}
	if got := made.Header.Get("Location"); got != "/users/"+user.ID {
		t.Errorf("Location is %s", got)
	}
	if got := made.Header.Get("ETag"); got != `"1"` {
		t.Errorf("ETag is %s", got)
	}
	for _, path := range []string{"/users/" + user.ID, "/users/grace", "/users/GRACE", "/users/email/grace@example.com", "/users/email/GRACE%40Example.COM"} {
		var found apitest.User
		s.Users.Get(t, path, admin).Is(http.StatusOK).JSON(&found)
		if found.ID != user.ID {
			t.Errorf("%s found %+v", path, found)
		}
	}

	changed := s.Users.Patch(t, "/users/"+user.ID, admin, `"1"`, body{"email": "grace@example.org", "verified": true}).Is(http.StatusOK)
	changed.JSON(&user)
	if user.Email != "grace@example.org" || !user.Verified || user.Version != 2 || changed.Header.Get("ETag") != `"2"` {
		t.Fatalf("changed to %+v", user)
	}
	s.Users.Patch(t, "/users/"+user.ID, admin, `"1"`, body{"verified": false}).Problem(http.StatusPreconditionFailed, "version_mismatch")
	s.Users.Delete(t, "/users/"+user.ID, admin, `"1"`).Problem(http.StatusPreconditionFailed, "version_mismatch")
	s.Users.Delete(t, "/users/"+user.ID, admin, `W/"2"`).Problem(http.StatusPreconditionFailed, "version_mismatch")

	s.Users.Delete(t, "/users/"+user.ID, admin, `"1", "2"`).Is(http.StatusNoContent)
	for _, path := range []string{"/users/" + user.ID, "/users/grace", "/users/email/grace@example.org"} {
		s.Users.Get(t, path, admin).Problem(http.StatusNotFound, "not_found")
	}
	s.Users.Delete(t, "/users/"+user.ID, admin, "").Problem(http.StatusNotFound, "not_found")
	s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"verified": true}).Problem(http.StatusNotFound, "not_found")
	s.Users.Post(t, "/users", admin, body{"username": "grace", "email": "else@example.org"}).Problem(http.StatusConflict, "username_taken")
	s.Users.Post(t, "/users", admin, body{"username": "else", "email": "grace@example.org"}).Problem(http.StatusConflict, "email_taken")
	other := create(t, s, admin, nil)
	s.Users.Patch(t, "/users/"+other.ID, admin, "", body{"username": "GRACE"}).Problem(http.StatusConflict, "username_taken")
	s.Users.Patch(t, "/users/"+other.ID, admin, "", body{"email": "Grace@example.org"}).Problem(http.StatusConflict, "email_taken")
}

func TestANewEmailIsUnverifiedUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, body{"verified": true})
	patch := func(in body) (now apitest.User) {
		s.Users.Patch(t, "/users/"+user.ID, admin, "", in).Is(http.StatusOK).JSON(&now)
		return now
	}
	if now := patch(body{"email": user.Email}); !now.Verified {
		t.Error("the same email made it unverified")
	}
	if now := patch(body{"email": "new." + user.Email}); now.Verified {
		t.Error("a new email is still verified")
	}
	if now := patch(body{"email": "newer." + user.Email, "verified": true}); !now.Verified {
		t.Error("verified was not believed")
	}
	if now := patch(body{"disabled": true}); !now.Disabled || !now.Verified {
		t.Errorf("disabling made %+v", now)
	}
	if now := patch(body{"disabled": false, "roles": []string{}}); now.Disabled || len(now.Roles) != 0 {
		t.Errorf("enabling made %+v", now)
	}
}

func TestBadMembersArePointedAt(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	for name, c := range map[string]struct {
		method, path string
		body         any
		pointer      string
	}{
		"case twin":          {"POST", "/users", `{"username":"bob","email":"bob@example.com","Username":"x"}`, "/Username"},
		"duplicate key":      {"POST", "/users", `{"username":"bob","username":"eve","email":"bob@example.com"}`, ""},
		"trailing bytes":     {"POST", "/users", `{"username":"bob","email":"bob@example.com"} {}`, ""},
		"NUL":                {"POST", "/users", `{"username":"bob","email":"bob@example.com","password":"ab\u0000cdefghijkl"}`, ""},
		"reserved name":      {"POST", "/users", body{"username": "Root", "email": "bob@example.com"}, "/username"},
		"look-alike":         {"POST", "/users", body{"username": "раураl", "email": "bob@example.com"}, "/username"},
		"bad domain":         {"POST", "/users", body{"username": "bob", "email": "bob@exa_mple.com"}, "/email"},
		"no such role":       {"POST", "/users", body{"username": "bob", "email": "bob@example.com", "roles": []string{"wizard"}}, "/roles"},
		"hash and no bcrypt": {"POST", "/users", body{"username": "bob", "email": "bob@example.com", "password_hash": "$2b$31$" + strings.Repeat("a", 53)}, "/password_hash"},
		"hash and password":  {"POST", "/users", body{"username": "bob", "email": "bob@example.com", "password": apitest.Password, "password_hash": "$2b$10$" + strings.Repeat("a", 53)}, ""},
		"empty patch":        {"PATCH", "/users/" + user.ID, body{}, ""},
		"null in a patch":    {"PATCH", "/users/" + user.ID, body{"email": nil}, "/email"},
		"patch by name":      {"PATCH", "/users/" + user.Username, body{"verified": true}, "path.user"},
		"delete by name":     {"DELETE", "/users/" + user.Username, nil, "path.user"},
		"limit":              {"GET", "/users?limit=201", nil, "query.limit"},
		"cursor":             {"GET", "/users?cursor=AAAA", nil, "query.cursor"},
		"unknown query":      {"GET", "/users?offset=3", nil, "query.offset"},
		"not an email":       {"GET", "/users/email/nobody", nil, "path.email"},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.Users.Do(t, apitest.Request{Method: c.method, Path: c.path, Token: admin, Body: c.body}).Problem(http.StatusBadRequest, "invalid_request")
			if !slices.Contains(p.Pointers(), c.pointer) {
				t.Errorf("points at %q, want %q", p.Pointers(), c.pointer)
			}
		})
	}
}

func TestPasswordsAreHeldToThePolicy(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	for password, reason := range map[string]string{
		"short":                     "too_short",
		strings.Repeat("long ", 15): "too_long",
		"password1234":              "common",
		"bobby and his sister":      "contains_username",
	} {
		p := s.Users.Post(t, "/users", admin, body{"username": "bobby", "email": "b@example.com", "password": password}).
			Problem(http.StatusUnprocessableEntity, "password_rejected")
		if !slices.Contains(p.Reasons, reason) {
			t.Errorf("%q is refused for %v, want %s", password, p.Reasons, reason)
		}
	}
	user := create(t, s, admin, nil)
	s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"password": user.Username + " forever"}).Problem(http.StatusUnprocessableEntity, "password_rejected")
}

func TestOfOneNameThereIsOne(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	t.Run("S09 of 100 parallel creates one wins", func(t *testing.T) {
		statuses := parallel(100, func(int) int {
			return s.Users.Post(t, "/users", admin, body{"username": "solo", "email": "solo@example.com"}).Status
		})
		if statuses[http.StatusCreated] != 1 || statuses[http.StatusConflict] != 99 {
			t.Errorf("answers by status: %v", statuses)
		}
	})
}

// parallel runs f n times at once and counts what it returns.
func parallel(n int, f func(int) int) map[int]int {
	var mu sync.Mutex
	counts := map[int]int{}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			got := f(i)
			mu.Lock()
			defer mu.Unlock()
			counts[got]++
		})
	}
	wg.Wait()
	return counts
}

func TestAListIsWalkedPageByPage(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	var want []string
	for range 7 {
		want = append(want, create(t, s, admin, nil).ID)
	}
	gone := create(t, s, admin, nil)
	s.Users.Delete(t, "/users/"+gone.ID, admin, "").Is(http.StatusNoContent)
	slices.Reverse(want)

	var got []string
	path := "/users?limit=3"
	for pages := 1; ; pages++ {
		var page struct {
			Items      []apitest.User `json:"items"`
			NextCursor *string        `json:"next_cursor"`
		}
		s.Users.Get(t, path, admin).Is(http.StatusOK).JSON(&page)
		for _, user := range page.Items {
			got = append(got, user.ID)
		}
		if page.NextCursor == nil {
			if pages != 3 {
				t.Errorf("8 accounts came in %d pages of 3", pages)
			}
			break
		}
		path = "/users?limit=3&cursor=" + *page.NextCursor
	}
	if len(got) != 8 || !slices.Equal(got[:7], want) {
		t.Errorf("got %v, want %v and then the admin", got, want)
	}
	s.Users.Get(t, path[:len(path)-1]+"x", admin).Problem(http.StatusBadRequest, "invalid_request")
}

func TestALookUpIsOneStatement(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	for _, path := range []string{"/users/" + user.ID, "/users/" + user.Username, "/users/email/" + user.Email} {
		s.Users.Get(t, path, admin).Is(http.StatusOK)
		statements := s.UsersSQL.DuringRequest("counted", func() {
			s.Users.Do(t, apitest.Request{Method: http.MethodGet, Path: path, Token: admin, Header: http.Header{"X-Request-Id": {"counted"}}}).Is(http.StatusOK)
		})
		if len(statements) != 1 {
			t.Errorf("%s took %d statements: %q", path, len(statements), statements)
		}
	}
}

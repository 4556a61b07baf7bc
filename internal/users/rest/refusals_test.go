package rest_test

import (
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// refusedLogin is one kind of sign-in that is refused.
type refusedLogin struct{ name, login, password string }

// refusedLogins are all kinds. The cheap ones have stored hashes that cost less
// than the policy.
func refusedLogins(t *testing.T, s *apitest.System) []refusedLogin {
	t.Helper()
	admin := s.Admin(t)
	live, deleted := create(t, s, admin, body{"password": apitest.Password}), create(t, s, admin, body{"password": apitest.Password})
	s.Users.Delete(t, "/users/"+deleted.ID, admin, "").Is(http.StatusNoContent)
	disabled, none := create(t, s, admin, body{"password": apitest.Password}), create(t, s, admin, nil)
	s.Users.Patch(t, "/users/"+disabled.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	cheap := func(cost int) string {
		hash, err := bcrypt.GenerateFromPassword([]byte(apitest.Password), cost)
		if err != nil {
			t.Fatal(err)
		}
		return create(t, s, admin, body{"password_hash": string(hash)}).Username
	}
	long := strings.Repeat("x", 73)
	return []refusedLogin{
		{"wrong", live.Username, "a wrong passphrase"},
		{"wrong, by email", live.Email, "a wrong passphrase"},
		{"wrong, 73 bytes", live.Username, long},
		{"wrong, empty", live.Username, ""},
		{"wrong, stored at cost 4", cheap(4), "a wrong passphrase"},
		{"wrong, stored at cost 5", cheap(5), "a wrong passphrase"},
		{"unknown", "nobody-at-all", apitest.Password},
		{"unknown, by email", "nobody@example.com", apitest.Password},
		{"unknown, 73 bytes", "nobody-at-all", long},
		{"unknown, empty", "nobody-at-all", ""},
		{"impossible name", "no such name!", apitest.Password},
		{"deleted", deleted.Username, apitest.Password},
		{"deleted, 73 bytes", deleted.Username, long},
		{"disabled", disabled.Username, apitest.Password},
		{"password-less", none.Username, apitest.Password},
		{"password-less, 73 bytes", none.Username, long},
		{"password-less, empty", none.Username, ""},
	}
}

// status is what is answered: an empty password is 400 before anything is
// looked up, for every login.
func (r refusedLogin) status() int {
	if r.password == "" {
		return http.StatusBadRequest
	}
	return http.StatusUnauthorized
}

// lookUp is what the two look-ups of an account differ by.
var lookUp = regexp.MustCompile(`(?s)GetCredentialBy\w+.*`)

// TestS14ARefusalCostsOneHash: why refusals take the same time. Each costs one
// hash of the policy, and the same statements in the same order; what a hash
// costs is counted in TestS14S15TimeTellsNothing, and `make attack` measures
// all of it (TestS14S15Timed).
func TestS14ARefusalCostsOneHash(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) { u.BcryptCost = 6 })
	auth := authIdentity(t, s)
	hashes := func() (made, checked float64) {
		all := apitest.Scrape(t, s.UsersOps)
		const name = "latchkey_password_hash_duration_seconds"
		return all.Sum(name, "purpose=hash"), all.Sum(name, "algorithm=bcrypt", "purpose=verify")
	}
	logins := refusedLogins(t, s)
	made, checked := hashes()
	var usual []string
	for _, r := range logins {
		statements := s.UsersSQL.DuringRequest("refused", func() {
			s.Users.Do(t, apitest.Request{
				Method: http.MethodPost, Path: "/credentials/verify", Token: auth, Header: http.Header{"X-Request-Id": {"refused"}},
				Body: body{"login": r.login, "password": r.password},
			}).Is(r.status())
		})
		want := 1.0
		if r.password == "" {
			want = 0
		}
		nowMade, nowChecked := hashes()
		if nowMade != made || nowChecked != checked+want {
			t.Errorf("%s: %v passwords hashed and %v checked, want 0 and %v", r.name, nowMade-made, nowChecked-checked, want)
		}
		checked = nowChecked
		for i, sql := range statements {
			statements[i] = lookUp.ReplaceAllString(sql, "a look-up")
		}
		switch {
		case r.password == "" && len(statements) > 0:
			t.Errorf("%s costs statements: %q", r.name, statements)
		case r.password == "":
		case usual == nil:
			usual = statements
		case !slices.Equal(statements, usual):
			t.Errorf("%s: %q, want %q", r.name, statements, usual)
		}
	}
	if len(usual) < 2 {
		t.Errorf("only %q were counted", usual)
	}
}

// TestS13RefusalsLookAlike in status, body and headers, at both services.
func TestS13RefusalsLookAlike(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth := authIdentity(t, s)
	var first map[string]any
	var headers http.Header
	for _, r := range refusedLogins(t, s) {
		if r.password == "" {
			continue // 400, of which the login is no part
		}
		super(t, s, "DELETE FROM users.throttles")
		for _, service := range []*apitest.Client{s.Users, s.Auth} {
			path, bearer := "/credentials/verify", auth
			if service == s.Auth {
				path, bearer = "/auth/login", ""
			}
			answer := service.Post(t, path, bearer, body{"login": r.login, "password": r.password})
			answer.Problem(http.StatusUnauthorized, "invalid_credentials")
			var doc map[string]any
			answer.JSON(&doc)
			delete(doc, "request_id")
			header := answer.Header.Clone()
			header.Del("X-Request-Id")
			header.Del("Date")
			if first == nil {
				first, headers = doc, header
			}
			if !reflect.DeepEqual(doc, first) || !reflect.DeepEqual(header, headers) {
				t.Errorf("%s: %v %v, want %v %v", r.name, doc, header, first, headers)
			}
		}
	}
}

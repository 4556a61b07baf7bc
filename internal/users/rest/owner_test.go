package rest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// standing is the answer to verifying and to changing credentials.
type standing struct {
	User  apitest.User `json:"user"`
	Epoch int64        `json:"credential_epoch"`
}

// setCredentials changes credentials as the auth service does.
func setCredentials(t *testing.T, s *apitest.System, auth, id string, in body) apitest.Response {
	t.Helper()
	return s.Users.Do(t, apitest.Request{Method: "PATCH", Path: "/users/" + id + "/credentials", Token: auth, Body: in})
}

func TestCredentialsChangeUnderTheirEpoch(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user := create(t, s, admin, body{"password": apitest.Password})
	epoch, version := int64(1), user.Version
	for _, c := range []struct {
		name  string
		in    body
		moves int64
		kinds []string
		is    func(apitest.User) bool
	}{
		{"verified alone", body{"verified": true}, 0, []string{"user.email_verified"},
			func(u apitest.User) bool { return u.Verified && u.Email == user.Email }},
		{"a username alone", body{"username": user.Username + "x"}, 0, []string{"user.updated"},
			func(u apitest.User) bool { return u.Username == user.Username+"x" && u.Verified }},
		{"a password", body{"password": "a new long passphrase"}, 1, []string{"user.password_changed"},
			func(u apitest.User) bool { return u.Verified }},
		{"an email", body{"email": "New-" + user.Email}, 1, []string{"user.updated"},
			func(u apitest.User) bool { return u.Email == "new-"+user.Email && !u.Verified }},
		{"an email that is confirmed", body{"email": "newer-" + user.Email, "verified": true}, 1, []string{"user.email_verified", "user.updated"},
			func(u apitest.User) bool { return u.Email == "newer-"+user.Email && u.Verified }},
		{"the same email", body{"email": "newer-" + user.Email}, 0, nil, func(u apitest.User) bool { return u.Verified }},
	} {
		known := len(events(t, s, admin, "&user_id="+user.ID))
		c.in["credential_epoch"] = epoch
		var now standing
		setCredentials(t, s, auth, user.ID, c.in).Is(http.StatusOK).JSON(&now)
		if epoch += c.moves; now.Epoch != epoch || !c.is(now.User) || now.User.Version < version || !slices.Equal(now.User.Roles, []string{"user"}) {
			t.Errorf("%s: %+v, want epoch %d", c.name, now, epoch)
		}
		all := events(t, s, admin, "&user_id="+user.ID)
		got := kinds(all[known:])
		if slices.Sort(got); !slices.Equal(got, c.kinds) {
			t.Errorf("%s is told as %v, want %v", c.name, got, c.kinds)
		}
		version = now.User.Version
		c.in["credential_epoch"] = epoch + 1
		p := setCredentials(t, s, auth, user.ID, c.in).Problem(http.StatusPreconditionFailed, "version_mismatch")
		if p.Detail != "The account's credentials have changed since this credential_epoch." {
			t.Errorf("the refusal says %q", p.Detail)
		}
	}
	s.Login(t, "newer-"+user.Email, "a new long passphrase")
}

func TestCredentialsOfNoneAndOfOthers(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user, other, gone, disabled := create(t, s, admin, nil), create(t, s, admin, nil), create(t, s, admin, nil), create(t, s, admin, nil)
	s.Users.Delete(t, "/users/"+gone.ID, admin, "").Is(http.StatusNoContent)
	s.Users.Patch(t, "/users/"+disabled.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	for name, c := range map[string]struct {
		id     string
		in     body
		status int
		code   string
	}{
		"unknown":         {"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", body{"verified": true}, 404, "not_found"},
		"unknown, hashed": {"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", body{"password": apitest.Password}, 404, "not_found"},
		"deleted":         {gone.ID, body{"credential_epoch": 2, "verified": true}, 404, "not_found"},
		"a username":      {user.Username, body{"verified": true}, 400, "invalid_request"},
		"nothing else":    {user.ID, body{}, 400, "invalid_request"},
		"epoch zero":      {user.ID, body{"credential_epoch": 0, "verified": true}, 400, "invalid_request"},
		"roles":           {user.ID, body{"roles": []string{"admin"}}, 400, "invalid_request"},
		"disabled":        {user.ID, body{"disabled": true}, 400, "invalid_request"},
		"a hash":          {user.ID, body{"password_hash": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"}, 400, "invalid_request"},
		"null":            {user.ID, body{"password": nil}, 400, "invalid_request"},
		"a reserved name": {user.ID, body{"username": "root"}, 400, "invalid_request"},
		"a taken name":    {user.ID, body{"username": other.Username}, 409, "username_taken"},
		"a taken email":   {user.ID, body{"email": other.Email}, 409, "email_taken"},
		"short":           {user.ID, body{"password": "short"}, 422, "password_rejected"},
		"names its user":  {user.ID, body{"password": "it is " + user.Username + " who has this"}, 422, "password_rejected"},
		"before disabled": {disabled.ID, body{"verified": true}, 412, "version_mismatch"},
		"of a disabled":   {disabled.ID, body{"credential_epoch": 2, "verified": true}, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, given := c.in["credential_epoch"]; !given {
				c.in["credential_epoch"] = 1
			}
			got := setCredentials(t, s, auth, c.id, c.in)
			if got.Is(c.status); c.code != "" {
				got.Problem(c.status, c.code)
			}
		})
	}
	s.Users.Patch(t, "/users/"+user.ID+"/credentials", auth, "", body{"verified": true}).Problem(http.StatusBadRequest, "invalid_request")
	var untouched apitest.User
	s.Users.Get(t, "/users/"+user.ID, admin).JSON(&untouched)
	if untouched.Version != 1 {
		t.Errorf("a refused change left %+v", untouched)
	}
}

// TestS69OneOfManyChangesWins: the epoch decides under the row's lock.
func TestS69OneOfManyChangesWins(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user := create(t, s, admin, nil)
	counts := parallel(8, func(int) int {
		return setCredentials(t, s, auth, user.ID, body{"credential_epoch": 1, "email": apitest.Name() + "@example.net"}).Status
	})
	if counts[http.StatusOK] != 1 || counts[http.StatusPreconditionFailed] != 7 {
		t.Errorf("answers by status: %v", counts)
	}
}

func TestS18ANewPasswordOfTheOwnersEndsTheWait(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user := create(t, s, admin, body{"password": apitest.Password})
	for range 5 {
		s.Users.Post(t, "/credentials/verify", auth, body{"login": user.Username, "password": "a guess"}).Is(http.StatusUnauthorized)
	}
	s.Users.Post(t, "/credentials/verify", auth, body{"login": user.Username, "password": "a guess"}).Problem(http.StatusTooManyRequests, "throttled")
	setCredentials(t, s, auth, user.ID, body{"credential_epoch": 1, "password": "a new long passphrase"}).Is(http.StatusOK)
	var now standing
	s.Users.Post(t, "/credentials/verify", auth, body{"login": user.Username, "password": "a new long passphrase"}).Is(http.StatusOK).JSON(&now)
	if now.Epoch != 2 {
		t.Errorf("the epoch is %d", now.Epoch)
	}
}

func TestARepeatedChangeOfCredentialsIsOne(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user := create(t, s, admin, nil)
	path, in := "/users/"+user.ID+"/credentials", body{"credential_epoch": 1, "password": apitest.Password}
	first := keyed(t, s, auth, "change-1", "PATCH", path, in).Is(http.StatusOK)
	second := keyed(t, s, auth, "change-1", "PATCH", path, in).Is(http.StatusOK)
	if string(first.Body) != string(second.Body) || second.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s, then %s", first.Body, second.Body)
	}
	keyed(t, s, auth, "change-1", "PATCH", path, body{"credential_epoch": 2, "password": apitest.Password}).
		Problem(http.StatusUnprocessableEntity, "idempotency_mismatch")
	keyed(t, s, auth, "change-2", "PATCH", path, in).Problem(http.StatusPreconditionFailed, "version_mismatch")
}

func TestTheOwnerMayBeAnAdmin(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	var first apitest.User
	s.Users.Get(t, "/users/admin", admin).Is(http.StatusOK).JSON(&first)
	second := create(t, s, admin, body{"roles": []string{"admin"}})
	setCredentials(t, s, auth, second.ID, body{"credential_epoch": 1, "password": "a new long passphrase"}).Is(http.StatusOK)
	for _, patch := range []body{{"verified": true}, {"disabled": true}, {"roles": []string{"user"}}, {"password": apitest.Password}} {
		s.Users.Patch(t, "/users/"+second.ID, auth, "", patch).Problem(http.StatusForbidden, "forbidden") // the back office's door
	}
	user := create(t, s, admin, nil)
	s.Users.Patch(t, "/users/"+user.ID, auth, "", body{"roles": []string{"admin"}}).Problem(http.StatusForbidden, "forbidden")
	s.Users.Post(t, "/users", auth, body{"username": "evil", "email": "e@example.com", "roles": []string{"admin"}}).Problem(http.StatusForbidden, "forbidden")

	half := s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "users:write credentials:verify"})
	s.Users.Delete(t, "/users/"+second.ID, half, "").Problem(http.StatusForbidden, "forbidden")
	s.Users.Delete(t, "/users/"+second.ID, auth, "").Is(http.StatusNoContent)
	s.Users.Delete(t, "/users/"+second.ID, auth, "").Problem(http.StatusNotFound, "not_found")
	s.Users.Delete(t, "/users/"+first.ID, auth, "").Problem(http.StatusConflict, "last_admin")
}

// TestAuthPurgesWhatNobodyConfirmed: a registration that nobody confirmed is
// nobody's account yet, and its names go back; nothing else is auth's to purge.
func TestAuthPurgesWhatNobodyConfirmed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	purge := func(caller string, user apitest.User, ifMatch string) apitest.Response {
		t.Helper()
		return s.Users.Delete(t, "/users/"+user.ID+"?purge=true", caller, ifMatch)
	}
	unconfirmed := create(t, s, auth, nil)
	purge(s.Mint(t, token.Claims{Scope: "users:write credentials:write"}), unconfirmed, `"1"`).Problem(http.StatusForbidden, "forbidden")
	purge(s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "users:write"}), unconfirmed, `"1"`).Problem(http.StatusForbidden, "forbidden")
	purge(auth, unconfirmed, `"1"`).Is(http.StatusNoContent)
	purge(auth, unconfirmed, `"1"`).Problem(http.StatusNotFound, "not_found")
	s.Users.Post(t, "/users", auth, body{"username": unconfirmed.Username, "email": unconfirmed.Email}).Is(http.StatusCreated)

	confirmed := create(t, s, auth, nil)
	setCredentials(t, s, auth, confirmed.ID, body{"credential_epoch": 1, "verified": true}).Is(http.StatusOK)
	purge(auth, confirmed, `"1"`).Problem(http.StatusPreconditionFailed, "version_mismatch")
	purge(auth, confirmed, "").Problem(http.StatusForbidden, "forbidden")
	deleted := create(t, s, auth, nil)
	s.Users.Delete(t, "/users/"+deleted.ID, admin, "").Is(http.StatusNoContent)
	purge(auth, deleted, "").Problem(http.StatusNotFound, "not_found") // an admin's decision stays
	purge(auth, create(t, s, admin, body{"roles": []string{"admin"}}), `"1"`).Problem(http.StatusForbidden, "forbidden")
}

// TestUsersGoesByTheClockItIsGiven: tokens and the key set's age.
func TestUsersGoesByTheClockItIsGiven(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	s.StopUsers()
	s.UsersNow = func() time.Time { return time.Now().Add(time.Hour) }
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	s.Users.Get(t, "/users", admin).Problem(http.StatusUnauthorized, "unauthorized")
	s.Users.Get(t, "/users", s.Mint(t, token.Claims{Scope: "users:read", IssuedAt: s.UsersNow()})).Is(http.StatusOK)
}

package main_test

import (
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TestNoSessionOutlivesItsCredentials: what an admin does to an account while
// auth is dead holds as soon as it is back.
func TestNoSessionOutlivesItsCredentials(t *testing.T) {
	t.Parallel()
	d := runPair(t)
	admin := d.Admin(t)
	patch := func(user apitest.User, body apitest.Body) {
		d.Users.Patch(t, "/users/"+user.ID, admin, "", body).Is(http.StatusOK)
	}
	remove := func(user apitest.User) { d.Users.Delete(t, "/users/"+user.ID, admin, "").Is(http.StatusNoContent) }
	cases := []*struct {
		name           string
		before, change func(apitest.User)
		password       string // that signs in afterwards; "" is none
		person         apitest.Grant
	}{
		{name: "password", change: func(u apitest.User) { patch(u, apitest.Body{"password": newPassword}) }, password: newPassword},
		{name: "email", change: func(u apitest.User) { patch(u, apitest.Body{"email": "moved-" + u.Email}) }, password: apitest.Password},
		{name: "disable", change: func(u apitest.User) { patch(u, apitest.Body{"disabled": true}) }},
		{name: "disable and enable", change: func(u apitest.User) {
			patch(u, apitest.Body{"disabled": true})
			patch(u, apitest.Body{"disabled": false})
		}, password: apitest.Password},
		{name: "delete", change: remove},
		{name: "restore", before: remove, change: func(u apitest.User) {
			d.Users.Post(t, "/users/"+u.ID+"/restore", admin, nil).Is(http.StatusOK)
		}, password: apitest.Password},
	}
	untouched := d.Person(t)
	for _, c := range cases {
		if c.person = d.Person(t); c.before != nil {
			c.before(c.person.User)
		}
	}
	d.Users.Get(t, "/users/"+untouched.User.ID, admin).Is(http.StatusOK) // users has auth's keys now

	d.auth.Kill()
	for _, c := range cases {
		c.change(c.person.User)
	}
	d.startAuth(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d.Auth.Get(t, "/auth/me", c.person.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
			for range 2 {
				refresh(t, d.Deployment, c.person).Problem(http.StatusUnauthorized, "invalid_token")
			}
			if c.password != "" {
				d.Refresh(t, d.Login(t, c.person.User.Username, c.password).RefreshToken)
			} else {
				tryLogin(t, d.Deployment, c.person.User.Username, apitest.Password).Problem(http.StatusUnauthorized, "invalid_credentials")
			}
		})
	}
	d.Auth.Get(t, "/auth/me", untouched.AccessToken).Is(http.StatusOK)
	d.Refresh(t, untouched.RefreshToken)
}

// TestAuthDiesDuringAPasswordChange of the owner's: either nothing has
// happened, or no earlier session is left.
func TestAuthDiesDuringAPasswordChange(t *testing.T) {
	t.Parallel()
	d := runPair(t)
	change := func(person apitest.Grant) attempt {
		return attempt{
			request: post("/auth/password/change", person.AccessToken, apitest.Body{"current_password": apitest.Password, "new_password": newPassword}),
			method:  http.MethodPatch, path: "/users/" + person.User.ID,
		}
	}
	t.Run("after users has set it", func(t *testing.T) {
		person := d.Person(t)
		other := d.Login(t, person.User.Username, apitest.Password)
		d.killDuring(t, change(person), apitest.HoldAnswer)
		d.startAuth(t)
		d.wantDead(t, person)
		d.wantDead(t, other)
		tryLogin(t, d.Deployment, person.User.Username, apitest.Password).Problem(http.StatusUnauthorized, "invalid_credentials")
		d.Refresh(t, d.Login(t, person.User.Username, newPassword).RefreshToken)
	})
	t.Run("before users has seen it", func(t *testing.T) {
		person := d.Person(t)
		other := d.Login(t, person.User.Username, apitest.Password)
		d.killDuring(t, change(person), apitest.BlackHole)
		d.startAuth(t)
		d.wantEpoch(t, person.User.ID, 1)
		d.Refresh(t, person.RefreshToken)
		d.Auth.Do(t, change(person).request).Is(http.StatusNoContent)
		d.wantDead(t, other)
	})
	t.Run("one answer is lost", func(t *testing.T) {
		person := d.Person(t)
		other := d.Login(t, person.User.Username, apitest.Password)
		a := change(person)
		d.proxy.Next(1, apitest.CutAfterRequest, a.method, a.path)
		d.Auth.Do(t, a.request).Is(http.StatusNoContent)
		d.wantEpoch(t, person.User.ID, 2)
		d.wantDead(t, other)
		d.Refresh(t, person.RefreshToken)
	})
}

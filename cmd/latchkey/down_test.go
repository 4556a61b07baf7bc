package main_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// normalLimit is how soon after users is back auth must be back to normal.
const normalLimit = 2 * time.Second

// TestUsersIsDown: whatever needs the users service says so, and never that a
// credential is bad; what can wait for it waits.
func TestUsersIsDown(t *testing.T) {
	t.Parallel()
	d := apitest.Deploy(t)
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	person, waiting := d.Person(t), d.Register(t)
	user := person.User
	confirm := d.Mailbox.Token(t, user.Email, mail.VerifyEmail, 1)
	d.Mailbox.Token(t, waiting.Email, mail.VerifyEmail, 1)
	d.Auth.Do(t, post("/auth/password/forgot", "", apitest.Body{"email": user.Email})).Is(http.StatusAccepted)
	reset := d.Mailbox.Token(t, user.Email, mail.ResetPassword, 1)

	users.Kill()
	name, known := apitest.Name(), apitest.Body{"current_password": apitest.Password}
	rename := apitest.Request{Method: http.MethodPatch, Path: "/auth/me", Token: person.AccessToken,
		Body: apitest.Body{"username": name, "current_password": apitest.Password}}
	login := post("/auth/login", "", apitest.Body{"login": user.Username, "password": apitest.Password})
	for range 2 { // with the circuit closed, then open
		for _, r := range []apitest.Request{
			login, rename,
			{Method: http.MethodGet, Path: "/auth/me", Token: person.AccessToken},
			post("/auth/refresh", "", apitest.Body{"refresh_token": person.RefreshToken}),
			post("/auth/me/delete", person.AccessToken, known),
			post("/auth/password/change", person.AccessToken, apitest.Body{"current_password": apitest.Password, "new_password": newPassword}),
			post("/auth/password/reset", "", apitest.Body{"token": reset, "new_password": newPassword}),
			post("/auth/email/verify", "", apitest.Body{"token": confirm}),
			post("/auth/register", "", apitest.Body{"username": name, "email": name + "@example.com", "password": apitest.Password}),
		} {
			unavailable(t, d.Auth.Do(t, r))
		}
	}
	d.Auth.Do(t, post("/auth/password/forgot", "", apitest.Body{"email": waiting.Email})).Is(http.StatusAccepted)
	d.Auth.Do(t, post("/auth/email/resend", "", apitest.Body{"email": waiting.Email})).Is(http.StatusAccepted)
	d.Auth.Get(t, "/readyz", "").Is(http.StatusOK)
	d.Auth.Get(t, "/auth/sessions", person.AccessToken).Is(http.StatusOK)

	d.RunUsers(t, d.UsersAddr).AwaitReady(t, d.UsersAddr, refusalLimit)
	awaitNormal(t, d, login)
	d.Auth.Do(t, rename).Is(http.StatusOK) // nothing was half done, and every token is still good
	d.Auth.Do(t, post("/auth/email/verify", "", apitest.Body{"token": confirm})).Is(http.StatusNoContent)
	person = d.Refresh(t, person.RefreshToken)
	d.Auth.Do(t, post("/auth/password/reset", "", apitest.Body{"token": reset, "new_password": newPassword})).Is(http.StatusNoContent)
	d.Login(t, name, newPassword)
	d.Mailbox.Token(t, waiting.Email, mail.ResetPassword, 1)
	d.Mailbox.Token(t, waiting.Email, mail.VerifyEmail, 2)
}

// awaitNormal signs in until that works, from the moment on at which users is
// ready.
func awaitNormal(t *testing.T, d *apitest.Deployment, login apitest.Request) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) { // between two questions
		answer := d.Auth.Do(t, login)
		took := time.Since(began)
		if answer.Status == http.StatusOK {
			if t.Logf("back to normal after %s", took.Round(time.Millisecond)); took > normalLimit {
				t.Errorf("back to normal only after %s", took)
			}
			return
		}
		unavailable(t, answer)
		if took > refusalLimit {
			t.Fatalf("not back to normal after %s", took)
		}
	}
}

// TestTheThrottleIsRelayed: its 429 reaches the client with the wait that the
// users service named.
func TestTheThrottleIsRelayed(t *testing.T) {
	t.Parallel()
	d := apitest.Deploy(t)
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	for name, guess := range map[string]func(apitest.Grant, string) apitest.Request{
		"login": func(person apitest.Grant, password string) apitest.Request {
			return post("/auth/login", "", apitest.Body{"login": person.User.Email, "password": password})
		},
		"current_password": func(person apitest.Grant, password string) apitest.Request {
			return post("/auth/password/change", person.AccessToken, apitest.Body{"current_password": password, "new_password": newPassword})
		},
	} {
		t.Run(name, func(t *testing.T) {
			person := d.Person(t)
			for range 5 {
				d.Auth.Do(t, guess(person, "not the password")).Problem(http.StatusUnauthorized, "invalid_credentials")
			}
			const wait = 200 // seconds, that nothing but users can know of
			moved, err := d.UsersDB.Pool.Exec(t.Context(),
				"UPDATE users.throttles SET next_at = now() + $1 * interval '1 second' WHERE user_id = $2", wait, person.User.ID)
			if err != nil || moved.RowsAffected() != 1 {
				t.Fatalf("%v: %v", moved, err)
			}
			for _, password := range []string{"not the password", apitest.Password} {
				answer := d.Auth.Do(t, guess(person, password))
				answer.Problem(http.StatusTooManyRequests, "throttled")
				if after, err := strconv.Atoi(answer.Header.Get("Retry-After")); err != nil || after > wait || after < wait-20 {
					t.Errorf("Retry-After is %q", answer.Header.Get("Retry-After"))
				}
			}
			d.Refresh(t, person.RefreshToken) // who is signed in stays so
		})
	}
}

package main_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

const newPassword = "a staple for the correct horse"

// events counts what the audit of auth has of an account, by type; of
// session.revoked it counts with the reason.
func (d *pair) events(t *testing.T, user string) map[string]int {
	t.Helper()
	rows, err := d.AuthDB.Pool.Query(t.Context(), `SELECT concat_ws(' ', type, after ->> 'reason'), count(*)
		FROM auth.audit_events WHERE user_id = $1 AND type <> 'session.created' GROUP BY 1`, user)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var event string
		var count int
		if err := rows.Scan(&event, &count); err != nil {
			t.Fatal(err)
		}
		found[event] = count
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// wantEvents fails the test unless the audit has these, beside those of the
// registration, once each.
func (d *pair) wantEvents(t *testing.T, user string, events ...string) {
	t.Helper()
	want := map[string]int{"user.registered": 1, "email.verification_sent": 1}
	for _, event := range events {
		want[event] = 1
	}
	if got := d.events(t, user); !maps.Equal(got, want) {
		t.Errorf("the audit has %v, want %v", got, want)
	}
}

// wantMail fails the test unless one mail of this kind was ever queued to an
// address, and arrives.
func (d *pair) wantMail(t *testing.T, to string, kind mail.Kind) mail.Message {
	t.Helper()
	message := d.Mailbox.Await(t, to, kind, 1)
	if got := d.queued(t, to, kind); got != 1 {
		t.Errorf("%d mails of the kind %s to %s", got, kind, to)
	}
	return message
}

func (d *pair) queued(t *testing.T, to string, kind mail.Kind) (count int) {
	t.Helper()
	err := d.AuthDB.Pool.QueryRow(t.Context(), `SELECT count(*) FROM auth.river_job
		WHERE kind = 'mail' AND args ->> 'mail' = $1 AND args ->> 'to' = $2`, kind, to).Scan(&count)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// epoch is how often an account's credentials have changed, from 1.
func (d *pair) wantEpoch(t *testing.T, user string, want int64) {
	t.Helper()
	var got int64
	if err := d.UsersDB.Pool.QueryRow(t.Context(), "SELECT credential_epoch FROM users.users WHERE id = $1", user).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("the credential epoch is %d, want %d", got, want)
	}
}

// wantDead fails the test where a session still stands.
func (d *pair) wantDead(t *testing.T, session apitest.Grant) {
	t.Helper()
	refresh(t, d.Deployment, session).Problem(http.StatusUnauthorized, "invalid_token")
	d.Auth.Get(t, "/auth/me", session.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
}

func refresh(t *testing.T, d *apitest.Deployment, session apitest.Grant) apitest.Response {
	t.Helper()
	return d.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": session.RefreshToken})
}

func tryLogin(t *testing.T, d *apitest.Deployment, login, password string) apitest.Response {
	t.Helper()
	return d.Auth.Post(t, "/auth/login", "", apitest.Body{"login": login, "password": password})
}

func post(path, token string, body apitest.Body) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: path, Token: token, Body: body}
}

func registration(_ *testing.T, d *pair) attempt {
	name := apitest.Name()
	email := name + "@example.com"
	accounts := func(t *testing.T) (id string, count int) {
		t.Helper()
		err := d.UsersDB.Pool.QueryRow(t.Context(), "SELECT coalesce(min(id::text), ''), count(*) FROM users.users WHERE username = $1", name).Scan(&id, &count)
		if err != nil {
			t.Fatal(err)
		}
		return id, count
	}
	return attempt{
		request: post("/auth/register", "", apitest.Body{"username": name, "email": email, "password": apitest.Password}),
		method:  http.MethodPost, path: "/users", success: http.StatusCreated, again: http.StatusConflict,
		done: func(t *testing.T) {
			id, count := accounts(t)
			if count != 1 {
				t.Fatalf("%d accounts", count)
			}
			link := d.wantMail(t, email, mail.VerifyEmail).Link
			d.wantEvents(t, id)
			_, token, _ := strings.Cut(link, "#token=")
			d.Auth.Do(t, post("/auth/email/verify", "", apitest.Body{"token": token})).Is(http.StatusNoContent)
		},
		undone: func(t *testing.T) {
			if _, count := accounts(t); count != 0 || d.queued(t, email, mail.VerifyEmail) != 0 {
				t.Errorf("there is an account, or a mail")
			}
		},
		login: name, password: apitest.Password,
	}
}

func keyedRegistration(t *testing.T, d *pair) attempt {
	a := registration(t, d)
	a.request.Header = http.Header{"Idempotency-Key": {"once"}}
	a.again = a.success
	return a
}

func confirmation(t *testing.T, d *pair) attempt {
	session := d.Person(t)
	user := session.User
	token := d.Mailbox.Token(t, user.Email, mail.VerifyEmail, 1)
	return attempt{
		request: post("/auth/email/verify", "", apitest.Body{"token": token}),
		method:  http.MethodPatch, path: "/users/" + user.ID, success: http.StatusNoContent, again: http.StatusNoContent,
		done: func(t *testing.T) {
			if again := d.Refresh(t, session.RefreshToken); !again.User.Verified {
				t.Error("the address is not confirmed")
			}
			d.wantEvents(t, user.ID, "email.verified")
			d.Auth.Do(t, post("/auth/email/verify", "", apitest.Body{"token": token})).Problem(http.StatusUnauthorized, "invalid_token")
		},
		undone: func(t *testing.T) {
			if session = d.Refresh(t, session.RefreshToken); session.User.Verified {
				t.Error("the address is confirmed")
			}
			d.wantEvents(t, user.ID)
		},
		login: user.Username, password: apitest.Password,
	}
}

func emailChange(t *testing.T, d *pair) attempt {
	session := d.Person(t)
	user, next := session.User, "next-"+session.User.Email
	d.Auth.Patch(t, "/auth/me", session.AccessToken, "", apitest.Body{"email": next, "current_password": apitest.Password}).Is(http.StatusOK)
	token := d.Mailbox.Token(t, next, mail.ChangeEmail, 1)
	return attempt{
		request: post("/auth/email/verify", "", apitest.Body{"token": token}),
		method:  http.MethodPatch, path: "/users/" + user.ID, success: http.StatusNoContent, again: http.StatusNoContent,
		done: func(t *testing.T) {
			d.wantEpoch(t, user.ID, 2)
			d.wantDead(t, session)
			d.wantMail(t, user.Email, mail.EmailChanged)
			d.wantEvents(t, user.ID, "email.change_requested", "email.verified", "email.changed", "session.revoked email_changed")
			if again := d.Login(t, next, apitest.Password); !again.User.Verified || again.User.Email != next {
				t.Errorf("signed in as %+v", again.User)
			}
			d.Auth.Do(t, post("/auth/email/verify", "", apitest.Body{"token": token})).Problem(http.StatusUnauthorized, "invalid_token")
		},
		undone: func(t *testing.T) {
			d.wantEpoch(t, user.ID, 1)
			session = d.Refresh(t, session.RefreshToken)
			d.wantEvents(t, user.ID, "email.change_requested")
		},
		login: next, password: apitest.Password,
	}
}

func passwordReset(t *testing.T, d *pair) attempt {
	session := d.Person(t)
	user := session.User
	d.Auth.Do(t, post("/auth/password/forgot", "", apitest.Body{"email": user.Email})).Is(http.StatusAccepted)
	token := d.Mailbox.Token(t, user.Email, mail.ResetPassword, 1)
	set := func(password string) apitest.Request {
		return post("/auth/password/reset", "", apitest.Body{"token": token, "new_password": password})
	}
	changed := func(t *testing.T) {
		t.Helper()
		d.wantEpoch(t, user.ID, 2)
		d.wantDead(t, session)
		d.Auth.Do(t, set(newPassword+"!")).Problem(http.StatusUnauthorized, "invalid_token")
		tryLogin(t, d.Deployment, user.Username, apitest.Password).Problem(http.StatusUnauthorized, "invalid_credentials")
		d.Login(t, user.Username, newPassword)
	}
	return attempt{
		request: set(newPassword),
		method:  http.MethodPatch, path: "/users/" + user.ID, success: http.StatusNoContent, again: http.StatusNoContent,
		done: func(t *testing.T) {
			changed(t)
			d.wantMail(t, user.Email, mail.PasswordChanged)
			d.wantEvents(t, user.ID, "password.reset_requested", "password.reset", "session.revoked password_reset")
		},
		left: changed, // nobody but the client has the password that would tell its own reset from another change
		undone: func(t *testing.T) {
			d.wantEpoch(t, user.ID, 1)
			session = d.Refresh(t, session.RefreshToken)
			d.wantEvents(t, user.ID, "password.reset_requested")
		},
		login: user.Username, password: newPassword,
	}
}

func deletion(t *testing.T, d *pair) attempt {
	session := d.Person(t)
	user := session.User
	return attempt{
		request: post("/auth/me/delete", session.AccessToken, apitest.Body{"current_password": apitest.Password}),
		method:  http.MethodDelete, path: "/users/" + user.ID, success: http.StatusNoContent, again: http.StatusUnauthorized,
		done: func(t *testing.T) {
			d.wantDead(t, session)
			tryLogin(t, d.Deployment, user.Username, apitest.Password).Problem(http.StatusUnauthorized, "invalid_credentials")
			d.wantEvents(t, user.ID, "user.deleted", "session.revoked account_deleted")
		},
		undone: func(t *testing.T) {
			session.RefreshToken = d.Refresh(t, session.RefreshToken).RefreshToken
			d.wantEvents(t, user.ID)
		},
	}
}

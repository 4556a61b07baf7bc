package rest_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

const newPassword = "a staple for the correct horse"

// forgot asks for a reset link and waits for the n-th one to come.
func forgot(t *testing.T, s *apitest.System, email string, n int) (token string) {
	t.Helper()
	s.Auth.Post(t, "/auth/password/forgot", "", body{"email": email}).Is(http.StatusAccepted)
	return s.Mails.Token(t, email, mail.ResetPassword, n)
}

func reset(token, password string) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: "/auth/password/reset", Body: body{"token": token, "new_password": password}}
}

func verify(token string) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: "/auth/email/verify", Body: body{"token": token}}
}

func TestS59AResetSignsNobodyIn(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	second := s.Login(t, person.User.Username, apitest.Password)
	token := forgot(t, s, person.User.Email, 1)
	answer := s.Auth.Do(t, reset(token, newPassword)).Is(http.StatusNoContent)
	if len(answer.Body) != 0 || answer.Header.Get("Set-Cookie") != "" {
		t.Errorf("a reset signs in: %v %s", answer.Header, answer.Body)
	}
	for _, grant := range []apitest.Grant{person, second} {
		refused(t, s, grant.RefreshToken)
		s.Auth.Get(t, "/auth/me", grant.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	}
	s.Auth.Post(t, "/auth/login", "", body{"login": person.User.Username, "password": apitest.Password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	s.Login(t, person.User.Username, newPassword)
	s.Auth.Do(t, reset(token, newPassword+"!")).Problem(http.StatusUnauthorized, "invalid_token")
	s.Login(t, person.User.Username, newPassword)
	s.Mails.Await(t, person.User.Email, mail.PasswordChanged, 1)
}

func TestS55OfParallelUsesOneSucceeds(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	resetToken := forgot(t, s, user.Email, 1)
	// The reset comes last: it moves the epoch, which voids every other link.
	for _, request := range []apitest.Request{
		verify(s.Mails.Token(t, user.Email, mail.VerifyEmail, 1)), reset(resetToken, newPassword),
	} {
		counts := parallel(20, func() int { return s.Auth.Do(t, request).Status })
		if counts[http.StatusNoContent] != 1 || counts[http.StatusUnauthorized] != 19 {
			t.Errorf("%s: answers by status: %v", request.Path, counts)
		}
	}
}

func TestARefusedPasswordLeavesTheTokenGood(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	token := forgot(t, s, user.Email, 1)
	for range 2 {
		s.Auth.Do(t, reset(token, "short")).Problem(http.StatusUnprocessableEntity, "password_rejected")
	}
	s.Auth.Do(t, reset(token, newPassword)).Is(http.StatusNoContent)
}

func TestS56WhatVoidsATokenOfALink(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	for name, void := range map[string]func(t *testing.T, user apitest.User){
		"a newer one": func(t *testing.T, user apitest.User) {
			forgot(t, s, user.Email, 2)
			s.Auth.Post(t, "/auth/email/resend", "", body{"email": user.Email}).Is(http.StatusAccepted)
			s.Mails.Token(t, user.Email, mail.VerifyEmail, 2)
		},
		"a change of the address": func(t *testing.T, user apitest.User) {
			s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"email": "moved-" + user.Email}).Is(http.StatusOK)
		},
		"a new password": func(t *testing.T, user apitest.User) {
			s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"password": newPassword}).Is(http.StatusOK)
		},
		"deletion": func(t *testing.T, user apitest.User) {
			s.Users.Delete(t, "/users/"+user.ID, admin, "").Is(http.StatusNoContent)
		},
		"disabling": func(t *testing.T, user apitest.User) {
			s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
		},
		"time": func(t *testing.T, user apitest.User) { expireTokens(t, s, user.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			user := s.Register(t)
			verifyToken, resetToken := s.Mails.Token(t, user.Email, mail.VerifyEmail, 1), forgot(t, s, user.Email, 1)
			void(t, user)
			for range 2 {
				s.Auth.Do(t, verify(verifyToken)).Problem(http.StatusUnauthorized, "invalid_token")
				s.Auth.Do(t, reset(resetToken, newPassword)).Problem(http.StatusUnauthorized, "invalid_token")
			}
		})
	}
}

// TestS56ANewerChangeOfTheAddressVoidsTheOlder, and a change takes links to the old
// address with it.
func TestS56ANewerChangeOfTheAddressVoidsTheOlder(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	old := person.User.Email
	change := func(to string) (token string) {
		patchMe(s, t, person.AccessToken, body{"email": to, "current_password": apitest.Password}).Is(http.StatusOK)
		return s.Mails.Token(t, to, mail.ChangeEmail, 1)
	}
	first, second := change("first-"+old), change("second-"+old)
	confirm, forgotten := s.Mails.Token(t, old, mail.VerifyEmail, 1), forgot(t, s, old, 1)
	s.Auth.Do(t, verify(first)).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Do(t, verify(second)).Is(http.StatusNoContent)
	for _, void := range []string{first, second, confirm} {
		s.Auth.Do(t, verify(void)).Problem(http.StatusUnauthorized, "invalid_token")
	}
	s.Auth.Do(t, reset(forgotten, newPassword)).Problem(http.StatusUnauthorized, "invalid_token")
}

// TestS58OnlyAHashOfALinkIsKept: no table and no line of the log holds a link's
// token, in the queue neither before it is sent nor after; the database has its
// SHA-256. The pages that it leads to send no referrer, and it is in the part of
// their address that no request has.
func TestS58OnlyAHashOfALinkIsKept(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	tokens := map[string]string{
		"/verify": s.Mails.Token(t, user.Email, mail.VerifyEmail, 1), "/reset": forgot(t, s, user.Email, 1),
	}
	for page, kind := range map[string]mail.Kind{"/verify": mail.VerifyEmail, "/reset": mail.ResetPassword} {
		token, link := tokens[page], s.Mails.Await(t, user.Email, kind, 1).Link
		if link != s.AuthConfig.PublicURL+page+"#token="+token {
			t.Errorf("the link is %s", link)
		}
		if got := s.Auth.Get(t, page, "").Is(http.StatusOK).Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("%s: Referrer-Policy is %q", page, got)
		}
		s.Auth.Get(t, page+"?token="+token, "").Problem(http.StatusBadRequest, "invalid_request")
	}
	look := func(when string) {
		kept, log := dumpAll(t, s), s.Logs.String()
		for page, token := range tokens {
			raw, err := base64.RawURLEncoding.DecodeString(token)
			if err != nil || len(raw) < 16 {
				t.Fatalf("%s: a token of %d bytes, %v", page, len(raw), err)
			}
			for _, spelling := range []string{token, hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw)} {
				if strings.Contains(kept.text, spelling) || kept.values[spelling] || strings.Contains(log, spelling) {
					t.Errorf("%s the token of %s is kept, or logged", when, page)
				}
			}
			if sum := sha256.Sum256(raw); when == "before use" && !strings.Contains(kept.text, hex.EncodeToString(sum[:])) {
				t.Errorf("the hash of the token of %s is not kept: nothing was looked at", page)
			}
		}
	}
	look("before use")
	s.Auth.Do(t, verify(tokens["/verify"])).Is(http.StatusNoContent)
	s.Auth.Do(t, verify(tokens["/verify"]+"x")).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Do(t, reset(tokens["/reset"], "short")).Problem(http.StatusUnprocessableEntity, "password_rejected")
	s.Auth.Do(t, reset(tokens["/reset"], newPassword)).Is(http.StatusNoContent)
	s.Auth.Do(t, reset(tokens["/reset"], newPassword)).Problem(http.StatusUnauthorized, "invalid_token")
	look("after use")
}

// expireTokens moves a person's tokens to their last moment and past it.
func expireTokens(t *testing.T, s *apitest.System, user string) {
	t.Helper()
	if _, err := s.AuthDB.Pool.Exec(context.Background(), "UPDATE auth.one_time_tokens SET expires_at = now() WHERE user_id = $1", user); err != nil {
		t.Fatal(err)
	}
}

func TestS56ALinkExpiresAsItSays(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	s.Mails.Token(t, user.Email, mail.VerifyEmail, 1)
	forgot(t, s, user.Email, 1)
	result, err := s.AuthDB.Pool.Query(context.Background(), "SELECT purpose, (expires_at - created_at)::text FROM auth.one_time_tokens WHERE user_id = $1", user.ID)
	if err != nil {
		t.Fatal(err)
	}
	type life struct{ Purpose, Text string }
	lives, err := pgx.CollectRows(result, pgx.RowToStructByPos[life])
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, l := range lives {
		rows[l.Purpose] = l.Text
	}
	if rows["reset_password"] != "00:15:00" || rows["verify_email"] != "1 day" && rows["verify_email"] != "24:00:00" {
		t.Errorf("lives of tokens: %v", rows)
	}
}

func TestMailedLinksAreForNobodyElse(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	deleted, disabled, verified := s.Register(t), s.Register(t), s.Register(t)
	s.Users.Delete(t, "/users/"+deleted.ID, admin, "").Is(http.StatusNoContent)
	s.Users.Patch(t, "/users/"+disabled.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	s.Auth.Do(t, verify(s.Mails.Token(t, verified.Email, mail.VerifyEmail, 1))).Is(http.StatusNoContent)
	for _, email := range []string{deleted.Email, disabled.Email, "nobody@example.com"} {
		s.Auth.Post(t, "/auth/password/forgot", "", body{"email": email}).Is(http.StatusAccepted)
		s.Auth.Post(t, "/auth/email/resend", "", body{"email": email}).Is(http.StatusAccepted)
	}
	s.Auth.Post(t, "/auth/email/resend", "", body{"email": verified.Email}).Is(http.StatusAccepted)
	s.Auth.Post(t, "/auth/password/forgot", "", body{"email": strings.ToUpper(verified.Email)}).Is(http.StatusAccepted)
	s.Mails.Token(t, verified.Email, mail.ResetPassword, 1) // the queue has worked off all of them by then
	for _, email := range []string{deleted.Email, disabled.Email, "nobody@example.com"} {
		if got := len(s.Mails.All(email, mail.ResetPassword)); got != 0 {
			t.Errorf("%s got %d reset links", email, got)
		}
	}
	if got := len(s.Mails.All(verified.Email, mail.VerifyEmail)); got != 1 {
		t.Errorf("a verified address got %d links to confirm it", got)
	}
}

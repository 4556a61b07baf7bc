package rest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/browsertest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
)

var press = chromedp.Click(chromedp.CSS("#ask [type=submit]"))

const usedUp = "used up, expired or replaced"

// openMail opens the n-th mail's link of a kind, and makes sure that this has
// used nothing up.
func openMail(t *testing.T, s *apitest.System, b *browsertest.Browser, to string, kind mail.Kind, n int) (link string) {
	t.Helper()
	link = s.Mails.Await(t, to, kind, n).Link
	openLink(b, link)
	b.Run(chromedp.WaitVisible(chromedp.ID("ask")))
	unused(t, s, to)
	return link
}

// unused fails the test unless the newest link to an address is as it was
// mailed.
func unused(t *testing.T, s *apitest.System, to string) {
	t.Helper()
	var fresh bool
	err := s.AuthDB.Pool.QueryRow(context.Background(), `SELECT used_at IS NULL AND leased_until IS NULL
		FROM auth.one_time_tokens WHERE address = $1 ORDER BY created_at DESC LIMIT 1`, to).Scan(&fresh)
	if err != nil || !fresh {
		t.Errorf("the token to %s is unused: %v, %v", to, fresh, err)
	}
}

// askAgain asks for a new link with the page's own form.
func askAgain(t *testing.T, b *browsertest.Browser, email string) {
	t.Helper()
	b.Run(chromedp.SetValue(chromedp.ID("email"), email), chromedp.Click(chromedp.CSS("#renew [type=submit]")),
		browsertest.Shows("#status", "a new mail is on its way"))
	is(t, b, done)
}

// confirmByMail: a link is opened, opened again, used, used again, replaced,
// and asked for anew.
func confirmByMail(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	person := s.Person(t)
	b.Run(browsertest.Phone())
	openMail(t, s, b, person.User.Email, mail.VerifyEmail, 1)
	link := openMail(t, s, b, person.User.Email, mail.VerifyEmail, 1)
	b.Run(press, browsertest.Shows("#status", "Address confirmed"))
	is(t, b, done)
	var me apitest.User
	s.Auth.Get(t, "/auth/me", person.AccessToken).Is(http.StatusOK).JSON(&me)
	if !me.Verified {
		t.Error("the address is not confirmed")
	}
	openLink(b, link)
	b.Run(press, browsertest.Shows("#status", usedUp))
	is(t, b, dead)

	other := s.Register(t)
	old := s.Mails.Await(t, other.Email, mail.VerifyEmail, 1).Link
	s.Auth.Post(t, "/auth/email/resend", "", body{"email": other.Email}).Is(http.StatusAccepted)
	s.Mails.Await(t, other.Email, mail.VerifyEmail, 2)
	openLink(b, old)
	b.Run(press, browsertest.Shows("#status", usedUp))
	askAgain(t, b, other.Email)
	openMail(t, s, b, other.Email, mail.VerifyEmail, 3)
	b.Run(press, browsertest.Shows("#status", "Address confirmed"))
	if again := s.Login(t, other.Username, apitest.Password); !again.User.Verified {
		t.Error("the other address is not confirmed")
	}
	b.Clean("127.0.0.1", "")
}

// resetByMail: from the page that asks for a link to a sign-in with the new
// password.
func resetByMail(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	person := s.Person(t)
	email := person.User.Email
	b.Run(browsertest.Phone())
	openLink(b, s.Auth.URL+"/reset")
	askAgain(t, b, email)
	link := openMail(t, s, b, email, mail.ResetPassword, 1)
	b.Run(chromedp.SendKeys(chromedp.ID("password"), person.User.Username), press, browsertest.Shows("#status", "It is too short."))
	b.Run(browsertest.Shows("#status", "It contains your username."))
	is(t, b, rejected)
	unused(t, s, email)
	s.Refresh(t, person.RefreshToken)

	b.Run(chromedp.SetValue(chromedp.ID("password"), newPassword), press, browsertest.Shows("#status", "Password changed"))
	is(t, b, done)
	is(t, b, `password.value === ''`)
	s.Login(t, email, newPassword)
	s.Auth.Post(t, "/auth/login", "", body{"login": email, "password": apitest.Password}).Problem(http.StatusUnauthorized, "invalid_credentials")
	refused(t, s, person.RefreshToken)

	openLink(b, link)
	b.Run(chromedp.SetValue(chromedp.ID("password"), newPassword+"!"), press, browsertest.Shows("#status", usedUp))
	is(t, b, dead)
	askAgain(t, b, email)
	openMail(t, s, b, email, mail.ResetPassword, 2)
	s.Login(t, email, newPassword)
	b.Clean("127.0.0.1", "")
}

// moveByMail: the new address is confirmed by its link, which lies open in two
// tabs.
func moveByMail(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	person := s.Person(t)
	next := "next-" + person.User.Email
	patchMe(s, t, person.AccessToken, body{"email": next, "current_password": apitest.Password}).Is(http.StatusOK)
	second := b.Tab()
	link := openMail(t, s, b, next, mail.ChangeEmail, 1)
	openLink(second, link)
	second.Run(chromedp.WaitVisible(chromedp.ID("ask")))
	unused(t, s, next)
	b.Run(press, browsertest.Shows("#status", "Address confirmed"))
	second.Run(press, browsertest.Shows("#status", usedUp))
	if again := s.Login(t, next, apitest.Password); again.User.Email != next || !again.User.Verified {
		t.Errorf("signed in as %+v", again.User)
	}
	refused(t, s, person.RefreshToken)
	s.Mails.Await(t, person.User.Email, mail.EmailChanged, 1)
	b.Clean("127.0.0.1", "")
	second.Clean("127.0.0.1", "")
}

// usersAreAway costs nobody the link.
func usersAreAway(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	user := s.Register(t)
	openMail(t, s, b, user.Email, mail.VerifyEmail, 1)
	s.StopUsers()
	b.Run(press, browsertest.Shows("#status", "please try again"))
	is(t, b, again)
	unused(t, s, user.Email)
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	s.AwaitUsers(t)
	b.Run(press, browsertest.Shows("#status", "Address confirmed"))
	b.Clean("127.0.0.1", "")
}

// tooManyTries, of somebody behind the same address, cost nobody the link. How
// the page waits until it may try again is seen by pagesAskForANewLink.
func tooManyTries(t *testing.T, chromium *browsertest.Chromium) {
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) {
		a.RateLimits = true
		a.RateLimitOverrides = map[string]config.RateLimit{"VERIFY_EMAIL": {Requests: 1, Window: time.Hour}}
	})
	b, user := chromium.Open(t), s.Register(t)
	openMail(t, s, b, user.Email, mail.VerifyEmail, 1)
	s.Auth.Do(t, verify("another-token")).Is(http.StatusUnauthorized)
	b.Run(press, browsertest.Shows("#status", "Too many tries"), browsertest.Shows("#status", "minutes"))
	is(t, b, waiting)

	s.StopAuth() // an hour passes
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
	openMail(t, s, b, user.Email, mail.VerifyEmail, 1)
	b.Run(press, browsertest.Shows("#status", "Address confirmed"))
	b.Clean("127.0.0.1", "")
}

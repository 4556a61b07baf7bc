package rest_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/browsertest"
)

// What the page shows after an answer: which forms, and where the focus is.
const (
	done     = `!ask.checkVisibility() && !renew.checkVisibility() && document.activeElement.id === 'status'`
	dead     = `!ask.checkVisibility() && renew.checkVisibility() && document.activeElement.id === 'status'`
	again    = `ask.checkVisibility() && document.querySelector('#ask [type=submit]').getAttribute('aria-disabled') === 'false'`
	waiting  = `ask.checkVisibility() && document.querySelector('#ask [type=submit]').getAttribute('aria-disabled') === 'true'`
	rejected = again + ` && document.activeElement.id === 'password' && password.getAttribute('aria-invalid') === 'true' && password.value !== ''`
)

type pageAnswer struct {
	path   string // of the page; the operation that its button calls follows from it
	answer browsertest.Answer
	shows  []string
	leaves string
}

func pageAnswers() map[string]pageAnswer {
	problem := func(status int, members string) browsertest.Answer {
		return browsertest.Answer{Status: status, Body: "{" + members + "}", Header: map[string]string{"Content-Type": "application/problem+json"}}
	}
	limited := problem(429, "")
	limited.Header["Retry-After"] = "100"
	const used = "used up, expired or replaced"
	return map[string]pageAnswer{
		"verify 204":         {"/verify", browsertest.Answer{Status: 204}, []string{"Address confirmed"}, done},
		"verify 400":         {"/verify", problem(400, `"errors":[{"pointer":"/token","detail":"x"}]`), []string{used}, dead},
		"verify 401":         {"/verify", problem(401, `"code":"invalid_token"`), []string{used}, dead},
		"verify 404":         {"/verify", problem(404, ""), []string{"please try again"}, again},
		"verify 409":         {"/verify", problem(409, `"code":"email_taken"`), []string{"This address is taken"}, done},
		"verify 429":         {"/verify", limited, []string{"Too many tries", "in 2 minutes"}, waiting},
		"verify 503":         {"/verify", problem(503, ""), []string{"please try again"}, again},
		"reset 204":          {"/reset", browsertest.Answer{Status: 204}, []string{"Password changed", "Sign in again"}, done},
		"reset 400 token":    {"/reset", problem(400, `"errors":[{"pointer":"/token","detail":"x"}]`), []string{used}, dead},
		"reset 400 password": {"/reset", problem(400, `"errors":[{"pointer":"/new_password","detail":"x"}]`), []string{"not accepted"}, rejected},
		"reset 401":          {"/reset", problem(401, `"code":"invalid_token"`), []string{used}, dead},
		"reset 422":          {"/reset", problem(422, `"code":"password_rejected","reasons":["too_short","contains_email"]`), []string{"It is too short.", "your email address"}, rejected},
		"reset 422, new":     {"/reset", problem(422, `"code":"password_rejected","reasons":["constructor"]`), []string{"It was refused."}, rejected},
		"reset 503, no JSON": {"/reset", browsertest.Answer{Status: 503, Body: "<html>"}, []string{"please try again"}, again},
	}
}

// pagesShowWhatTheServiceSays, whatever that is. The answers are made here;
// the story from a mail to its end has those of the service.
func pagesShowWhatTheServiceSays(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	for name, c := range pageAnswers() {
		t.Run(name, func(t *testing.T) {
			b.Answer(s.Auth.URL+map[string]string{"/verify": "/auth/email/verify", "/reset": "/auth/password/reset"}[c.path], c.answer)
			openLink(b, s.Auth.URL+c.path+"#token="+pageToken)
			if c.path == "/reset" {
				b.Run(chromedp.SendKeys(chromedp.ID("password"), "some words that I know"))
			}
			b.Run(chromedp.Click(chromedp.CSS("#ask [type=submit]")))
			for _, text := range c.shows {
				b.Run(browsertest.Shows("#status", text))
			}
			is(t, b, c.leaves)
			for _, scheme := range []string{"light", "dark"} {
				b.Run(browsertest.Colours(scheme))
				checkPage(t, b, scheme)
			}
		})
	}
	b.Clean("127.0.0.1", "")
}

// pagesAskForANewLink, and count down before they try again.
func pagesAskForANewLink(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	for page, path := range map[string]string{"/verify": "/auth/email/resend", "/reset": "/auth/password/forgot"} {
		send := chromedp.Click(chromedp.CSS("#renew [type=submit]"))
		openLink(b, s.Auth.URL+page)
		b.Answer(s.Auth.URL+path, browsertest.Answer{Status: 429, Header: map[string]string{"Retry-After": "1"}})
		b.Run(chromedp.SendKeys(chromedp.ID("email"), "ada@example.com"), send, browsertest.Shows("#status", "You can try again now."))
		b.Answer(s.Auth.URL+path, browsertest.Answer{Status: 400, Body: `{"errors":[{"pointer":"/email","detail":"x"}]}`})
		b.Run(send, browsertest.Shows("#status", "does not look like an email address"))
		is(t, b, `document.activeElement.id === 'email' && email.getAttribute('aria-invalid') === 'true'`)
		b.Answer(s.Auth.URL+path, browsertest.Answer{Status: 202})
		b.Run(send, browsertest.Shows("#status", "a new mail is on its way"))
		is(t, b, done)
	}
	b.Clean("127.0.0.1", "")
}

func passwordCanBeLookedAt(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	b.Answer(s.Auth.URL+"/auth/password/reset", browsertest.Answer{Status: 503})
	openLink(b, s.Auth.URL+"/reset#token="+pageToken)
	b.Run(chromedp.SendKeys(chromedp.ID("password"), "some words that I know"))
	is(t, b, `password.type === 'password' && show.getAttribute('aria-pressed') === 'false'`)
	b.Run(chromedp.Click(chromedp.ID("show")))
	is(t, b, `password.type === 'text' && show.getAttribute('aria-pressed') === 'true' && password.value === 'some words that I know'`)
	checkPage(t, b, "pressed")
	b.Run(chromedp.Click(chromedp.CSS("#ask [type=submit]")), browsertest.Shows("#status", "please try again"))
	is(t, b, `password.type === 'password' && password.value === 'some words that I know'`)
	b.Clean("127.0.0.1", "")
}

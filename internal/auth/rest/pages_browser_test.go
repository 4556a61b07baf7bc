package rest_test

import (
	"context"
	_ "embed"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/browsertest"
)

//go:embed testdata/page_check.js
var pageCheck string

const pageToken = "v1.a-token-of-a-mail"

// openLink opens what a mail links to, as a page of its own.
func openLink(b *browsertest.Browser, url string) {
	b.Run(chromedp.Navigate("about:blank"), chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("main")))
}

func checkPage(t *testing.T, b *browsertest.Browser, when string) {
	t.Helper()
	for _, complaint := range browsertest.Get(b, chromedp.Evaluate[[]string](pageCheck)) {
		t.Errorf("%s: %s", when, complaint)
	}
}

// is asks the page something that is true or not.
func is(t *testing.T, b *browsertest.Browser, expression string) {
	t.Helper()
	if !browsertest.Get(b, chromedp.Evaluate[bool](expression)) {
		t.Errorf("not so: %s", expression)
	}
}

// TestPagesInChromium is all that is seen in a browser: starting one costs
// more than any of these.
func TestPagesInChromium(t *testing.T) {
	t.Parallel()
	s, chromium := apitest.Start(t), browsertest.Start(t)
	type part func(*testing.T, *apitest.System, *browsertest.Browser)
	t.Run("at once", func(t *testing.T) { // much of it waits for mails
		for name, run := range map[string]part{
			"on a phone": pagesOnAPhone, "without script": pagesWithoutScript,
			"they show what the service says": pagesShowWhatTheServiceSays, "they ask for a new link": pagesAskForANewLink,
			"a password can be looked at":        passwordCanBeLookedAt,
			"from a mail to a confirmed address": confirmByMail, "from a mail to a new password": resetByMail,
			"from a mail to another address": moveByMail,
		} {
			t.Run(name, func(t *testing.T) { t.Parallel(); run(t, s, chromium.Open(t)) })
		}
		t.Run("too many tries", func(t *testing.T) { t.Parallel(); tooManyTries(t, chromium) })
		t.Run("the cookie", func(t *testing.T) { t.Parallel(); cookieInABrowser(t, chromium) })
	})
	t.Run("users is away", func(t *testing.T) { usersAreAway(t, s, chromium.Open(t)) })
	t.Run("the service is away", func(t *testing.T) { pagesWhenTheServiceIsAway(t, s, chromium.Open(t)) })
}

// pagesOnAPhone: each page as it opens, in both colours, on a phone and at
// 320 px, which is also 640 px at 200 % (WCAG 2.2, 1.4.10).
func pagesOnAPhone(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	for page, first := range map[string]string{"/verify": "Confirm this address", "/reset": "Show"} {
		b.Run(browsertest.Phone())
		openLink(b, s.Auth.URL+page+"#token="+pageToken)
		b.Run(browsertest.Shows("#ask", first))
		if at := browsertest.Get(b, chromedp.Location()); at != s.Auth.URL+page {
			t.Errorf("the address is %s", at)
		}
		for _, entry := range browsertest.Get(b, chromedp.NavigationEntries()).Entries {
			if strings.Contains(entry.URL, pageToken) {
				t.Errorf("the history has %s", entry.URL)
			}
		}
		for _, scheme := range []string{"light", "dark"} {
			b.Run(browsertest.Colours(scheme))
			checkPage(t, b, page+", "+scheme)
		}
		b.Run(chromedp.EmulateViewport(320, 256))
		checkPage(t, b, page+", 320 px")
		// The way of the Tab key, and a focus that can be seen.
		if page == "/reset" {
			b.Run(chromedp.KeyEvent(kb.Tab))
			is(t, b, `document.activeElement.id === 'password'`)
		}
		b.Run(chromedp.KeyEvent(kb.Tab))
		is(t, b, `document.activeElement.innerText === '`+first+`'`)
		is(t, b, `parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2`)

		// Another link in the same tab.
		b.Run(chromedp.Evaluate[chromedp.Void](`ask.dataset.old = 'yes'; location.hash = '#token=second'`),
			chromedp.WaitVisible(chromedp.CSS("#ask:not([data-old])")))
		is(t, b, `location.hash === ''`)

		openLink(b, s.Auth.URL+page)
		b.Run(browsertest.Shows("#status", "The link is not complete"), browsertest.Shows("#renew", "Send a new link"))
		checkPage(t, b, page+", without a token")
	}
	b.Clean("127.0.0.1", "") // about:blank has no host
	for _, r := range b.Requests() {
		if r.Method != http.MethodGet || strings.Contains(r.URL, "token") {
			t.Errorf("opening a page sent %s %s", r.Method, r.URL)
		}
	}
}

func pagesWithoutScript(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	b.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	for _, page := range []string{"/verify", "/reset"} {
		openLink(b, s.Auth.URL+page+"#token="+pageToken)
		b.Run(chromedp.WaitVisible(chromedp.CSS("noscript p")), chromedp.WaitNotVisible(chromedp.CSS("form")))
	}
}

// pagesWhenTheServiceIsAway: nothing is lost, and the button stays.
func pagesWhenTheServiceIsAway(t *testing.T, s *apitest.System, b *browsertest.Browser) {
	openLink(b, s.Auth.URL+"/verify#token="+pageToken)
	b.Run(chromedp.WaitVisible(chromedp.ID("ask")))
	b.Clean("127.0.0.1", "")
	s.StopAuth()
	b.Run(chromedp.Click(chromedp.CSS("#ask [type=submit]")), browsertest.Shows("#status", "please try again"))
	is(t, b, `ask.checkVisibility() && document.querySelector('#ask [type=submit]').getAttribute('aria-disabled') === 'false'`)
	is(t, b, `document.activeElement.innerText === 'Confirm this address'`)
}

package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/browsertest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// frontEnd serves an empty page on an origin of its own, another port of this
// machine: another origin, and the same site.
func frontEnd(t *testing.T) (origin string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html lang="en"><head><title>front end</title><link rel="icon" href="data:,"></head><body><main>x</main></body></html>`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// fetched is what a script gets of an answer; where it gets none, Error.
type fetched struct {
	Status int
	Body   string
	Error  string
}

// fetch posts JSON from the page that is open, as its own script would.
func fetch(b *browsertest.Browser, url, in, mode string) fetched {
	return browsertest.Get(b, chromedp.Evaluate[fetched](fmt.Sprintf(`(async () => {
		const body = %q, headers = body && %q === 'cors' ? {'Content-Type': 'application/json'} : {};
		try {
			const r = await fetch(%q, {method: 'POST', mode: %q, credentials: 'include', headers, body: body || undefined});
			return {Status: r.status, Body: await r.text()};
		} catch (e) { return {Error: String(e)}; }
	})()`, in, mode, url, mode), chromedp.EvalAwaitPromise))
}

// keptCookie is the refresh cookie as the browser keeps it.
func keptCookie(t *testing.T, b *browsertest.Browser, url string) *network.Cookie {
	t.Helper()
	var kept []*network.Cookie
	b.Run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		got, err := cdp.Call(ctx, target, network.GetCookies, network.GetCookiesParams{URLs: []string{url}})
		if err == nil {
			kept = got.Cookies
		}
		return err
	}))
	if len(kept) != 1 || kept[0].Name != "__Host-refresh" {
		t.Fatalf("the browser keeps %+v", kept)
	}
	return kept[0]
}

// cookieInABrowser: what a sign-in with `transport: cookie` gives a script on
// the service's own origin, on a listed one, and on any other.
func cookieInABrowser(t *testing.T, chromium *browsertest.Chromium) {
	listed, foreign := frontEnd(t), frontEnd(t)
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.CORSOrigins = config.Origins{listed} })
	user := s.Register(t)
	signIn := fmt.Sprintf(`{"login":%q,"password":%q,"transport":"cookie"}`, user.Username, apitest.Password)
	b := chromium.Open(t)

	openLink(b, s.Auth.URL+"/verify")
	first := signedIn(t, s, b, fetch(b, s.Auth.URL+"/auth/login", signIn, "cors"))
	second := signedIn(t, s, b, fetch(b, s.Auth.URL+"/auth/refresh", "", "cors"))
	if first == second {
		t.Error("the refresh has left the cookie as it was")
	}
	b.Clean("127.0.0.1", "") // reading cookies is an issue to Chromium, of speed
	is(t, b, `document.cookie === ''`)

	openLink(b, listed)
	if got := fetch(b, s.Auth.URL+"/auth/refresh", "", "cors"); got.Status != http.StatusOK || strings.Contains(got.Body, "refresh_token") {
		t.Errorf("a listed origin gets %+v", got)
	}
	third := signedIn(t, s, b, fetch(b, s.Auth.URL+"/auth/login", signIn, "cors"))

	openLink(b, foreign)
	logged := len(s.Logs.String())
	for _, path := range []string{"/auth/refresh", "/auth/logout", "/auth/login"} {
		in := map[string]string{"/auth/login": signIn}[path]
		if got := fetch(b, s.Auth.URL+path, in, "cors"); got.Error == "" {
			t.Errorf("S50 another origin's script reads %s: %+v", path, got)
		}
		fetch(b, s.Auth.URL+path, in, "no-cors") // it is sent; the script sees nothing of the answer
	}
	b.Run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{
		const form = document.createElement('form');
		Object.assign(form, {method: 'post', action: %q, enctype: 'text/plain'});
		document.body.append(form); form.submit();
	}`, s.Auth.URL+"/auth/logout")), chromedp.WaitReady(chromedp.CSS("pre")), browsertest.Shows("body", `"status":403`))
	logs := s.Logs.String()[logged:]
	if got := strings.Count(logs, `"method":"POST"`); got < 5 || got != strings.Count(logs, `"status":403`) {
		t.Errorf("not all that another origin has sent is answered 403:\n%s", logs)
	}

	if now := keptCookie(t, b, s.Auth.URL).Value; now != third {
		t.Error("another origin has changed the cookie")
	}
	openLink(b, s.Auth.URL+"/verify")
	signedIn(t, s, b, fetch(b, s.Auth.URL+"/auth/refresh", "", "cors"))
	if got := fetch(b, s.Auth.URL+"/auth/logout", "", "cors"); got.Status != http.StatusNoContent {
		t.Errorf("signing out gives %+v", got)
	}
	if got := fetch(b, s.Auth.URL+"/auth/refresh", "", "cors"); got.Status != http.StatusUnauthorized {
		t.Errorf("after it, a refresh gives %+v", got)
	}
}

// signedIn checks that a grant has its refresh token in the cookie alone, out
// of the reach of scripts, and gives it.
func signedIn(t *testing.T, s *apitest.System, b *browsertest.Browser, got fetched) (token string) {
	t.Helper()
	kept := keptCookie(t, b, s.Auth.URL)
	if got.Status != http.StatusOK || strings.Contains(got.Body, "refresh_token") || strings.Contains(got.Body, kept.Value) {
		t.Errorf("S50 the script gets %+v", got)
	}
	if !kept.HTTPOnly || !kept.Secure || kept.SameSite != network.CookieSameSiteStrict || kept.Path != "/" {
		t.Errorf("S49 the browser keeps %+v", kept)
	}
	return kept.Value
}

package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/browsertest"
)

// TestDocsInChromium uses the pages at /docs of both services as a reader does.
func TestDocsInChromium(t *testing.T) {
	t.Parallel()
	s, chromium := apitest.Start(t), browsertest.Start(t)
	person := s.Register(t)
	t.Run("auth", func(t *testing.T) {
		docs := openDocs(t, chromium.Open(t), s.Auth.URL, "session", "login")
		docs.b.Run(chromedp.Reload(), docs.shows(" .opblock-body", "Try it out")) // the deep link is the address
		docs.is(`document.title === 'latchkey auth service: API'`)
		docs.is(`document.querySelector('.info__extdocs').href === '` + s.Users.URL + `/docs'`)
		docs.try()
		docs.fill(docs.at(" textarea"), `{"login":"`+person.Username+`","password":"`+apitest.Password+`"}`)
		var grant apitest.Grant
		docs.execute("200", &grant)

		docs.authorize(grant.AccessToken)
		docs.open("account", "getMe")
		docs.try()
		var me apitest.User
		if docs.execute("200", &me); me.Username != person.Username || me.ID != person.ID {
			t.Errorf("it shows %+v", me)
		}
		docs.clean(grant.AccessToken, grant.RefreshToken, apitest.Password)
	})
	t.Run("users", func(t *testing.T) {
		admin := s.Admin(t)
		docs := openDocs(t, chromium.Open(t), s.Users.URL, "users", "getUser")
		docs.is(`document.title === 'latchkey users service: API'`)
		docs.is(`document.querySelector('.info__extdocs').href === '` + s.Auth.URL + `/docs'`)
		docs.authorize(admin)
		docs.try()
		docs.fill(docs.at(` tr[data-param-name="user"] input`), person.Username)
		var user apitest.User
		if docs.execute("200", &user); user.ID != person.ID {
			t.Errorf("it shows %+v", user)
		}
		// What need not be given is not sent, defaults excepted: examples are no values.
		docs.open("users", "listUsers")
		docs.try()
		var page struct{ Items []apitest.User }
		if docs.execute("200", &page); len(page.Items) != 2 {
			t.Errorf("it shows %+v", page)
		}
		if !slices.ContainsFunc(docs.b.Requests(), func(r browsertest.Request) bool { return r.URL == s.Users.URL+"/users?limit=50&include_deleted=false" }) {
			t.Errorf("it asked for %+v", docs.b.Requests())
		}
		docs.clean(admin)
	})
}

// docs is a page at /docs and the operation that is looked at.
type docs struct {
	t         *testing.T
	b         *browsertest.Browser
	url       string
	operation string // its element
}

// openDocs opens a page by the deep link of an operation.
func openDocs(t *testing.T, b *browsertest.Browser, url, tag, operation string) *docs {
	t.Helper()
	d := &docs{t: t, b: b, url: url, operation: "#operations-" + tag + "-" + operation}
	b.Run(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url+"/docs#/"+tag+"/"+operation), d.shows(" .opblock-body", "Try it out"))
	return d
}

func (d *docs) at(within string) string { return d.operation + within }

func (d *docs) shows(within, text string) browsertest.Action {
	return browsertest.Shows(d.at(within), text)
}

func (d *docs) click(selector string) { d.t.Helper(); d.b.Run(chromedp.Click(chromedp.CSS(selector))) }

func (d *docs) is(expression string) { d.t.Helper(); is(d.t, d.b, expression) }

// open opens another operation on the same page.
func (d *docs) open(tag, operation string) {
	d.t.Helper()
	d.operation = "#operations-" + tag + "-" + operation
	d.click(d.at(" .opblock-summary-control"))
	d.b.Run(d.shows(" .opblock-body", "Try it out"))
	d.is(`location.hash === '#/` + tag + `/` + operation + `'`)
}

func (d *docs) try() { d.t.Helper(); d.click(d.at(" .try-out__btn")) }

// fill replaces what a field holds, as pasting does.
func (d *docs) fill(selector, text string) {
	d.t.Helper()
	d.b.Run(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).select()`, selector)),
		func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
			return chromedp.Void{}, err
		})
}

// execute sends the request and reads the answer off the page.
func (d *docs) execute(status string, into any) {
	d.t.Helper()
	d.click(d.at(" .execute"))
	d.b.Run(d.shows(" .live-responses-table .response .response-col_status", status))
	shown := browsertest.Get(d.b, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).innerText`, d.at(" .live-responses-table .highlight-code code"))))
	if err := json.Unmarshal([]byte(shown), into); err != nil {
		d.t.Fatalf("the page shows %s: %v", shown, err)
	}
}

// authorize pastes a token into the dialog.
func (d *docs) authorize(token string) {
	d.t.Helper()
	d.click(".auth-wrapper .authorize")
	d.fill("#auth-bearer-value", token)
	d.click(".auth-container:has(#auth-bearer-value) .auth.authorize")
	d.b.Run(browsertest.Shows(".auth-container", "Logout"))
	d.click(".modal-ux .btn-done")
}

// clean: no violation of the policy, nothing failed, nothing went elsewhere, and
// what is secret is in no address and is kept nowhere.
func (d *docs) clean(secrets ...string) {
	d.t.Helper()
	for _, problem := range d.b.Problems() {
		// Swagger UI names none of its fields, and goes back over its own entries.
		if !strings.Contains(problem, `"errorType":"Form`) && !strings.Contains(problem, "NavigationEntryMarkedSkippable") {
			d.t.Errorf("the browser says: %s", problem)
		}
	}
	kept := browsertest.Get(d.b, chromedp.Evaluate[string](`location.href + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)`))
	for _, r := range d.b.Requests() {
		if kept += r.URL; !strings.HasPrefix(r.URL, d.url+"/") && !strings.HasPrefix(r.URL, "data:image/") {
			d.t.Errorf("the page asked for %s", r.URL)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(kept, secret) {
			d.t.Errorf("%s is in %s", secret, kept)
		}
	}
}

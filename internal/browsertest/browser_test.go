package browsertest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

const faulty = `<!doctype html><html lang="en"><head><title>faulty</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/missing.css">
<script src="/faulty.js"></script></head>
<body><h1>Faulty</h1><p style="color: red">inline</p><script>inline()</script><img src="https://elsewhere.example/p.png" alt=""><img src="/missing.png" alt=""></body></html>`

const fine = `<!doctype html><html lang="en"><head><title>fine</title><link rel="icon" href="/icon.svg"></head>
<body><h1>Fine</h1><p id="told"></p><script src="/fine.js"></script></body></html>`

func site(t *testing.T) string {
	t.Helper()
	files := map[string][2]string{
		"/faulty": {"text/html", faulty}, "/faulty.js": {"text/javascript", "console.error('a complaint', 7); setTimeout(() => { throw new Error('uncaught'); })"},
		"/fine": {"text/html", fine}, "/fine.js": {"text/javascript", "fetch('/asked').then(async r => { document.getElementById('told').textContent = r.status + await r.text(); })"},
		"/icon.svg": {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file[0])
		w.Header().Set("Content-Security-Policy", "script-src 'self'; style-src 'self'; img-src *")
		_, _ = w.Write([]byte(file[1]))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestBrowser is all that one Chromium is for, which then ends with the test.
func TestBrowser(t *testing.T) {
	t.Parallel()
	var pid int
	t.Run("one Chromium", func(t *testing.T) {
		chromium, url := Start(t), site(t)
		pid = chromium.pid
		t.Run("problems are seen", func(t *testing.T) { problemsAreSeen(t, chromium.Open(t), url) })
		t.Run("a phone", func(t *testing.T) { phone(t, chromium.Open(t), url) })
		t.Run("fresh profiles", func(t *testing.T) { freshProfiles(t, chromium, url) })
	})
	if err := syscall.Kill(pid, 0); pid == 0 || err != syscall.ESRCH {
		t.Errorf("process %d: %v", pid, err)
	}
}

// problemsAreSeen: every kind of problem is one, and a page without any has
// none.
func problemsAreSeen(t *testing.T, b *Browser, url string) {
	b.Run(chromedp.Navigate(url+"/faulty"), Shows("h1", "Faulty"))
	problems := strings.Join(b.Problems(), "\n")
	for _, want := range []string{
		"console.error: a complaint 7", "uncaught", "Executing inline script violates", "Applying inline style violates",
		"issue: ContentSecurityPolicyIssue", "/missing.css", "/missing.png: 404", "request: Image https://elsewhere.example/p.png: net::ERR_NAME_NOT_RESOLVED",
	} {
		if !strings.Contains(problems, want) {
			t.Errorf("%q is not told:\n%s", want, problems)
		}
	}
	if !slices.ContainsFunc(b.Requests(), func(r Request) bool { return r.URL == "https://elsewhere.example/p.png" && r.Error != "" }) {
		t.Errorf("the request to elsewhere is not told: %+v", b.Requests())
	}
	b.Forget()

	b.Run(chromedp.Navigate(url+"/fine#secret"), Shows("#told", "404"))
	b.Clean("127.0.0.1")
	for _, r := range b.Requests() {
		if strings.Contains(r.URL, "secret") || r.Type != "Other" && r.Status == 0 { // the icon may be on its way
			t.Errorf("a request with a fragment, or without an answer: %+v", r)
		}
	}
	b.Answer(url+"/asked", Answer{Status: http.StatusServiceUnavailable, Body: " as told"})
	b.Run(chromedp.Navigate(url+"/fine"), Shows("#told", "503 as told"))
	if title := Get(b, chromedp.Title()); title != "fine" {
		t.Errorf("the title is %q", title)
	}
}

func phone(t *testing.T, b *Browser, url string) {
	b.Run(Phone(), Colours("dark"), chromedp.Navigate(url+"/fine"))
	if got := Get(b, chromedp.Evaluate[bool](`screen.width === 360 && navigator.maxTouchPoints > 0 && matchMedia('(prefers-color-scheme: dark)').matches`)); !got {
		t.Error("it is no phone, or not dark")
	}
}

// freshProfiles: what one browser keeps, another does not see.
func freshProfiles(t *testing.T, chromium *Chromium, url string) {
	const kept = "document.cookie + localStorage.length"
	one, other := chromium.Open(t), chromium.Open(t)
	one.Run(chromedp.Navigate(url+"/fine"), chromedp.Evaluate[chromedp.Void](`document.cookie = 'a=1'; localStorage.b = 2`))
	other.Run(chromedp.Navigate(url + "/fine"))
	if got := Get(one, chromedp.Evaluate[string](kept)); got != "a=11" {
		t.Errorf("one has %s", got)
	}
	if got := Get(other, chromedp.Evaluate[string](kept)); got != "0" {
		t.Errorf("the other has %s", got)
	}
}

func TestWithoutChromium(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if path, err := find(); err == nil || !strings.Contains(err.Error(), "apt-get install chromium") {
		t.Errorf("found %q, %v", path, err)
	}
}

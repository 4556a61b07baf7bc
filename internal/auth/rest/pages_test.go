package rest_test

import (
	"bytes"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/password"
)

// pageFiles are the files of the pages, by name.
func pageFiles(t *testing.T) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir("pagesui")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(path.Join("pagesui", entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestPagesAreServed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	media := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	for name, text := range pageFiles(t) {
		kind := path.Ext(name)
		at, cache := "/pages/"+name, "public, max-age=300"
		if kind == ".html" {
			at, cache = "/"+strings.TrimSuffix(name, kind), "no-store"
		}
		got := s.Auth.Get(t, at, "").Is(http.StatusOK)
		if !bytes.Equal(got.Body, text) {
			t.Errorf("%s is not %s", at, name)
		}
		for header, want := range map[string]string{
			"Content-Type": media[kind], "Cache-Control": cache, "Content-Security-Policy": policy,
			"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Set-Cookie": "",
		} {
			if value := got.Header.Get(header); value != want {
				t.Errorf("%s: %s is %q, want %q", at, header, value, want)
			}
		}
		head := s.Auth.Do(t, apitest.Request{Method: http.MethodHead, Path: at}).Is(http.StatusOK)
		if len(head.Body) != 0 || head.Header.Get("Content-Length") != got.Header.Get("Content-Length") {
			t.Errorf("HEAD %s: %d bytes, %v", at, len(head.Body), head.Header)
		}
	}
	for _, absent := range []string{"/pages/verify.html", "/pages/pages.go", "/pages/..%2Fpages.css", "/pages/", "/pages", "/verify/"} {
		s.Auth.Get(t, absent, "").Problem(http.StatusNotFound, "not_found")
	}
	s.Auth.Get(t, "/verify?token=x", "").Problem(http.StatusBadRequest, "invalid_request")
	s.Auth.Post(t, "/verify", "", body{}).Problem(http.StatusMethodNotAllowed, "method_not_allowed")
}

// TestPagesAreTheirOwn: no inline script or style, nothing from another host,
// nothing stored, no text that is taken for HTML.
func TestPagesAreTheirOwn(t *testing.T) {
	t.Parallel()
	files, pages := pageFiles(t), 0
	for name, text := range files {
		banned := []string{"://", "url(", "@import", "innerHTML", "insertAdjacentHTML", "outerHTML", "document.write", "eval(", "document.cookie", "localStorage", "sessionStorage", "indexedDB"}
		for _, word := range banned {
			if strings.Contains(strings.ReplaceAll(string(text), `xmlns="http://www.w3.org/2000/svg"`, ""), word) {
				t.Errorf("%s holds %s", name, word)
			}
		}
		if path.Ext(name) != ".html" {
			continue
		}
		pages++
		doc, err := html.Parse(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for node := range doc.Descendants() {
			if node.Type == html.ElementNode {
				checkElement(t, name, node, files)
			}
		}
	}
	if pages != 2 {
		t.Errorf("%d pages were looked at", pages)
	}
}

func checkElement(t *testing.T, page string, node *html.Node, files map[string][]byte) {
	t.Helper()
	if node.Data == "style" || node.Data == "script" && node.FirstChild != nil || node.Data == "base" || node.Data == "iframe" {
		t.Errorf("%s has an inline %s", page, node.Data)
	}
	for _, a := range node.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("%s: <%s> has %s", page, node.Data, a.Key)
		}
		if a.Key != "src" && a.Key != "href" && a.Key != "action" {
			continue
		}
		if file, own := strings.CutPrefix(a.Val, "pages/"); !own || files[file] == nil {
			t.Errorf("%s: <%s> loads %s", page, node.Data, a.Val)
		}
	}
	if node.Data == "form" && !slices.Contains(node.Attr, html.Attribute{Key: "method", Val: "post"}) {
		t.Errorf("%s: a form that would put what it holds into the address", page)
	}
}

// TestEveryReasonIsTranslated for the person whose password was refused.
func TestEveryReasonIsTranslated(t *testing.T) {
	t.Parallel()
	script := string(pageFiles(t)["service.js"])
	for _, reason := range password.Reasons() {
		if !strings.Contains(script, "\n  "+string(reason)+": '") {
			t.Errorf("service.js has no text for %s", reason)
		}
	}
}

package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// TestS78SecurityHeaders is S78, on whatever answer.
func TestS78SecurityHeaders(t *testing.T) {
	t.Parallel()
	c := newChassis(t, handlers{
		"leave":      func(http.ResponseWriter, *http.Request) { panic("boom") },
		"listThings": func(w http.ResponseWriter, r *http.Request) { Write(w, r, fault.ErrOverloaded) },
	})
	want := map[string]string{
		"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
		"Strict-Transport-Security":    "",
		"Server":                       "",
		"X-Powered-By":                 "",
		"Access-Control-Allow-Origin":  "",
	}
	for name, tc := range map[string]struct {
		path   string
		change func(*http.Request)
		status int
	}{
		"200":            {"/things/abc", nil, 200},
		"400":            {"/things/x", nil, 400},
		"401":            {"/own", nil, 401},
		"403":            {"/guarded", withToken(t, person()), 403},
		"404":            {"/nowhere", nil, 404},
		"405":            {"/things", func(r *http.Request) { r.Method = "TRACE" }, 405},
		"431":            {"/things", withHeader("X-Filler", strings.Repeat("a", maxHeaders)), 431},
		"500":            {"/leave", nil, 500},
		"503":            {"/things", nil, 503},
		"foreign origin": {"/things/abc", withHeader("Origin", "https://evil.example"), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send("GET", tc.path, "", func(r *http.Request) {
				if tc.change != nil {
					tc.change(r)
				}
			})
			if answer.StatusCode != tc.status {
				t.Fatalf("got %d, want %d", answer.StatusCode, tc.status)
			}
			for name, value := range want {
				if got := strings.Join(answer.Header.Values(name), " | "); got != value {
					t.Errorf("%s is %q, want %q", name, got, value)
				}
			}
			if policy := answer.Header.Get("Permissions-Policy"); !strings.Contains(policy, "camera=()") || strings.ContainsAny(policy, "*") {
				t.Errorf("Permissions-Policy is %q", policy)
			}
		})
	}
}

func TestS78HSTS(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://id.example": "max-age=63072000; includeSubDomains", "http://id.example": "", "http://https.example": "", "": "",
	} {
		c := newChassis(t, nil, func(o *Options) { o.PublicURL = url })
		for _, path := range []string{"/open", "/nowhere"} {
			if got := c.send("GET", path, "").Header.Get("Strict-Transport-Security"); got != want {
				t.Errorf("%s, %s: %q, want %q", url, path, got, want)
			}
		}
	}
}

// TestOpenToOrigins: x-any-origin opens an operation to scripts of any origin,
// without credentials.
func TestOpenToOrigins(t *testing.T) {
	t.Parallel()
	answer := newChassis(t, nil).send("GET", "/open", "", withHeader("Origin", "https://any.example"))
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "", "Cross-Origin-Resource-Policy": "cross-origin",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for path, want := range map[string]struct{ media, text string }{
		"/openapi.json": {"application/json", tinySpec}, "/openapi.yaml": {"application/yaml", "openapi: 3.0.3\n"},
	} {
		answer := c.send("GET", path, "")
		if bodyOf(t, answer) != want.text || answer.Header.Get("Content-Type") != want.media {
			t.Errorf("%s is not the document: %v", path, answer.Header)
		}
	}
	if got := c.send("GET", "/docs", "").StatusCode; got != 404 {
		t.Errorf("without DOCS, /docs got %d", got)
	}
}

// TestDocs: the page and what it loads come from here, and no script and no
// style is inline.
func TestDocs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newChassis(t, nil, func(o *Options) { o.Docs = true }))
	defer server.Close()
	for _, path := range []string{"/docs", "/docs/", "/docs/page.js", "/docs/page.css", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/favicon-32x32.png"} {
		answer, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body := bodyOf(t, answer)
		if answer.StatusCode != 200 || body == "" {
			t.Errorf("%s: got %d with %d bytes", path, answer.StatusCode, len(body))
		}
		policy := answer.Header.Get("Content-Security-Policy")
		if _, scripts, _ := strings.Cut(policy, "script-src "); !strings.HasPrefix(scripts, "'self';") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", path)
		}
		if path == "/docs" && (strings.Contains(body, "http://") || strings.Contains(body, "https://") || strings.Contains(body, "<script>") || strings.Contains(body, "<style") || !strings.Contains(body, "<title>tiny: API</title>")) {
			t.Errorf("the page has not its name, loads from elsewhere, or has something inline: %s", body)
		}
	}
}

// TestS79LogLine: one line per request, and nothing of what may be a secret.
func TestS79LogLine(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	c.send("GET", "/things/canaryone", "")
	c.send("GET", "/things?q=canarytwo", "", withHeader("Cookie", "canarythree"), withHeader("User-Agent", "canaryfour"))
	c.send("POST", "/things", `{"username":"canaryfive","password":"canarysix"}`)
	c.send("POST", "/things", `{"canaryseven":"canaryeight"}`)
	c.send("GET", "/canarynine", "", withHeader("Authorization", "Bearer canaryten"))
	c.send("GET", "/own", "", withHeader("Authorization", "Bearer canaryeleven"))
	text := c.log.String()
	if at := strings.Index(text, "canary"); at >= 0 {
		t.Errorf("the log has %q", text[at:min(len(text), at+20)])
	}
	if lines := strings.Count(text, "\n"); lines != 6 {
		t.Errorf("%d lines for 6 requests", lines)
	}
	for _, part := range []string{`"route":"/things/{thing}"`, `"route":"none"`, `"caller":"anonymous"`, `"client":"192.0.2.1"`} {
		if !strings.Contains(text, part) {
			t.Errorf("the log lacks %s", part)
		}
	}
}

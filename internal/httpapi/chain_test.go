package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for name, tc := range map[string]struct {
		sent []string
		kept bool
	}{
		"none":             {nil, false},
		"empty":            {[]string{""}, false},
		"kept":             {[]string{"aZ09._-"}, true},
		"128 characters":   {[]string{strings.Repeat("a", 128)}, true},
		"129 characters":   {[]string{strings.Repeat("a", 129)}, false},
		"space":            {[]string{"a b"}, false},
		"line break":       {[]string{"a\r\nSet-Cookie: b"}, false},
		"letter of no use": {[]string{"é"}, false},
		"bad UTF-8":        {[]string{"a\xff"}, false},
		"quotes":           {[]string{`a"b`}, false},
		"colon":            {[]string{"a:b"}, false},
		"NUL":              {[]string{"a\x00"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"/open", "/nowhere"} {
				answer := c.send("GET", path, "", withHeader("X-Request-Id", tc.sent...))
				id := answer.Header.Get("X-Request-Id")
				if tc.kept != (len(tc.sent) > 0 && id == tc.sent[0]) {
					t.Errorf("%s: sent %q, got %q", path, tc.sent, id)
				}
				if parsed, err := uuid.Parse(id); !tc.kept && (err != nil || parsed.Version() != 7) {
					t.Errorf("%s: %q was made, want a UUIDv7", path, id)
				}
				if path == "/open" {
					if got := wantSeen(t, answer).RequestID; got != id {
						t.Errorf("the handler knows it as %q", got)
					}
				} else {
					wantProblem(t, answer, 404, "not_found")
				}
			}
		})
	}
}

// TestS77Panic is S77. It goes over a connection, which must live on.
func TestS77Panic(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a"
	var none map[string]int
	for name, panics := range map[string]func(){
		"an error":  func() { panic(errors.New(canary)) },
		"a string":  func() { panic(canary) },
		"a runtime": func() { none[canary] = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChassis(t, handlers{"open": func(http.ResponseWriter, *http.Request) { panics() }})
			server := httptest.NewServer(c)
			defer server.Close()
			answer, _ := get(t, server.Client(), server.URL+"/open")
			id := answer.Header.Get("X-Request-Id")
			body := bodyOf(t, answer)
			if answer.StatusCode != 500 || strings.Contains(body, canary) || !strings.Contains(body, id) {
				t.Errorf("got %d %s", answer.StatusCode, body)
			}
			answer, reused := get(t, server.Client(), server.URL+"/things")
			if wantSeen(t, answer); !reused {
				t.Error("the connection was closed")
			}
			line := c.log.String()
			if !strings.Contains(line, id) || !strings.Contains(line, `"status":500`) || !strings.Contains(line, `"level":"ERROR"`) {
				t.Errorf("the log has %s", line)
			}
		})
	}
}

// get fetches, and tells whether the connection was used before.
func get(t *testing.T, client *http.Client, url string) (answer *http.Response, reused bool) {
	t.Helper()
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused },
	})
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = client.Do(r); err != nil {
		t.Fatal(err)
	}
	return answer, reused
}

// TestAbort: net/http's own way to drop a connection stays that.
func TestAbort(t *testing.T) {
	t.Parallel()
	c := newChassis(t, handlers{"open": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }})
	server := httptest.NewServer(c)
	defer server.Close()
	if answer, err := server.Client().Get(server.URL + "/open"); err == nil {
		answer.Body.Close()
		t.Errorf("got %d, want a dropped connection", answer.StatusCode)
	}
}

func TestS77HandlerErrorsDoNotLeak(t *testing.T) {
	t.Parallel()
	const canary = "canary-91bc"
	c := newChassis(t, handlers{
		"open":  func(w http.ResponseWriter, r *http.Request) { Write(w, r, errors.New("pgx: "+canary)) },
		"leave": func(w http.ResponseWriter, r *http.Request) { BindError(w, r, fmt.Errorf("strconv: %q", canary)) },
	})
	for path, want := range map[string]struct {
		status int
		code   string
	}{"/open": {500, "internal_error"}, "/leave": {400, "invalid_request"}} {
		answer := c.send("GET", path, "")
		if p := wantProblem(t, answer, want.status, want.code); strings.Contains(fmt.Sprintf("%+v %v", p, answer.Header), canary) {
			t.Errorf("%s tells %+v", path, p)
		}
		if !strings.Contains(c.log.String(), canary) {
			t.Errorf("%s: the log lacks the cause", path)
		}
	}
}

func TestRefuseNil(t *testing.T) {
	t.Parallel()
	if _, err := RefuseNil(nil, nil); err == nil {
		t.Error("a handler that gives nothing makes an empty 200")
	}
	if got, err := RefuseNil("answer", nil); got != "answer" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := RefuseNil(nil, context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("the error became %v", err)
	}
}

func TestRouting(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for name, tc := range map[string]struct {
		method, path string
		status       int
		allow        string
	}{
		"no path":             {"GET", "/nowhere", 404, ""},
		"the root":            {"GET", "/", 404, ""},
		"trailing slash":      {"GET", "/things/", 404, ""},
		"two slashes":         {"GET", "//things", 404, ""},
		"dot segments":        {"GET", "/nowhere/../things", 404, ""},
		"escaped letter":      {"GET", "/thing%73", 404, ""},
		"capitals":            {"GET", "/Things", 404, ""},
		"an empty segment":    {"GET", "/things//part", 404, ""},
		"POST on one":         {"POST", "/things//part", 404, ""},
		"below a path":        {"GET", "/open/x", 404, ""},
		"POST where GET is":   {"POST", "/open", 405, "GET, HEAD"},
		"PUT where many are":  {"PUT", "/things", 405, "GET, HEAD, POST, PATCH"},
		"PATCH on a template": {"PATCH", "/things/abc", 405, "GET, HEAD, DELETE"},
		"TRACE":               {"TRACE", "/things", 405, "GET, HEAD, POST, PATCH"},
		"CONNECT":             {"CONNECT", "/things", 405, "GET, HEAD, POST, PATCH"},
		"OPTIONS":             {"OPTIONS", "/things", 405, "GET, HEAD, POST, PATCH"},
		"a made-up method":    {"FROB", "/things", 405, "GET, HEAD, POST, PATCH"},
		"lower case":          {"get", "/things", 405, "GET, HEAD, POST, PATCH"},
		"POST on the probe":   {"POST", "/livez", 405, "GET, HEAD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send("GET", tc.path, "", func(r *http.Request) { r.Method = tc.method })
			wantProblem(t, answer, tc.status, map[int]string{404: "not_found", 405: "method_not_allowed"}[tc.status])
			if got := answer.Header.Get("Allow"); got != tc.allow {
				t.Errorf("Allow is %q, want %q", got, tc.allow)
			}
		})
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newChassis(t, nil))
	defer server.Close()
	for path, status := range map[string]int{"/open": 200, "/things/abc": 200, "/livez": 200, "/openapi.json": 200, "/things/x": 400, "/nowhere": 404} {
		answer, err := server.Client().Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if body := bodyOf(t, answer); answer.StatusCode != status || body != "" || answer.Header.Get("Content-Type") == "" {
			t.Errorf("%s: got %d %q %v", path, answer.StatusCode, body, answer.Header)
		}
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	c := newChassis(t, handlers{"open": func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		Write(w, r, fmt.Errorf("query: %w", r.Context().Err()))
	}}, func(o *Options) { o.Deadline = time.Millisecond })
	answer := c.send("GET", "/open", "")
	wantProblem(t, answer, 503, "overloaded")
	if got := answer.Header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After is %q", got)
	}
}

func TestEveryRequestHasADeadline(t *testing.T) {
	t.Parallel()
	var left time.Duration
	c := newChassis(t, handlers{"open": func(_ http.ResponseWriter, r *http.Request) {
		if until, ok := r.Context().Deadline(); ok {
			left = time.Until(until)
		}
	}})
	if c.send("GET", "/open", ""); left <= 0 || left > 5*time.Second {
		t.Errorf("%s are left of 5 s", left)
	}
}

// TestDrain: once a shutdown has begun, a connection serves one request more.
func TestDrain(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	server := httptest.NewServer(c)
	defer server.Close()
	for range 2 {
		answer, _ := get(t, server.Client(), server.URL+"/readyz")
		if body := bodyOf(t, answer); answer.StatusCode != 200 || answer.Close {
			t.Fatalf("got %d %s, Close %v", answer.StatusCode, body, answer.Close)
		}
	}
	c.options.Health.draining.Store(true)
	answer, _ := get(t, server.Client(), server.URL+"/readyz")
	if wantProblem(t, answer, 503, "overloaded"); !answer.Close {
		t.Error("the connection is kept")
	}
	answer, reused := get(t, server.Client(), server.URL+"/open")
	if wantSeen(t, answer); !answer.Close || reused {
		t.Errorf("a request meanwhile: Close %v, on the old connection %v", answer.Close, reused)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	broken := newChassis(t, nil, func(o *Options) {
		o.Health = &Health{Check: func(ctx context.Context) error {
			if _, ok := ctx.Deadline(); !ok {
				return errors.New("a probe may hang")
			}
			return errors.New("canary: connection refused")
		}}
	})
	wantProblem(t, broken.send("GET", "/readyz", ""), 503, "overloaded") // not started
	broken.options.Health.started.Store(true)
	answer := broken.send("GET", "/readyz", "")
	wantProblem(t, answer, 503, "dependency_unavailable")
	if answer := broken.send("GET", "/livez", ""); answer.StatusCode != 200 {
		t.Errorf("livez got %d: it asks nothing of anything else", answer.StatusCode)
	}
	if !strings.Contains(broken.log.String(), "connection refused") {
		t.Error("the log lacks the cause")
	}
}

package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// scripted answers each request after the script, and with 200 after its end.
type scripted struct {
	script []http.HandlerFunc
	seen   atomic.Int64
	body   atomic.Value // of the last request
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.body.Store(string(body))
	if n := int(s.seen.Add(1)); n <= len(s.script) {
		s.script[n-1](w, r)
	}
}

// What a server may do to a request.
func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// cut ends the connection without an answer.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// half ends it in the middle of one.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "half")
	panic(http.ErrAbortHandler)
}

const running = `{"code":"idempotency_in_progress"}`

func TestLinkRepeatsWhatIsSafe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		keyed  bool
		script []http.HandlerFunc
		seen   int64
		status int // 0: there is no answer
	}{
		"a GET that is cut":                 {"GET", false, []http.HandlerFunc{cut}, 2, 200},
		"a GET that is cut in the middle":   {"GET", false, []http.HandlerFunc{half}, 2, 200},
		"a GET that is cut again and again": {"GET", false, []http.HandlerFunc{cut, cut, cut}, 2, 0},
		"a GET at a gateway":                {"GET", false, []http.HandlerFunc{status(502, "")}, 2, 200},
		"a GET of a defect":                 {"GET", false, []http.HandlerFunc{status(500, "")}, 1, 500},
		"a GET of an overloaded service":    {"GET", false, []http.HandlerFunc{status(503, "")}, 1, 503},
		"a GET that is sent elsewhere":      {"GET", false, []http.HandlerFunc{http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP}, 1, 302},
		"a GET of too much":                 {"GET", false, []http.HandlerFunc{status(200, strings.Repeat("x", maxAnswer+1))}, 2, 200},
		"a POST that is cut":                {"POST", false, []http.HandlerFunc{cut}, 1, 0},
		"a POST that is cut in the middle":  {"POST", false, []http.HandlerFunc{half}, 1, 0},
		"a POST at a gateway":               {"POST", false, []http.HandlerFunc{status(504, "")}, 1, 0},
		"a POST under a key":                {"POST", true, []http.HandlerFunc{half}, 2, 200},
		"a PATCH":                           {"PATCH", false, []http.HandlerFunc{half}, 1, 0},
		"a PATCH under a key":               {"PATCH", true, []http.HandlerFunc{half}, 2, 200},
		"a DELETE that had been done":       {"DELETE", false, []http.HandlerFunc{half, status(404, `{"code":"not_found"}`)}, 2, 204},
		"a DELETE of nothing":               {"DELETE", false, []http.HandlerFunc{status(404, `{"code":"not_found"}`)}, 1, 404},
		"the first still runs":              {"POST", true, []http.HandlerFunc{half, status(409, running), status(409, running)}, 4, 200},
		"another conflict":                  {"POST", true, []http.HandlerFunc{status(409, `{"code":"email_taken"}`)}, 1, 409},
		"no key, so nothing runs":           {"POST", false, []http.HandlerFunc{status(409, running)}, 1, 409},
	} {
		for _, kept := range []bool{false, true} { // a connection from before
			t.Run(name+map[bool]string{false: "", true: ", kept"}[kept], func(t *testing.T) {
				t.Parallel()
				server := &scripted{}
				l, url := linkTo(t, server)
				if kept {
					if _, err := request(t, l, "GET", url, false); err != nil {
						t.Fatal(err)
					}
				}
				server.seen.Store(0)
				server.script = c.script
				answer, err := request(t, l, c.method, url, c.keyed)
				if (err == nil) != (c.status > 0) || err == nil && answer.StatusCode != c.status {
					t.Errorf("%+v, %v", answer, err)
				}
				want := c.seen
				if kept && len(c.script) == 3 && c.status == 0 {
					want++ // net/http's own: a kept connection may have been dead already
				}
				if got := server.seen.Load(); got != want {
					t.Errorf("it was sent %d times, want %d", got, want)
				}
				if got := server.body.Load(); c.method != "GET" && got != "the body" {
					t.Errorf("the last request's body was %q", got)
				}
			})
		}
	}
}

func linkTo(t *testing.T, h http.Handler) (l *link, url string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return newLink(s.URL+"/readyz", nil, slog.New(slog.DiscardHandler)), s.URL
}

func request(t *testing.T, l *link, method, url string, keyed bool) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("the body"))
	if err != nil {
		t.Fatal(err)
	}
	if keyed {
		r.Header.Set("Idempotency-Key", "k")
	}
	return l.Do(r)
}

// TestLinkRepeatsWhatWasNeverSent, a sign-in too.
func TestLinkRepeatsWhatWasNeverSent(t *testing.T) {
	t.Parallel()
	for failures, answered := range []bool{true, true, false} {
		server := &scripted{}
		l, url := linkTo(t, server)
		transport := l.transport.(*http.Transport)
		dial, dials := transport.DialContext, atomic.Int64{}
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials.Add(1) <= int64(failures) {
				address = "127.0.0.1:1" // nobody listens
			}
			return dial(ctx, network, address)
		}
		_, err := request(t, l, "POST", url, false)
		if (err == nil) != answered || (server.seen.Load() == 1) != answered {
			t.Errorf("after %d refused dials: %v, sent %d times", failures, err, server.seen.Load())
		}
	}
}

// TestLinkKeepsToItsTime: what still runs is asked for no longer than the
// request has.
func TestLinkKeepsToItsTime(t *testing.T) {
	t.Parallel()
	forever := make([]http.HandlerFunc, 1000)
	for i := range forever {
		forever[i] = status(409, running)
	}
	server := &scripted{script: forever}
	l, url := linkTo(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), worthwhile+500*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader("the body"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Idempotency-Key", "k")
	if _, err = l.Do(r); err == nil || ctx.Err() != nil {
		t.Errorf("%v, and the request's own time: %v", err, ctx.Err())
	}
	if n := server.seen.Load(); n < 1 || n > 10 {
		t.Errorf("it asked %d times", n)
	}
}

// TestLinkCountsWhatIsTheServicesFault and nothing else.
func TestLinkCountsWhatIsTheServicesFault(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		leave  bool
		opens  bool
	}{
		"cut":                  {cut, false, true},
		"500":                  {status(500, ""), false, true},
		"502":                  {status(502, ""), false, true},
		"504":                  {status(504, ""), false, true},
		"503":                  {status(503, ""), false, false},
		"429":                  {status(429, ""), false, false},
		"401":                  {status(401, ""), false, false},
		"a caller that leaves": {hang, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &scripted{}
			for range 2 * breakerFailures {
				server.script = append(server.script, c.answer)
			}
			l, url := linkTo(t, server)
			for range breakerFailures {
				ctx, cancel := context.WithCancel(t.Context())
				if c.leave {
					seen := server.seen.Load()
					go func() {
						for server.seen.Load() == seen {
							time.Sleep(time.Millisecond)
						}
						cancel()
					}()
				}
				r, err := http.NewRequestWithContext(ctx, "POST", url, nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = l.Do(r)
				if c.leave && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				cancel()
			}
			if got := l.breaker.State() == "open"; got != c.opens {
				t.Errorf("the circuit is %s", l.breaker.State())
			}
		})
	}
}

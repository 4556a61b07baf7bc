package rest_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// wire is a connection on which a test writes what no client would.
type wire struct {
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, c *apitest.Client) wire {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return wire{conn, bufio.NewReader(conn)}
}

// answer reads the next answer.
func (w wire) answer(t *testing.T) (*http.Response, string) {
	t.Helper()
	answer, text, err := w.read()
	if err != nil {
		t.Fatal(err)
	}
	return answer, text
}

func (w wire) read() (*http.Response, string, error) {
	answer, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return nil, "", err
	}
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

// ask sends a text on a connection of its own and reads the answer. What net/http refuses by itself
// it closes with the rest unread, and the reset may then overtake the answer: ask tries again.
func ask(t *testing.T, c *apitest.Client, text string, slowly bool) (wire, *http.Response, string) {
	t.Helper()
	for range 20 {
		w := dial(t, c)
		w.send(text, slowly)
		answer, body, err := w.read()
		if err == nil {
			return w, answer, body
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Fatal(err)
		}
	}
	t.Fatal("each answer was overtaken by a reset")
	panic("not reached")
}

// closed says that nothing more comes, and that the service has closed.
func (w wire) closed(t *testing.T) bool {
	t.Helper()
	_ = w.SetReadDeadline(time.Now().Add(5 * time.Second)) // it is a socket, and open
	rest, err := io.ReadAll(w.in)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		return false
	}
	if len(rest) > 0 {
		t.Errorf("after the answer there came %q", rest)
	}
	return err == nil || errors.Is(err, syscall.ECONNRESET)
}

// services are both of them, by name.
func services(s *apitest.System) map[string]*apitest.Client {
	return map[string]*apitest.Client{"auth": s.Auth, "users": s.Users}
}

// The proxy in front believes one of the two lengths, and what follows is a second
// request to the service or a part of the first (RFC 9112, section 11.2).
func TestS76TwoLengths(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	const (
		chunks   = "2\r\n{}\r\n0\r\n\r\n"
		smuggled = "GET /livez HTTP/1.1\r\nHost: x\r\nX-Request-Id: smuggled\r\n\r\n"
		start    = "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	)
	for what, text := range map[string]string{
		"both":                     start + "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"the other way round":      start + "Transfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\n" + chunks,
		"the length of the rest":   start + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n", len(chunks+smuggled)) + chunks,
		"a length of nothing":      start + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"in capitals":              start + "CONTENT-LENGTH: 12\r\ntransfer-encoding: CHUNKED\r\n\r\n" + chunks,
		"without returns":          strings.ReplaceAll(start+"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n", "\r\n", "\n") + chunks,
		"HTTP/1.0":                 strings.Replace(start, "1.1", "1.0", 1) + "Connection: keep-alive\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"a length that is none":    start + "Content-Length: +12\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"two lengths":              start + "Content-Length: 2\r\nContent-Length: 12\r\n\r\n{}",
		"two lengths in one":       start + "Content-Length: 2, 12\r\n\r\n{}",
		"a space before the colon": start + "Content-Length : 2\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
	} {
		for name, client := range services(s) {
			t.Run(what+", "+name, func(t *testing.T) {
				for _, slowly := range []bool{false, true} {
					w, answer, body := ask(t, client, text+smuggled, slowly)
					if answer.StatusCode != http.StatusBadRequest || !answer.Close {
						t.Errorf("%d %v %s", answer.StatusCode, answer.Header, body)
					}
					if !w.closed(t) {
						t.Error("the connection is open")
					}
				}
			})
		}
	}
	if strings.Contains(s.Logs.String(), "smuggled") {
		t.Error("the second request was served")
	}
	t.Run("behind a good one", func(t *testing.T) { secondOfTwo(t, s, start, chunks) })
	t.Run("what is neither", func(t *testing.T) { oneLength(t, s, start, chunks) })
}

// send writes in one piece, or in many: a name may come in two reads. What the
// service refuses it need not read.
func (w wire) send(text string, slowly bool) {
	if !slowly {
		_, _ = io.WriteString(w, text)
		return
	}
	for i := 0; i < len(text); i += 7 {
		if _, err := io.WriteString(w, text[i:min(len(text), i+7)]); err != nil {
			return
		}
	}
}

// secondOfTwo: in one packet behind a request that is as it should be, and while
// that is answered.
func secondOfTwo(t *testing.T, s *apitest.System, start, chunks string) {
	w := dial(t, s.Auth)
	w.send(start+"Content-Length: 2\r\n\r\n{}"+start+"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n"+chunks, false)
	if answer, _ := w.answer(t); answer.StatusCode != http.StatusBadRequest || !answer.Close || !w.closed(t) {
		t.Errorf("%d %v", answer.StatusCode, answer.Header)
	}
	w = dial(t, s.Auth)
	for i, more := range []string{"Content-Length: 2\r\n\r\n{}", "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks} {
		w.send(start+more, false)
		if answer, body := w.answer(t); answer.StatusCode != http.StatusBadRequest || answer.Close != (i == 1) {
			t.Errorf("request %d: %d %v %s", i, answer.StatusCode, answer.Header, body)
		}
	}
	if !w.closed(t) {
		t.Error("the connection is open")
	}
}

// oneLength: a request with either of the two is served, one after another on one
// connection.
func oneLength(t *testing.T, s *apitest.System, start, chunks string) {
	w := dial(t, s.Auth)
	in := `{"login":"admin","password":"` + apitest.AdminPassword + `"}`
	for range 2 {
		for _, more := range []string{
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(in), in), fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(in), in),
		} {
			w.send(start+more, true)
			if answer, body := w.answer(t); answer.StatusCode != http.StatusOK || answer.Close {
				t.Errorf("%d %v %s", answer.StatusCode, answer.Header, body)
			}
		}
	}
}

// Chunks without end are read as far as a body may go.
func TestS74EndlessChunks(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	const most = 16 << 20 // of what a connection's buffers take, too
	for name, client := range services(s) {
		for what, encoding := range map[string]string{"": "", "gzip": "Content-Encoding: gzip\r\n"} {
			w := dial(t, client)
			path := map[string]string{"auth": "/auth/login", "users": "/credentials/verify"}[name]
			bearer := ""
			if name == "users" {
				bearer = "Authorization: Bearer " + s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "credentials:verify"}) + "\r\n"
			}
			_, _ = io.WriteString(w, "POST "+path+" HTTP/1.1\r\nHost: x\r\n"+bearer+encoding+"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
			sent, chunk := 0, "1000\r\n"+strings.Repeat(" ", 4096)+"\r\n"
			for sent < most {
				n, err := io.WriteString(w, chunk)
				if sent += n; err != nil {
					break
				}
			}
			if sent >= most {
				t.Errorf("%s %s: %d bytes are taken", name, what, sent)
			}
			t.Logf("%s %s: %d bytes were sent", name, what, sent)
		}
	}
	// Who sends a little too much, and listens, learns why.
	w := dial(t, s.Auth)
	w.send("POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n"+strings.Repeat(" ", 0x10001)+"\r\n", false)
	if answer, body := w.answer(t); answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(body, "body_too_large") || !w.closed(t) {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// Whatever is answered, and whatever it is that answers.
func TestS78WhatEachAnswerSaysAndDoesNot(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.PublicURL = "https://id.example.test" })
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		"Server": "", "X-Powered-By": "", "Via": "",
	}
	for name, client := range services(s) {
		for _, c := range []struct {
			method, path string
			status       int
		}{
			{"GET", "/livez", 200}, {"GET", "/nowhere", 404}, {"TRACE", "/livez", 405}, {"TRACE", "/", 404}, {"GET", "/livez?x=1", 400},
			{"GET", map[string]string{"auth": "/auth/me", "users": "/users"}[name], 401}, {"POST", "/livez", 405},
		} {
			_, answer, body := ask(t, client, c.method+" "+c.path+" HTTP/1.1\r\nHost: x\r\nX-Canary: told-back\r\nMax-Forwards: 0\r\nConnection: close\r\n\r\n", false)
			for header, value := range want {
				if got := strings.Join(answer.Header.Values(header), " | "); got != value || answer.StatusCode != c.status {
					t.Errorf("%s, %s %s: %d, %s is %q, want %q", name, c.method, c.path, answer.StatusCode, header, got, value)
				}
			}
			if strings.Contains(body, "told-back") || c.status >= 400 && !json.Valid([]byte(body)) {
				t.Errorf("%s, %s %s: %s", name, c.method, c.path, body)
			}
		}
		// net/http alone answers that, in two words.
		if _, answer, body := ask(t, client, "GET / HTTP/9.9\r\nHost: x\r\n\r\n", false); answer.StatusCode < 400 || answer.Header.Get("Server") != "" || strings.Contains(strings.ToLower(body), "go") {
			t.Errorf("%s: %d %v %s", name, answer.StatusCode, answer.Header, body)
		}
	}
}

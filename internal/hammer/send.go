package hammer

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

// witness notes what apitest.Client finds wrong with an answer, instead of
// failing the test.
type witness struct {
	testing.TB
	seen []string
}

// Errorf notes.
func (w *witness) Errorf(format string, args ...any) {
	w.seen = append(w.seen, fmt.Sprintf(format, args...))
}

// Fatalf notes; there is no answer then.
func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	panic(w)
}

// Helper does nothing: no line of this package is the one to show.
func (w *witness) Helper() {}

// try sends a draft. A bearer token that is refused against expectation may be
// of a session that ended meanwhile, so it is sent once more with new ones.
func (h *Hammer) try(t testing.TB, r *draft) (problem string, v judge.Verdict, answer apitest.Response) {
	for range 2 {
		caller := h.world.caller(t, r.as)
		request := r.request(caller)
		v = h.judges[r.op.service].Request(request)
		if spared(r.op, request, v) {
			return "", v, answer
		}
		var known bool
		answer, known, problem = h.send(t, r.op, request, v)
		if problem == "" && !known {
			problem = h.compare(r.op, request, v, answer)
		}
		if answer.Status != http.StatusUnauthorized || caller.shows == nil || v.Status != 0 || codeOf(answer) != "unauthorized" {
			break
		}
		h.world.forget()
	}
	h.world.after(r.op, answer.Status)
	h.world.learn(t, r.op, answer)
	return problem, v, answer
}

// send gives the answer, and what the specification says against it. Known is
// an answer that was looked at before, byte by byte the same: the documents
// themselves take long to be read.
func (h *Hammer) send(t testing.TB, op *operation, r judge.Request, v judge.Verdict) (answer apitest.Response, known bool, problem string) {
	client := map[string]*apitest.Client{authService: h.world.s.Auth, usersService: h.world.s.Users}[op.service]
	sent := requestOf(r)
	before := h.seen[op.id]
	constant := len(op.params) == 0 && op.method == http.MethodGet && v.Status == 0
	var err error
	switch {
	case v.NotHTTP:
		answer, err = plainly(client.URL, r)
	case r.Method == http.MethodHead || constant && before != nil:
		answer, err = client.Try(sent)
		known = r.Method != http.MethodHead && answer.Status == http.StatusOK && bytes.Equal(answer.Body, before)
	}
	if err != nil {
		return answer, false, fmt.Sprintf("no answer: %v", err)
	}
	if known || v.NotHTTP || r.Method == http.MethodHead {
		return answer, known, ""
	}
	answer, problem = do(t, client, sent)
	if constant && problem == "" && answer.Status == http.StatusOK {
		h.seen[op.id] = answer.Body
	}
	return answer, false, problem
}

// do is apitest's Do, with what it says in place of a failing test.
func do(t testing.TB, client *apitest.Client, r apitest.Request) (answer apitest.Response, problem string) {
	w := &witness{TB: t}
	defer func() {
		if thrown := recover(); thrown != nil && thrown != any(w) {
			panic(thrown)
		}
		problem = strings.Join(w.seen, "\n")
	}()
	return client.Do(w, r), ""
}

func requestOf(r judge.Request) apitest.Request {
	header := r.Header.Clone()
	if header["Content-Type"] == nil {
		header["Content-Type"] = nil // else the client has one of its own
	}
	sent := apitest.Request{Method: r.Method, Path: r.Target, Header: header}
	switch {
	case r.Chunked:
		sent.Body = io.MultiReader(bytes.NewReader(r.Body)) // of a length that the client does not know
	case r.Body != nil:
		sent.Body = r.Body
	}
	return sent
}

// plainly sends what no HTTP client would.
func plainly(url string, r judge.Request) (apitest.Response, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return apitest.Response{}, err
	}
	defer func() { _ = conn.Close() }()
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n", r.Method, r.Target)
	for name, values := range r.Header {
		for _, value := range values {
			fmt.Fprintf(&head, "%s: %s\r\n", name, value)
		}
	}
	if _, err := io.WriteString(conn, head.String()+"\r\n"); err != nil {
		return apitest.Response{}, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return apitest.Response{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	return apitest.Response{Status: answer.StatusCode, Header: answer.Header}, nil
}

package apitest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// echo counts requests and answers with what it was sent.
func echo(t *testing.T, served *atomic.Int64) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		served.Add(1)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path+" "+string(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// send sends one request, on a kept connection where there is one.
func send(c *http.Client, url string, body io.Reader) (string, error) {
	answer, err := c.Post(url, "text/plain", body)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

func TestProxy(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	p := apitest.NewProxy(t, echo(t, &served))
	c := &http.Client{Transport: &http.Transport{}}
	must := func(body io.Reader, want string) {
		t.Helper()
		if got, err := send(c, p.URL()+"/a/b", body); err != nil || got != want {
			t.Fatalf("%q, %v", got, err)
		}
	}
	must(strings.NewReader("one"), "POST /a/b one")
	must(io.MultiReader(strings.NewReader("in "), strings.NewReader("chunks")), "POST /a/b in chunks")
	must(nil, "POST /a/b ")
	if p.Accepted() != 1 || p.Seen("POST", "/a") != 3 || p.Seen("GET", "") != 0 || p.Forwarded("", "/") != 3 {
		t.Errorf("%d connections, %d requests", p.Accepted(), p.Seen("", ""))
	}

	p.Next(1, apitest.CutAfterRequest, "POST", "/a")
	p.Next(1, apitest.Refuse, "", "")
	p.Next(1, apitest.BlackHole, "GET", "") // nobody sends one
	for _, want := range []int64{4, 4} {
		if _, err := send(c, p.URL()+"/a/b", strings.NewReader("x")); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
			t.Errorf("a cut connection gives %v", err)
		}
		if got := served.Load(); got != want {
			t.Errorf("%d requests were served, want %d", got, want)
		}
	}
	must(strings.NewReader("two"), "POST /a/b two")

	p.Set(apitest.Refuse)
	for range 3 {
		if _, err := send(c, p.URL(), nil); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a closed port gives %v", err)
		}
	}
	if other, err := net.Listen("tcp", p.Addr()); err == nil {
		_ = other.Close()
		t.Error("somebody else may have the port")
	}
	p.Set(apitest.Pass)
	must(strings.NewReader("three"), "POST /a/b three")

	p.Set(apitest.BlackHole)
	hasty := &http.Client{Transport: c.Transport, Timeout: 50 * time.Millisecond}
	if _, err := send(hasty, p.URL()+"/hole", nil); err == nil {
		t.Error("a black hole answers")
	}
	p.AwaitSeen(t, 1, "POST", "/hole")
	p.Set(apitest.Pass)
	must(strings.NewReader("four"), "POST /a/b four")

	p.Next(1, apitest.HoldAnswer, "POST", "/held")
	if _, err := send(hasty, p.URL()+"/held", nil); err == nil {
		t.Error("an answer that is held arrives")
	}
	p.AwaitAnswered(t, 1, "POST", "/held")
	p.Next(1, apitest.Refuse, "", "")
	p.Forget()
	must(nil, "POST /a/b ")
	if got := p.Forwarded("POST", "/held"); got != 1 {
		t.Errorf("%d requests were forwarded", got)
	}
	if got := served.Load(); got != 9 {
		t.Errorf("%d requests were served", got)
	}
}

// TestProxyTellsTheServiceThatAClientLeft as a direct connection would.
func TestProxyTellsTheServiceThatAClientLeft(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(left)
	}))
	t.Cleanup(s.Close)
	p := apitest.NewProxy(t, s.URL)
	if _, err := send(&http.Client{Timeout: 100 * time.Millisecond}, p.URL(), nil); err == nil {
		t.Error("it was answered")
	}
	<-left
}

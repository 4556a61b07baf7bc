package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	hammers    = 8
	drainDelay = time.Second
	drainLimit = 20 * time.Second
)

// hammer is a client of two instances that holds on to its connections. It
// turns to the other instance only where the first did not take its connection.
type hammer struct {
	client *http.Client
	addrs  []string // in the order of preference
	count  *counts
}

type counts struct {
	answered, moved atomic.Int64
	mu              sync.Mutex
	failed          []string
	reached         chan struct{} // gets one for each answer, as far as it has room
}

func newHammer(count *counts, addrs ...string) *hammer {
	return &hammer{client: &http.Client{Transport: &http.Transport{}, Timeout: drainLimit}, addrs: addrs, count: count}
}

func (c *counts) fail(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = append(c.failed, fmt.Sprintf(format, args...))
}

// send gives the answer's body, or nil after a failure, which is counted.
func (h *hammer) send(method, path, token string, body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // a test's own value
	}
	for _, addr := range h.addrs {
		answer, accepted, err := h.once(method, "http://"+addr+path, token, text)
		if err != nil && !accepted {
			h.count.moved.Add(1)
			continue
		}
		if err != nil {
			h.count.fail("%s %s at %s: %v", method, path, addr, err)
			return nil
		}
		h.count.answered.Add(1)
		select {
		case h.count.reached <- struct{}{}:
		default:
		}
		return answer
	}
	h.count.fail("%s %s: nobody takes the connection", method, path)
	return nil
}

// once says, with an error, whether a connection had been accepted. Of a
// request that net/http sends again behind our back the first try is an error.
func (h *hammer) once(method, url, token string, body []byte) (answer []byte, accepted bool, err error) {
	var written int
	trace := &httptrace.ClientTrace{WroteHeaders: func() { written++ }}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), trace), method, url, bytes.NewReader(body))
	if err != nil {
		return nil, true, err
	}
	if method == http.MethodGet {
		request.Body, request.GetBody, request.ContentLength = nil, nil, 0
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := h.client.Do(request)
	if err != nil {
		var op *net.OpError
		return nil, !(errors.As(err, &op) && op.Op == "dial"), err
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		return nil, true, err
	}
	if written > 1 {
		return nil, true, fmt.Errorf("it had to be sent %d times", written)
	}
	if response.StatusCode != http.StatusOK {
		return nil, true, fmt.Errorf("answered %d %s", response.StatusCode, answer)
	}
	return answer, true, nil
}

// The users service stops under load, and nobody notices.
func TestF11DrainUsers(t *testing.T) {
	t.Parallel()
	d := deployForDrain(t)
	second := apitest.FreeAddr(t)
	d.RunUsers(t, second).AwaitReady(t, second, refusalLimit)
	id, admin := d.Login(t, apitest.AdminUsername, apitest.AdminPassword).User.ID, d.Admin(t)
	drain(t, d.users, d.UsersAddr, second, func(h *hammer) func() {
		return func() { h.send(http.MethodGet, "/users/"+id, admin, nil) }
	})
}

// The auth service does.
func TestF11DrainAuth(t *testing.T) {
	t.Parallel()
	d := deployForDrain(t)
	second := apitest.FreeAddr(t)
	d.RunAuth(t, second).AwaitReady(t, second, refusalLimit)
	person := d.Register(t)
	drain(t, d.auth, d.AuthAddr, second, func(h *hammer) func() {
		grant := d.Login(t, person.Username, apitest.Password)
		return func() {
			text := h.send(http.MethodPost, "/auth/refresh", "", apitest.Body{"refresh_token": grant.RefreshToken})
			if text == nil {
				return
			}
			if err := json.Unmarshal(text, &grant); err != nil {
				h.count.fail("%v", err)
			}
			h.send(http.MethodGet, "/auth/me", grant.AccessToken, nil)
		}
	})
}

type draining struct {
	*apitest.Deployment
	users, auth *apitest.Process
}

func deployForDrain(t *testing.T) draining {
	t.Helper()
	d := apitest.Deploy(t, "DRAIN_DELAY="+drainDelay.String())
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	return draining{Deployment: d, users: users, auth: auth}
}

// drain hammers two instances and stops the first; work makes what one of the
// hammers does again and again.
func drain(t *testing.T, p *apitest.Process, first, second string, work func(*hammer) func()) {
	t.Helper()
	count := &counts{reached: make(chan struct{}, 1)}
	var clients []func()
	for range hammers {
		clients = append(clients, work(newHammer(count, first, second)))
	}
	stop := goOn(clients...)
	awaitAnswers(t, count, 300)
	before := count.answered.Load()
	watched := make(chan readiness, 1)
	go func() { watched <- watch(first) }()
	code, took := p.Stop(t, syscall.SIGTERM, drainLimit+5*time.Second)
	during := count.answered.Load() - before
	awaitAnswers(t, count, 100)
	stop()
	seen := <-watched
	t.Logf("answered %d before, %d while it stopped, %d in all; %d connections refused and taken elsewhere; exit %d after %s; off for %s before the listener closed",
		before, during, count.answered.Load(), count.moved.Load(), code, took, seen.closed.Sub(seen.off))
	faults.Figure(t, "answered", count.answered.Load())
	faults.Figure(t, "readiness_off_before_the_close", seen.closed.Sub(seen.off))
	faults.Within(t, "exit_after", took, drainLimit)
	if code != 0 {
		t.Errorf("exit code %d\n%s", code, p.Stderr)
	}
	if seen.off.IsZero() || seen.closed.Sub(seen.off) < drainDelay/2 {
		t.Errorf("readiness off at %s, the listener closed at %s", seen.off, seen.closed)
	}
	for i, failure := range count.failed {
		if i < 10 {
			t.Error(failure)
		}
	}
	faults.None(t, "failed", len(count.failed))
}

func awaitAnswers(t *testing.T, count *counts, n int64) {
	t.Helper()
	want, timeout := count.answered.Load()+n, time.After(30*time.Second)
	for count.answered.Load() < want {
		select {
		case <-count.reached:
		case <-timeout:
			t.Fatalf("%d answers do not come about; failed: %v", n, count.failed)
		}
	}
}

// readiness is when an instance first said that it is not ready, and when its
// listener was closed.
type readiness struct{ off, closed time.Time }

// watch asks for /readyz as a load balancer does, on connections of its own,
// until nobody takes them.
func watch(addr string) (seen readiness) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: drainLimit}
	for {
		answer, err := client.Get("http://" + addr + "/readyz")
		if err != nil {
			seen.closed = time.Now()
			return seen
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusServiceUnavailable && seen.off.IsZero() {
			seen.off = time.Now()
		}
		time.Sleep(5 * time.Millisecond) // between two questions
	}
}

package token_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// issuerServer publishes key sets, or whatever else a test wants.
type issuerServer struct {
	*httptest.Server
	hits   atomic.Int64
	answer atomic.Pointer[http.HandlerFunc]
}

func newIssuer(t *testing.T, keys ...crypto.Signer) *issuerServer {
	t.Helper()
	s := &issuerServer{}
	s.publish(t, keys...)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hits.Add(1)
		(*s.answer.Load())(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *issuerServer) will(h http.HandlerFunc) { s.answer.Store(&h) }

func (s *issuerServer) publish(t testing.TB, keys ...crypto.Signer) {
	jwks := []token.JWK{}
	for _, k := range keys {
		jwks = append(jwks, jwkOf(kidOf(k), k))
	}
	body := setOf(t, jwks...)
	s.will(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
}

func (s *issuerServer) fail() {
	s.will(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

// remote makes a Remote that runs until the test ends.
func (s *issuerServer) remote(t *testing.T, o token.RemoteOptions) *token.Remote {
	t.Helper()
	r := token.NewRemote(s.URL, o)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { r.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return r
}

// eventually waits for what another goroutine does in real time.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s did not happen within 5 s", what)
}

func TestRemoteVerifies(t *testing.T) {
	t.Parallel()
	clock, s := newClock(), newIssuer(t, keyA())
	r := s.remote(t, token.RemoteOptions{Now: clock.now})
	v := newVerifier(clock, r)
	wantValid(t, v, mint(t, keyA(), goodClaims())) // waits for the first fetch
	wantInvalid(t, v, mint(t, keyB(), goodClaims()))
	if !r.Ready() || r.KeyCount() != 1 || !r.LastSuccess().Equal(start) || r.Failures() != 0 {
		t.Errorf("ready %v, %d keys, %v, %d failures", r.Ready(), r.KeyCount(), r.LastSuccess(), r.Failures())
	}
}

// F19: random kids cause one fetch in 30 s, however many ask at once.
func TestF19FloodOfKids(t *testing.T) {
	t.Parallel()
	clock, s := newClock(), newIssuer(t, keyA())
	r := s.remote(t, token.RemoteOptions{Now: clock.now})
	eventually(t, "the first fetch", r.Ready)
	flood := func() {
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				for i := range 200 {
					if _, err := r.Key(t.Context(), fmt.Sprint(g, "-", i)); !errors.Is(err, token.ErrUnknownKey) {
						t.Errorf("a random kid: %v", err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	for window := range int64(3) {
		flood()
		clock.add(29 * time.Second)
		flood()
		if got, want := s.hits.Load(), 2+window; got != want {
			t.Fatalf("window %d: %d fetches, want %d", window, got, want)
		}
		clock.add(time.Second)
	}
	if _, err := r.Key(t.Context(), kidOf(keyA())); err != nil {
		t.Errorf("the good key: %v", err)
	}
}

// A key that was published a moment ago is found at once, by all who ask.
func TestNewKeyIsFetchedOnDemand(t *testing.T) {
	t.Parallel()
	clock, s := newClock(), newIssuer(t, keyA())
	r := s.remote(t, token.RemoteOptions{Now: clock.now})
	eventually(t, "the first fetch", r.Ready)
	s.publish(t, keyA(), keyB())
	var wg sync.WaitGroup
	for range 5000 { // so many that some come while the fetch ends, between a look at the old set and one at it
		wg.Go(func() {
			if _, err := r.Key(t.Context(), kidOf(keyB())); err != nil {
				t.Errorf("the new key: %v", err)
			}
		})
	}
	wg.Wait()
	if n := s.hits.Load(); n != 2 {
		t.Errorf("%d fetches, want 2", n)
	}
}

// S83: a key that is out of the set is refused with the next fetch, also for a
// token that the verifier has seen.
func TestS83RevokedKeyIsRefused(t *testing.T) {
	t.Parallel()
	clock, s := newClock(), newIssuer(t, keyA(), keyB())
	r := s.remote(t, token.RemoteOptions{Now: clock.now})
	v := newVerifier(clock, r)
	raw := mint(t, keyA(), goodClaims())
	wantValid(t, v, raw)
	s.publish(t, keyB())
	wantInvalid(t, v, forgeA(t, goodHeader(keyA()).with("kid", "other").text(), goodPayload().text())) // fetches
	wantInvalid(t, v, raw)
	wantValid(t, v, mint(t, keyB(), goodClaims()))
}

// F19: with the issuer down the last set serves for 10 minutes and no longer.
func TestF19StaleKeysServe(t *testing.T) {
	t.Parallel()
	clock, s := newClock(), newIssuer(t, keyA())
	var log lockedBuffer
	r := s.remote(t, token.RemoteOptions{Now: clock.now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	v := newVerifier(clock, r)
	c := goodClaims()
	c.ExpiresAt = start.Add(time.Hour)
	raw := mint(t, keyA(), c)
	wantValid(t, v, raw)
	s.fail()
	for i := range 20 { // each a failed fetch, 30 s apart
		clock.add(30 * time.Second)
		wantValid(t, v, raw)
		if _, err := r.Key(t.Context(), "unknown"); !errors.Is(err, token.ErrUnknownKey) {
			t.Fatalf("after %d failures: %v", i, err)
		}
	}
	if r.Failures() != 20 || !r.LastSuccess().Equal(start) {
		t.Errorf("%d failures, last success %v", r.Failures(), r.LastSuccess())
	}
	clock.add(time.Second)
	if _, err := v.Verify(t.Context(), raw); !errors.Is(err, token.ErrKeysUnavailable) || errors.Is(err, token.ErrInvalid) {
		t.Errorf("after 10 minutes: %v", err)
	}
	if r.Ready() {
		t.Error("still ready after 10 minutes")
	}
	if n := strings.Count(log.String(), "could not be fetched"); n != 1 {
		t.Errorf("the streak has %d lines in the log", n)
	}
}

func TestFirstFetch(t *testing.T) {
	t.Parallel()
	s := newIssuer(t, keyA())
	t.Run("bounded by the context", func(t *testing.T) {
		t.Parallel()
		r := token.NewRemote(s.URL, token.RemoteOptions{}) // nobody runs it
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := r.Key(ctx, "k"); !errors.Is(err, token.ErrKeysUnavailable) || r.Ready() {
			t.Errorf("%v", err)
		}
	})
	t.Run("bounded by two seconds", func(t *testing.T) {
		t.Parallel()
		r, began := token.NewRemote(s.URL, token.RemoteOptions{}), time.Now()
		_, err := r.Key(t.Context(), "k")
		if took := time.Since(began); !errors.Is(err, token.ErrKeysUnavailable) || took < time.Second || took > 10*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
	t.Run("comes while a request waits", func(t *testing.T) {
		t.Parallel()
		s := newIssuer(t)
		s.fail()
		r := s.remote(t, token.RemoteOptions{})
		eventually(t, "a failure", func() bool { return r.Failures() > 0 })
		done := make(chan error, 1)
		go func() {
			_, err := r.Key(context.Background(), kidOf(keyA()))
			done <- err
		}()
		s.publish(t, keyA())
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// What an issuer, or somebody in its place, may answer.
func TestFetchRefuses(t *testing.T) {
	t.Parallel()
	good := setOf(t, jwkOf("k", keyA()))
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(good) }))
	t.Cleanup(elsewhere.Close)
	for name, answer := range map[string]http.HandlerFunc{
		"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"a large body": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(good, bytes.Repeat([]byte(" "), 256<<10)...))
		},
		"not 200": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated); _, _ = w.Write(good) },
		"HTML":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>secret</html>")) },
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"a broken body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9999")
			_, _ = w.Write(good)
		},
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newIssuer(t)
			s.will(answer)
			var log lockedBuffer
			r := s.remote(t, token.RemoteOptions{Log: slog.New(slog.NewTextHandler(&log, nil))})
			eventually(t, "a failure", func() bool { return r.Failures() > 0 })
			if r.Ready() || r.KeyCount() != 0 || strings.Contains(log.String(), "secret") {
				t.Errorf("ready %v, log %s", r.Ready(), &log)
			}
		})
	}
}

// lockedBuffer is a log that a test reads while others write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

package token_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// handlerTransport answers without a network, which would not stand still in a
// synctest bubble.
type handlerTransport struct{ h *http.HandlerFunc }

func (t handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	(*t.h)(w, r)
	return w.Result(), nil
}

// bubble runs a Remote under synctest's clock. hits are the times of its
// fetches, since the beginning, and asked what they asked with.
type bubble struct {
	remote *token.Remote
	mu     sync.Mutex
	h      http.HandlerFunc
	hits   []time.Duration
	asked  []http.Header
}

func inBubble(t *testing.T, keys []token.JWK, test func(t *testing.T, b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b, began := &bubble{}, time.Now()
		b.serve(setOf(t, keys...))
		count := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.hits, b.asked = append(b.hits, time.Since(began)), append(b.asked, r.Header)
			b.h(w, r)
		})
		b.remote = token.NewRemote("http://issuer.example/jwks", token.RemoteOptions{Transport: handlerTransport{&count}})
		ctx, cancel := context.WithCancel(t.Context())
		go b.remote.Run(ctx)
		synctest.Wait()
		test(t, b)
		cancel()
		synctest.Wait()
	})
}

func (b *bubble) serve(body []byte) {
	b.will(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
}

func (b *bubble) fail() {
	b.will(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
}

func (b *bubble) will(h http.HandlerFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.h = h
}

// fetches gives the times so far.
func (b *bubble) fetches() []time.Duration {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.hits)
}

// wantOneFetchIn30Seconds looks at the fetches after from and up to to.
func wantOneFetchIn30Seconds(t *testing.T, fetches []time.Duration, from, to time.Duration) {
	t.Helper()
	for i, at := range fetches {
		if i > 0 && at > from && at <= to && fetches[i-1] > from && at-fetches[i-1] < 30*time.Second {
			t.Fatalf("fetches at %v and %v", fetches[i-1], at)
		}
	}
}

func oneKey() []token.JWK { return []token.JWK{jwkOf(kidOf(keyA()), keyA())} }

func TestS83RunEvery30Seconds(t *testing.T) {
	t.Parallel()
	inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
		time.Sleep(10*time.Minute + time.Second)
		if at := b.fetches(); len(at) != 21 || at[0] != 0 || at[20] != 10*time.Minute {
			t.Errorf("fetches at %v", at)
		}
	})
}

// Until the first success the tries come quickly, then less so.
func TestRunBacksOff(t *testing.T) {
	t.Parallel()
	inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
		if !b.remote.Ready() {
			t.Fatal("not ready after the first fetch")
		}
	})
	inBubble(t, nil, func(t *testing.T, b *bubble) { // an empty set is none
		b.fail()
		time.Sleep(20 * time.Second)
		at := b.fetches()
		for i, want := range []time.Duration{0, 50, 150, 350, 750, 1550, 3150, 5150, 7150} {
			if at[i] != want*time.Millisecond {
				t.Fatalf("fetches at %v", at)
			}
		}
		if _, err := b.remote.Key(t.Context(), kidOf(keyA())); !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("without a set: %v", err)
		}
		b.serve(setOf(t, oneKey()...))
		time.Sleep(2 * time.Second)
		if _, err := b.remote.Key(t.Context(), kidOf(keyA())); err != nil {
			t.Errorf("2 s after the issuer is back: %v", err)
		}
	})
}

// F19: with Run and a flood together it is still one fetch in 30 s, and a set
// that has grown too old is fetched soon after the issuer is back.
func TestF19RunUnderFlood(t *testing.T) {
	t.Parallel()
	inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
		flood := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
				_, _ = b.remote.Key(t.Context(), time.Now().String())
			}
		}
		time.Sleep(5 * time.Second)
		flood(5 * time.Minute)
		b.fail()
		flood(9 * time.Minute)
		wantOneFetchIn30Seconds(t, b.fetches(), time.Second, 14*time.Minute)
		if _, err := b.remote.Key(t.Context(), kidOf(keyA())); err != nil {
			t.Errorf("stale keys do not serve: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if _, err := b.remote.Key(t.Context(), kidOf(keyA())); !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("11 minutes later: %v", err)
		}
		b.serve(setOf(t, oneKey()...))
		time.Sleep(2 * time.Second)
		if !b.remote.Ready() {
			t.Error("not ready 2 s after the issuer is back")
		}
	})
}

// Revoking every key takes effect: the old set must not go on for 10 minutes.
func TestEmptySetIsBelieved(t *testing.T) {
	t.Parallel()
	inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
		b.serve([]byte(`{"keys":[]}`))
		time.Sleep(31 * time.Second)
		if _, err := b.remote.Key(t.Context(), kidOf(keyA())); !errors.Is(err, token.ErrKeysUnavailable) || b.remote.Ready() {
			t.Errorf("%v", err)
		}
	})
}

package token_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// tagged answers as latchkey does: the set with its ETag, or 304 to who has it.
func tagged(etag string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "public, max-age=60")
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(body)
	}
}

// sent gives the If-None-Match of each fetch so far.
func (b *bubble) sent() (tags []string) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.asked {
		tags = append(tags, h.Get("If-None-Match"))
	}
	return tags
}

func (b *bubble) has(t *testing.T, kid string) bool {
	t.Helper()
	_, err := b.remote.Key(t.Context(), kid)
	if err != nil && !errors.Is(err, token.ErrUnknownKey) {
		t.Fatal(err)
	}
	return err == nil
}

// A 304 is a success like another: the set stays, and is young again.
func TestUnchangedSetCosts304(t *testing.T) {
	t.Parallel()
	inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
		b.will(tagged(`"one"`, setOf(t, oneKey()...)))
		time.Sleep(30*time.Minute + time.Second) // a second after a fetch, from here on
		if !b.has(t, kidOf(keyA())) || b.remote.Failures() != 0 || b.remote.Stale() || b.remote.Age() != time.Second || b.remote.KeyCount() != 1 {
			t.Errorf("%d failures, age %v", b.remote.Failures(), b.remote.Age())
		}
		sent := b.sent()
		if len(sent) < 60 || slices.ContainsFunc(sent[2:], func(tag string) bool { return tag != `"one"` }) || sent[0] != "" || sent[1] != "" {
			t.Errorf("asked with %q", sent)
		}
		for _, h := range b.asked {
			if h.Get("Cache-Control") != "no-cache" {
				t.Fatalf("asked with Cache-Control %q", h.Get("Cache-Control"))
			}
		}

		// A failure, and an answer that cannot be read, leave the set and its ETag.
		b.fail()
		time.Sleep(30 * time.Second)
		b.will(tagged(`"broken"`, []byte("<html>")))
		time.Sleep(30 * time.Second)
		b.will(tagged(`"one"`, nil))
		time.Sleep(30 * time.Second)
		if sent := b.sent(); sent[len(sent)-1] != `"one"` || !b.has(t, kidOf(keyA())) || b.remote.Failures() != 7 || b.remote.Stale() { // after the first one every 5 s
			t.Errorf("asked with %q, %d failures", sent[len(sent)-3:], b.remote.Failures())
		}

		// Another set under another ETag replaces the first.
		b.will(tagged(`W/"two"`, setOf(t, jwkOf(kidOf(keyP256()), keyP256()))))
		time.Sleep(30 * time.Second)
		if b.has(t, kidOf(keyA())) || !b.has(t, kidOf(keyP256())) {
			t.Error("the set was not replaced")
		}
		time.Sleep(30 * time.Second)
		if sent := b.sent(); sent[len(sent)-1] != `W/"two"` || !b.has(t, kidOf(keyP256())) {
			t.Errorf("asked with %q", sent[len(sent)-1])
		}
	})
}

// A 304 that nobody asked for says nothing.
func TestUnasked304IsAFailure(t *testing.T) {
	t.Parallel()
	unchanged := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"one"`)
		w.WriteHeader(http.StatusNotModified)
	}
	t.Run("without a set", func(t *testing.T) {
		t.Parallel()
		s := newIssuer(t)
		s.will(unchanged)
		r := s.remote(t, token.RemoteOptions{})
		eventually(t, "a second failure", func() bool { return r.Failures() > 1 })
		if r.Ready() || r.Stale() || !r.LastSuccess().IsZero() || r.KeyCount() != 0 {
			t.Errorf("ready %v, stale %v, %v", r.Ready(), r.Stale(), r.LastSuccess())
		}
	})
	t.Run("for a set without a usable ETag", func(t *testing.T) {
		t.Parallel()
		inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
			b.will(tagged(`"`+strings.Repeat("e", 1<<10)+`"`, setOf(t, oneKey()...))) // too long to be kept
			time.Sleep(31 * time.Second)
			b.will(unchanged)
			time.Sleep(9 * time.Minute)
			if b.remote.Failures() != 103 || !b.remote.Stale() { // every 5 s, from the 60th on
				t.Errorf("%d failures, stale %v", b.remote.Failures(), b.remote.Stale())
			}
			for _, tag := range b.sent() {
				if tag != "" {
					t.Fatalf("asked with %q", tag)
				}
			}
			time.Sleep(time.Minute)
			if _, err := b.remote.Key(t.Context(), kidOf(keyA())); !errors.Is(err, token.ErrKeysUnavailable) {
				t.Errorf("10 minutes after the last success: %v", err)
			}
		})
	})
}

// max-age makes fetches come sooner, never later.
func TestMaxAgeShortensTheRhythm(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, c := range []struct {
		headers []string
		want    time.Duration
	}{
		{nil, 30 * s}, {[]string{"max-age=10"}, 10 * s}, {[]string{"public, Max-Age = 10"}, 30 * s}, {[]string{"public,MAX-AGE=12"}, 12 * s},
		{[]string{`max-age="7"`}, 7 * s}, {[]string{"max-age=5"}, 5 * s}, {[]string{"max-age=4"}, 5 * s}, {[]string{"max-age=0"}, 5 * s},
		{[]string{"max-age=29, max-age=9"}, 9 * s}, {[]string{"public", "max-age=9"}, 9 * s}, {[]string{"max-age=31"}, 30 * s},
		{[]string{"max-age=86400, immutable"}, 30 * s}, {[]string{"max-age=-1"}, 30 * s}, {[]string{"max-age=1.5"}, 30 * s},
		{[]string{"max-age"}, 30 * s}, {[]string{"max-age="}, 30 * s}, {[]string{"max-age=99999999999999999999"}, 30 * s}, {[]string{"s-maxage=6"}, 30 * s},
		{[]string{"no-store"}, 30 * s}, {[]string{"no-cache"}, 30 * s}, {[]string{"no-cache, max-age=6"}, 30 * s}, {[]string{"max-age=6", "no-store"}, 30 * s},
		{[]string{`private="a,b", stale-while-revalidate=9`}, 30 * s},
	} {
		t.Run(strings.Join(c.headers, " + "), func(t *testing.T) {
			t.Parallel()
			body := setOf(t, oneKey()...)
			inBubble(t, nil, func(t *testing.T, b *bubble) {
				b.will(func(w http.ResponseWriter, _ *http.Request) {
					w.Header()["Cache-Control"] = c.headers
					_, _ = w.Write(body)
				})
				time.Sleep(2*time.Minute + time.Second)
				at := b.fetches()
				for i := 2; i < len(at); i++ {
					if at[i]-at[i-1] != c.want {
						t.Fatalf("fetches at %v, want one in %v", at, c.want)
					}
				}
				if len(at) < 5 {
					t.Errorf("fetches at %v", at)
				}
			})
		})
	}
}

// Stale and Age are what a metric shows while the issuer is away.
func TestStaleAndAge(t *testing.T) {
	t.Parallel()
	want := func(t *testing.T, b *bubble, what string, stale, ready bool, age time.Duration) {
		t.Helper()
		synctest.Wait()
		if r := b.remote; r.Stale() != stale || r.Ready() != ready || r.Age() != age {
			t.Errorf("%s: stale %v, ready %v, age %v", what, r.Stale(), r.Ready(), r.Age())
		}
	}
	inBubble(t, oneKey(), func(t *testing.T, b *bubble) {
		want(t, b, "fetched", false, true, 0)
		time.Sleep(20 * time.Second)
		b.fail()
		want(t, b, "before anybody has noticed", false, true, 20*time.Second)
		time.Sleep(10 * time.Second)
		want(t, b, "a fetch has failed", true, true, 30*time.Second)
		time.Sleep(9*time.Minute + 30*time.Second)
		want(t, b, "after 10 minutes", true, true, 10*time.Minute)
		time.Sleep(time.Second)
		want(t, b, "beyond", false, false, 10*time.Minute+time.Second)
		b.serve(setOf(t, oneKey()...))
		time.Sleep(29 * time.Second)
		want(t, b, "back", false, true, 25*time.Second) // it was asked every 5 s
	})
	synctest.Test(t, func(t *testing.T) { // nothing was ever fetched
		r := token.NewRemote("http://issuer.example", token.RemoteOptions{})
		time.Sleep(time.Hour)
		if r.Age() != time.Hour || r.Stale() || r.Ready() || !r.LastSuccess().IsZero() {
			t.Errorf("age %v, stale %v", r.Age(), r.Stale())
		}
	})
}

// The 10 minutes go by the monotonic reading: a wall clock that is set meanwhile
// neither extends nor cuts them.
func TestF10WallClockJumps(t *testing.T) {
	t.Parallel()
	s, clock := newIssuer(t, keyA()), &steered{base: time.Now()}
	r := s.remote(t, token.RemoteOptions{Now: clock.now})
	eventually(t, "the first fetch", r.Ready)
	s.fail()
	for _, c := range []struct {
		name          string
		elapsed, jump time.Duration
		usable        bool
	}{
		{"a day ahead", time.Second, 24 * time.Hour, true}, {"a day back", 2 * time.Second, -24 * time.Hour, true},
		{"at the end, a year ahead", 10 * time.Minute, 365 * 24 * time.Hour, true}, {"past the end", 10*time.Minute + time.Second, 0, false},
		{"past the end, an hour back", 10*time.Minute + time.Second, -time.Hour, false},
	} {
		clock.set(t, c.elapsed, c.jump)
		_, err := r.Key(context.Background(), kidOf(keyA()))
		if c.usable != (err == nil) || !c.usable && !errors.Is(err, token.ErrKeysUnavailable) || r.Ready() != c.usable || r.Age() != c.elapsed {
			t.Errorf("%s: %v, ready %v, age %v", c.name, err, r.Ready(), r.Age())
		}
	}
	// With the clock that everybody has.
	r = s.remote(t, token.RemoteOptions{})
	s.publish(t, keyA())
	eventually(t, "the first fetch", r.Ready)
	if at := r.LastSuccess(); !strings.Contains(at.String(), " m=") {
		t.Errorf("%v has lost its monotonic reading", at)
	}
}

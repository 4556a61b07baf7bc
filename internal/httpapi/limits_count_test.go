package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"github.com/go-chi/httprate"
)

// TestLimitAllocatesNothing: a request that its limits let through costs no
// memory, but for what a caller who was not seen of late is remembered by.
func TestLimitAllocatesNothing(t *testing.T) { // alone: what others allocate counts too
	for name, c := range map[string]struct {
		peer   string
		limits []Limit
	}{
		"address": {"192.0.2.1", []Limit{byAddress}},
		"IPv6":    {"2001:db8:1:2:3:4:5:6", []Limit{byAddress}},
		"caller":  {"192.0.2.1", []Limit{byCaller}},
		"both":    {"192.0.2.1", []Limit{byAddress, byCaller}},
	} {
		handler, r, _ := limitedRequest(t, c.peer, c.limits...)
		w := newSink()
		if allocated := testing.AllocsPerRun(byCaller.Requests-10, func() { handler.ServeHTTP(w, r) }); allocated != 0 {
			t.Errorf("%s: %v allocations for one request", name, allocated)
		}
		if w.status != http.StatusNoContent || w.header.Get("RateLimit-Remaining") == "" {
			t.Errorf("%s: got %d, %v", name, w.status, w.header)
		}
	}
}

// fixedCounts are a counter that says the same to everybody.
type fixedCounts struct{ inThis, inLast, added int }

func (*fixedCounts) Config(int, time.Duration) {}

func (f *fixedCounts) Increment(key string, at time.Time) error { return f.IncrementBy(key, at, 1) }

func (f *fixedCounts) IncrementBy(_ string, _ time.Time, n int) error {
	f.added += n
	return nil
}

func (f *fixedCounts) Get(string, time.Time, time.Time) (int, int, error) {
	return f.inThis, f.inLast, nil
}

// TestLimitDecidesAsHttprate holds take against httprate's own decision, made
// before and after it: what counts of the last window gets less meanwhile.
func TestLimitDecidesAsHttprate(t *testing.T) {
	t.Parallel()
	const requests, window = 10, 60
	for _, counts := range []fixedCounts{
		{}, {inThis: 1}, {inThis: 9}, {inThis: 10}, {inThis: 12}, {inThis: 1000},
		{inLast: 4}, {inLast: 10}, {inLast: 1000}, {inThis: 3, inLast: 7}, {inThis: 9, inLast: 1}, {inThis: 5, inLast: 500_000},
	} {
		t.Run(fmt.Sprintf("%d after %d", counts.inThis, counts.inLast), func(t *testing.T) {
			t.Parallel()
			theirs := counts
			rate := httprate.NewRateLimiter(requests, window*time.Second, httprate.WithLimitCounter(&theirs))
			ask := func() (spent bool, left int) {
				w := httptest.NewRecorder()
				spent = rate.OnLimit(w, httptest.NewRequest(http.MethodGet, "/", nil), "key")
				left, err := strconv.Atoi(w.Header().Get("X-RateLimit-Remaining"))
				if err != nil {
					t.Fatal(err)
				}
				return spent, left
			}
			ours := counts
			l := &limiter{Limit: Limit{Requests: requests, Window: window}, now: time.Now, counter: &ours}
			spent, least := ask()
			got := l.take("key")
			spentAfter, most := ask()
			if got.left < least || got.left > most || got.spent != spent && got.spent != spentAfter {
				t.Errorf("spent %v with %d left, httprate says %v with %d and then %v with %d", got.spent, got.left, spent, least, spentAfter, most)
			}
			if want := map[bool]int{true: 0, false: 1}[got.spent]; ours.added != want {
				t.Errorf("%d were counted, want %d", ours.added, want)
			}
			if got.end.Sub(got.at) <= 0 || got.end.Sub(got.at) > window*time.Second {
				t.Errorf("counted at %s, in a window that ends at %s", got.at, got.end)
			}
		})
	}
}

// TestLimitWindowsBeginWithTheLimiter in memory, and not with the wall clock.
func TestLimitWindowsBeginWithTheLimiter(t *testing.T) {
	t.Parallel()
	before := time.Now()
	l := newLimiter("op", Limit{Requests: 3, Window: 3600}, nil)
	begun := l.take("key").end.Add(-time.Hour)
	if begun.Before(before.Add(-time.Millisecond)) || begun.After(time.Now()) {
		t.Errorf("the first window began at %s, the limiter at %s", begun, before)
	}
}

// TestBucketNames: keys of different buckets differ, whatever they are made of,
// and are right however many there are.
// A limit that is spent stays so, wherever somebody sets the machine's clock.
func TestF10LimitsDoNotGoByTheWallClock(t *testing.T) {
	t.Parallel()
	l := newLimiter("op", Limit{Requests: 3, Window: 3600}, nil)
	for range 3 {
		l.take("someone")
	}
	for _, jump := range []time.Duration{-5 * time.Minute, 5 * time.Minute, -24 * time.Hour, 24 * time.Hour, -time.Second, 0} {
		l.now = func() time.Time { return jumped(t, jump) }
		if c := l.take("someone"); !c.spent {
			t.Errorf("with the clock set by %s there are %d requests left", jump, c.left)
		}
	}
	l.now = func() time.Time { return time.Now().Add(2 * time.Hour) } // which time itself does
	if l.take("someone").spent {
		t.Error("the limit never comes back")
	}
}

// jumped is now with its time of day moved by whole seconds and its monotonic
// reading left alone. No function of package time does that: with a monotonic
// reading, the seconds since 1885 are bits 30 to 62 of a Time's first word.
func jumped(t *testing.T, by time.Duration) time.Time {
	t.Helper()
	now := time.Now()
	moved := now
	*(*uint64)(unsafe.Pointer(&moved)) += uint64(int64(by/time.Second)) << 30
	if moved.Sub(now) != 0 || moved.Round(0).Sub(now.Round(0)) != by {
		t.Fatalf("the test's clock does not jump: %v, %v", now, moved)
	}
	return moved
}

func TestBucketNames(t *testing.T) {
	t.Parallel()
	names := newBucketNames()
	for range 2 {
		for b, want := range map[bucket]string{
			{address: netip.MustParseAddr("192.0.2.1")}:   "ip 192.0.2.1",
			{isSubject: true, subject: "192.0.2.1"}:       "sub 192.0.2.1",
			{address: netip.MustParseAddr("2001:db8::")}:  "ip 2001:db8::",
			{address: netip.MustParseAddr("2001:db8::1")}: "ip 2001:db8::1",
			{isSubject: true, subject: testSubject}:       "sub " + testSubject,
			{isSubject: true}:                             "sub ",
		} {
			if got := names.of(b); got != want {
				t.Errorf("%+v is %q, want %q", b, got, want)
			}
		}
		for i := range 3 * len(names.places) {
			subject := strconv.Itoa(i)
			if got := names.of(bucket{isSubject: true, subject: subject}); got != "sub "+subject {
				t.Fatalf("%s is %q", subject, got)
			}
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for n := -2; n < 10_100; n++ {
		if got := decimal(n); got != strconv.Itoa(n) {
			t.Fatalf("%d is %q", n, got)
		}
	}
}

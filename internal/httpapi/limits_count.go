package httpapi

import (
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/httprate"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// limiter enforces one x-ratelimit entry. It counts with httprate's counters and
// decides as httprate's RateLimiter does, which allocates for each request: it
// writes and spells three headers, of which we then changed one.
type limiter struct {
	Limit
	declared []string // RateLimit-Limit; all answers share it
	now      func() time.Time
	began    time.Time // zero where instances count together
	offset   time.Duration
	names    *bucketNames
	metrics  *observe.Limit

	mu      sync.Mutex // from looking to counting
	counter httprate.LimitCounter
}

// newLimiter makes a limiter. Where it counts in memory its windows begin with
// the limiter, so that not all limits are whole again in the same instant, and go
// by the monotonic clock: one that is set back gives nobody a limit anew. Where
// it does not they go by the wall clock, which instances have in common.
func newLimiter(operationID string, limit Limit, shared *SharedLimits) *limiter {
	l := &limiter{Limit: limit, declared: []string{strconv.Itoa(limit.Requests)}, now: time.Now}
	if shared != nil {
		l.counter = shared.counter(operationID, limit)
		l.counter.Config(limit.Requests, limit.window())
		return l
	}
	l.began = time.Now()
	now := l.clock()
	l.offset = now.Sub(now.Truncate(limit.window()))
	l.counter = httprate.NewLocalLimitCounter(limit.window())
	return l
}

// clock is the time that windows are told by.
func (l *limiter) clock() time.Time {
	now := l.now()
	if !l.began.IsZero() {
		now = l.began.Add(now.Sub(l.began)) // by the monotonic readings of both
	}
	return now.UTC()
}

// counted is what a limit says to one request.
type counted struct {
	spent bool
	left  int       // requests; less than none where instances let too many through
	at    time.Time // when it was counted
	end   time.Time // of the window
}

// take counts one request, unless the limit is spent. The count slides: of the
// window before, the share counts that still lies within a window's length. The
// clock is read under the lock, so that windows never go back: a counter that
// is asked for the one before forgets them all.
func (l *limiter) take(key string) counted {
	window := l.window()
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	begin := now.Add(-l.offset).Truncate(window).Add(l.offset)
	c := counted{spent: true, at: now, end: begin.Add(window)}
	inThis, inLast, err := l.counter.Get(key, begin, begin.Add(-window))
	if err != nil { // no counter of ours fails
		return c
	}
	rate := float64(inLast)*(float64(window)-float64(now.Sub(begin)))/float64(window) + float64(inThis)
	c.left = l.Requests - int(math.Round(rate))
	if c.left < 1 || l.counter.IncrementBy(key, begin, 1) != nil {
		return c
	}
	c.spent = false
	c.left--
	return c
}

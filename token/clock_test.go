package token_test

import (
	"sync"
	"testing"
	"time"
	"unsafe"
)

// steered is a clock whose time of day is set while its monotonic reading goes on,
// as time.Now's does under somebody who sets the machine's clock.
type steered struct {
	mu   sync.Mutex
	base time.Time // of time.Now
	t    time.Time // zero: base
}

func (c *steered) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.t.IsZero() {
		return c.base
	}
	return c.t
}

// set moves the clock to elapsed after base, with a time of day that is off by
// jump.
func (c *steered) set(t *testing.T, elapsed, jump time.Duration) {
	t.Helper()
	real := c.base.Add(elapsed)
	moved := jumped(real, jump)
	if moved.Sub(real) != 0 || moved.Round(0).Sub(real.Round(0)) != jump {
		t.Fatalf("the test's clock does not jump: %v, %v", real, moved)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = moved
}

// jumped gives t with its time of day moved by whole seconds and its monotonic
// reading left alone. No function of package time does that: with a monotonic
// reading, the seconds since 1885 are bits 30 to 62 of a Time's first word.
func jumped(t time.Time, by time.Duration) time.Time {
	*(*uint64)(unsafe.Pointer(&t)) += uint64(int64(by/time.Second)) << 30
	return t
}

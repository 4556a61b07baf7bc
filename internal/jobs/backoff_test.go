package jobs

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attempt int
		jitter  float64
		want    time.Duration
	}{
		{1, 0.5, 10 * time.Second},
		{1, 0, 9 * time.Second},
		{1, 1, 11 * time.Second},
		{2, 0.5, 20 * time.Second},
		{4, 0, 72 * time.Second},
		{9, 0.5, 2560 * time.Second},
		{10, 0.5, time.Hour},
		{10, 0, 54 * time.Minute},
		{10, 1, time.Hour},
		{32767, 1, time.Hour}, // no overflow
		{0, 0.5, 10 * time.Second},
	} {
		b := &backoff{first: 10 * time.Second, most: time.Hour, jitter: func() float64 { return c.jitter }}
		if got := b.wait(c.attempt); got != c.want {
			t.Errorf("attempt %d, jitter %v: %s, want %s", c.attempt, c.jitter, got, c.want)
		}
	}
}

package doctor

import (
	"testing"
	"time"
)

// TestClock: the Date of an answer is cut to seconds, and ours may be off too.
func TestClock(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_000_000, 300_000_000)
	for name, c := range map[string]struct {
		service, offset time.Duration
		found           bool
	}{
		"right":                      {0, 0, false},
		"two seconds off":            {2 * time.Second, 0, false},
		"ahead":                      {20 * time.Second, 0, true},
		"behind":                     {-20 * time.Second, 0, true},
		"as far off as the database": {20 * time.Second, 20 * time.Second, false},
		"ours is off":                {0, -20 * time.Second, true},
	} {
		i := Instance{Service: "auth", After: Sample{At: at, Clock: at.Add(c.service).Truncate(time.Second)}}
		if f := Clock(i, c.offset); (f != nil) != c.found {
			t.Errorf("%s: %v", name, f)
		}
	}
}

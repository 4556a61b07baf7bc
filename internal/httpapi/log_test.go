package httpapi

import (
	"testing"
	"time"
)

// TestPollsAreSampled: one line a minute for each route that is polled, and
// each line of the others.
func TestPollsAreSampled(t *testing.T) {
	t.Parallel()
	var p polls
	at := time.Unix(6000, 0)
	for i, want := range []struct {
		path  string
		after time.Duration
		line  bool
	}{
		{"/livez", 0, true}, {"/livez", time.Second, false}, {"/readyz", time.Second, true},
		{"/readyz", 59 * time.Second, false}, {"/livez", 59 * time.Second, false},
		{"/livez", time.Minute, true}, {"/readyz", time.Minute, true}, {"/livez", 61 * time.Second, false},
		{keySetPath, 61 * time.Second, true}, {keySetPath, 62 * time.Second, false},
	} {
		if got := sampled(p.of(want.path), at.Add(want.after)); got != want.line {
			t.Errorf("%d: %s after %s: %v", i, want.path, want.after, got)
		}
	}
	if p.of("/auth/login") != nil {
		t.Error("lines of sign-ins are thinned out")
	}
}

package httpapi

import (
	"testing"
	"time"
)

// TestProbesAreSampled: one line a minute for each route.
func TestProbesAreSampled(t *testing.T) {
	t.Parallel()
	var p probes
	at := time.Unix(6000, 0)
	for i, want := range []struct {
		path  string
		after time.Duration
		line  bool
	}{
		{"/livez", 0, true}, {"/livez", time.Second, false}, {"/readyz", time.Second, true},
		{"/readyz", 59 * time.Second, false}, {"/livez", 59 * time.Second, false},
		{"/livez", time.Minute, true}, {"/readyz", time.Minute, true}, {"/livez", 61 * time.Second, false},
	} {
		if got := p.sampled(want.path, at.Add(want.after)); got != want.line {
			t.Errorf("%d: %s after %s: %v", i, want.path, want.after, got)
		}
	}
}

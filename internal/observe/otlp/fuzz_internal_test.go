package otlp

import (
	"net/http"
	"testing"
	"time"
)

// FuzzRetryAfter: no header makes a caller wait for less than nothing, or for
// longer than it says.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "7", "-5", "+7", "2147483648", "9999999999999", "Thu, 01 Jan 2026 00:01:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "1.5", " 7"} {
		f.Add(text)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		wait := retryAfter(http.Header{"Retry-After": {text}}, now)
		at, err := http.ParseTime(text)
		if wait < 0 || wait > (1<<31)*time.Second && (err != nil || wait > max(at.Sub(now), 0)) {
			t.Fatalf("%q is a wait of %v", text, wait)
		}
	})
}

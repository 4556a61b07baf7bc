package otlp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// refusal is worth another try, after a time if the collector named one.
type refusal struct {
	err   error
	after time.Duration
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// pace is how often a batch is tried: the wait before the next doubles from
// first to most, each drawn from its upper half, and none ends later than in
// all after the first try.
type pace struct {
	first, most, all time.Duration
}

// usualPace is within the SDK's 30 s for one batch (OTEL_BSP_EXPORT_TIMEOUT).
var usualPace = pace{first: time.Second, most: 10 * time.Second, all: time.Minute}

// do tries until it works, the error is no refusal, or there is no time left.
func (p pace) do(ctx context.Context, try func() error) error {
	begin := time.Now()
	for step := p.first; ; step = min(2*step, p.most) {
		err := try()
		var refused *refusal
		if !errors.As(err, &refused) || ctx.Err() != nil {
			return err
		}
		wait := max(refused.after, step/2+rand.N(step/2+1)) //nolint:gosec // no secret: it keeps instances from trying at once
		if deadline, ok := ctx.Deadline(); time.Since(begin)+wait > p.all || (ok && time.Until(deadline) < wait) {
			return fmt.Errorf("given up, as there is no time for another try: %w", err)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3); 0 where there
// is neither.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

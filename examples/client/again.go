package main

import (
	"context"
	"errors"
	"time"

	"github.com/latchkey-id/latchkey/client"
)

// tries is how often a call is made at most.
const tries = 4

// again makes a call until it works, as long as another try may help, and waits
// before each as long as the answer asks, or twice as long as the last time. What
// is called must be safe to repeat: a reading, or one with an Idempotency-Key.
func again[A client.Answer](ctx context.Context, call func() (A, error)) (A, error) {
	for try, pause := 1, 200*time.Millisecond; ; try, pause = try+1, 2*pause {
		answer, err := client.Check(call())
		if err == nil || try == tries || !mayHelp(err) {
			return answer, err
		}
		var refusal *client.Error
		if errors.As(err, &refusal) {
			pause = max(pause, refusal.RetryAfter)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return answer, errors.Join(err, ctx.Err())
		}
	}
}

// mayHelp says whether the same call may work later. Where there was no answer
// at all it may.
func mayHelp(err error) bool {
	var refusal *client.Error
	if !errors.As(err, &refusal) {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	return refusal.Code == "" && refusal.Status >= 500 || adviceOn(refusal.Code) == tryAgain
}

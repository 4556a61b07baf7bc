// Package overtime finishes what a request has begun and must not leave half
// done, although its time is over: a lease to give back, an answer to keep.
package overtime

import (
	"context"
	"fmt"
	"time"
)

// Do runs work with a context of its own that lasts for most from now, whatever
// becomes of ctx, and gives work's error. It waits until the deadline of ctx and
// no longer: a database that has fallen silent does not hold the answer up, and
// work goes on behind it. The error is ctx's deadline then. That a caller has
// gone away ends nothing.
func Do(ctx context.Context, most time.Duration, work func(context.Context) error) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
	done := make(chan error, 1) // nobody may be waiting any more
	go func() {
		defer cancel()
		defer func() {
			if thrown := recover(); thrown != nil { // nobody above would catch it here
				done <- fmt.Errorf("panic: %v", thrown)
			}
		}()
		done <- work(own)
	}()
	var late <-chan time.Time
	if deadline, ok := ctx.Deadline(); ok {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case err := <-done:
		return err
	case <-late:
		return context.DeadlineExceeded
	}
}

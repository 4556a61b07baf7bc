package overtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/latchkey-id/latchkey/internal/overtime"
)

var errOwn = errors.New("work's own")

func TestWorkOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	const most = 2 * time.Second
	for name, c := range map[string]struct {
		left, takes time.Duration // until the request's deadline, and for the work
		gone        bool          // the caller
		waits       time.Duration
		late, ended bool // the answer does not wait for it; its own time is too short
	}{
		"in time":                   {left: 5 * time.Second, takes: time.Second, waits: time.Second},
		"the caller has gone":       {left: 5 * time.Second, takes: time.Second, gone: true, waits: time.Second},
		"the deadline comes first":  {left: time.Second, takes: 1500 * time.Millisecond, waits: time.Second, late: true},
		"the deadline has come":     {left: 0, takes: time.Second, late: true},
		"there is no answer at all": {left: time.Second, takes: time.Hour, waits: time.Second, late: true, ended: true},
		"its own time is over":      {left: 5 * time.Second, takes: time.Hour, waits: most, ended: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.left)
				defer cancel()
				if c.gone {
					cancel()
				}
				began, ended := time.Now(), make(chan bool, 1)
				err := overtime.Do(ctx, most, func(own context.Context) error {
					select {
					case <-time.After(c.takes):
					case <-own.Done():
					}
					ended <- own.Err() != nil
					return errOwn
				})
				if waited := time.Since(began); waited != c.waits {
					t.Errorf("it waited for %s", waited)
				}
				if want := map[bool]error{false: errOwn, true: context.DeadlineExceeded}[c.late]; !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				if got := <-ended; got != c.ended {
					t.Errorf("its own time was over: %t", got)
				}
			})
		})
	}
}

func TestAPanicIsAnError(t *testing.T) {
	t.Parallel()
	err := overtime.Do(t.Context(), time.Second, func(context.Context) error { panic("oh") })
	if err == nil || !strings.Contains(err.Error(), "panic: oh") {
		t.Errorf("%v", err)
	}
}

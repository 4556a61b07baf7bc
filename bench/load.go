package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/latchkey-id/latchkey/bench/result"
)

// operation is one kind of request.
type operation struct {
	name, variant string
	addr          string
	want          int // the status that counts
	// worker gives what one connection sends: next makes the request, and seen is
	// told of each answer. Either is called by one goroutine only.
	worker func(n int) (next func() []byte, seen func(status int, body []byte))
	// work is what the benchmark does itself in place of sending requests: a floor
	// that is no server.
	work *primitive
	// on is where it is sent to; nil is the benchmark's one system.
	on *system
}

// ignore is a seen for answers that nobody needs.
func ignore(int, []byte) {}

// same is a worker that always sends the same.
func same(request []byte) func(int) (func() []byte, func(int, []byte)) {
	return func(int) (func() []byte, func(int, []byte)) { return func() []byte { return request }, ignore }
}

// closed sends requests over n connections, each the next when it has the
// answer, for the duration or until ctx is done, or until most are answered
// where most is not 0.
func closed(ctx context.Context, o *operation, n int, during time.Duration, most int64) (result.Round, error) {
	var (
		all      sync.WaitGroup
		mu       sync.Mutex
		took     []time.Duration
		errors   atomic.Int64
		begun    atomic.Int64
		began    = time.Now()
		deadline = began.Add(during)
	)
	connections := make([]*connection, n)
	for i := range connections {
		c, err := dial(o.addr)
		if err != nil {
			return result.Round{}, err
		}
		connections[i] = c
		defer c.close()
	}
	for i, c := range connections {
		next, seen := o.worker(i)
		all.Go(func() {
			own := make([]time.Duration, 0, 1<<12)
			for ctx.Err() == nil && time.Now().Before(deadline) && (most == 0 || begun.Add(1) <= most) {
				sent := time.Now()
				status, body, err := c.do(next())
				own = append(own, time.Since(sent))
				if err != nil || status != o.want {
					errors.Add(1)
				}
				seen(status, body)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	all.Wait()
	return result.Round{
		Requests: int64(len(took)), Errors: errors.Load(), Seconds: time.Since(began).Seconds(), Latency: latencyOf(took),
	}, nil
}

// latencyOf sorts what it is given.
func latencyOf(took []time.Duration) result.Latency {
	if len(took) == 0 {
		return result.Latency{}
	}
	slices.Sort(took)
	at := func(q float64) float64 { return milliseconds(took[min(int(q*float64(len(took))), len(took)-1)]) }
	return result.Latency{P50: at(0.50), P95: at(0.95), P99: at(0.99), Max: milliseconds(took[len(took)-1])}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// paced sends requests at a fixed rate for the duration, whatever becomes of
// the ones before (open loop): what can't be sent because all connections wait
// is sent late, and its latency counts from when it was due.
func paced(ctx context.Context, o *operation, rate float64, connections int, during time.Duration, tell func(status int, took time.Duration)) (result.Paced, error) {
	due := make(chan time.Time, int(rate*during.Seconds())+1) // nobody waits to be due
	var (
		all    sync.WaitGroup
		mu     sync.Mutex
		took   []time.Duration
		errors int64
	)
	for i := range connections {
		c, err := dial(o.addr)
		if err != nil {
			return result.Paced{}, err
		}
		next, seen := o.worker(i)
		all.Go(func() {
			defer c.close()
			for at := range due {
				status, body, err := c.do(next())
				late := time.Since(at)
				seen(status, body)
				if tell != nil {
					tell(status, late)
				}
				mu.Lock()
				took = append(took, late)
				if err != nil || status != o.want {
					errors++
				}
				mu.Unlock()
			}
		})
	}
	began := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		at := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		if at.Sub(began) >= during {
			break
		}
		time.Sleep(time.Until(at))
		due <- at
	}
	close(due)
	all.Wait()
	return result.Paced{
		Name: o.name, Rate: rate, Seconds: during.Seconds(), Sent: int64(len(took)), Errors: errors, Latency: latencyOf(took),
	}, nil
}

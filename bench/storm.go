package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/latchkey-id/latchkey/bench/result"
)

// The load that others make while the storm blows: what a part of one core does.
const (
	refreshRate = 40.0  // per second
	lookUpRate  = 150.0 // per second
)

// storm measures refreshes and look-ups at a fixed rate, quiet and beside ten
// times the sign-ins that the machine can hash, and then how long it takes until
// a sign-in is let in again.
func (s *system) storm(ctx context.Context, c *crowd, people []string, hashes float64, during time.Duration) (*result.Storm, error) {
	found := &result.Storm{Rate: 10 * hashes}
	if _, err := s.beside(ctx, c, 2*time.Second); err != nil { // connections, caches
		return nil, err
	}
	var err error
	if found.Quiet, err = s.beside(ctx, c, during); err != nil {
		return nil, err
	}
	var logins counter
	var blown error
	var blowing sync.WaitGroup
	blowing.Go(func() {
		o := s.signIn("POST /auth/login", people)
		// Each waits for 600 ms at most: so many connections never run out.
		_, blown = paced(ctx, o, found.Rate, int(found.Rate)+64, during+2*time.Second, logins.count)
	})
	time.Sleep(time.Second) // until the queue is full
	if found.Stormy, err = s.beside(ctx, c, during); err != nil {
		return nil, err
	}
	blowing.Wait()
	if blown != nil {
		return nil, blown
	}
	ended := time.Now()
	found.Logins = logins.result((during + 2*time.Second).Seconds())
	for {
		if _, err := s.login(people[0], personPassword); err == nil {
			break
		}
		if time.Since(ended) > 30*time.Second {
			break
		}
	}
	found.Recover = time.Since(ended).Seconds()
	return found, nil
}

// beside sends refreshes and look-ups at their rates.
func (s *system) beside(ctx context.Context, c *crowd, during time.Duration) (result.Beside, error) {
	var found result.Beside
	var refreshed, looked error
	var both sync.WaitGroup
	both.Go(func() { found.Refresh, refreshed = paced(ctx, s.refresh(c), refreshRate, len(c.sessions), during, nil) })
	both.Go(func() { found.LookUp, looked = paced(ctx, s.lookUp(c), lookUpRate, 16, during, nil) })
	both.Wait()
	if refreshed != nil {
		return found, refreshed
	}
	return found, looked
}

// counter sorts sign-ins by what became of them.
type counter struct {
	mu     sync.Mutex
	logins result.Logins
	shed   []time.Duration
}

func (c *counter) count(status int, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.logins.Sent++
	switch status {
	case http.StatusOK:
		c.logins.Signed++
	case http.StatusServiceUnavailable:
		c.logins.Shed++
		c.shed = append(c.shed, took)
	default:
		c.logins.Other++
	}
}

func (c *counter) result(seconds float64) result.Logins {
	latency := latencyOf(c.shed)
	c.logins.ShedP99, c.logins.ShedMax = latency.P99, latency.Max
	c.logins.SignedPS = float64(c.logins.Signed) / seconds
	return c.logins
}

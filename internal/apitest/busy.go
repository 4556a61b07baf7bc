package apitest

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// KeepHashing starts the users service anew with one worker for passwords, on
// which nobody waits, and keeps that busy until the test ends.
func (s *System) KeepHashing(t testing.TB) {
	t.Helper()
	s.StopUsers()
	s.UsersConfig.HashWorkers, s.UsersConfig.HashQueue, s.UsersConfig.BcryptCost = 1, time.Nanosecond, 8
	s.RunUsers(Rebind(t, s.Users.URL))
	auth := s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "credentials:verify"})
	stop := make(chan struct{})
	var guessing sync.WaitGroup
	guessing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.Users.Post(t, "/credentials/verify", auth, Body{"login": Name(), "password": "x"})
			}
		}
	})
	t.Cleanup(func() {
		close(stop)
		guessing.Wait()
	})
}

// AwaitShed sends requests that need a password hashed until one is turned away
// because the worker is busy, which is nearly always the first.
func (c *Client) AwaitShed(t testing.TB, what string, next func() Request) {
	t.Helper()
	for range 20 {
		if answer := c.Do(t, next()); answer.Status == http.StatusServiceUnavailable {
			answer.Problem(http.StatusServiceUnavailable, "overloaded")
			if answer.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Errorf("%s is never turned away", what)
}

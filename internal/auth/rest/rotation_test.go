package rest_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// A rotation to the key that verifiers have had the time to see fails no request,
// and what the first key signed is good for as long as it says. The faults have it at
// length, with programs and with revocations.
func TestS82NoRequestFailsDuringARotation(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	later := &clock{}
	s.StopUsers()
	s.UsersNow = later.now
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	s.AwaitUsers(t)
	admin, first := s.Admin(t), s.Person(t)
	path := "/users/" + first.User.ID
	var over atomic.Bool
	var requests, renewed atomic.Int64
	var clients sync.WaitGroup
	old := header(t, first.AccessToken)["kid"]
	for range 4 {
		person := s.Person(t)
		clients.Go(func() {
			for !over.Load() {
				person = s.Refresh(t, person.RefreshToken)
				if header(t, person.AccessToken)["kid"] != old {
					renewed.Add(1)
				}
				s.Auth.Get(t, "/auth/me", person.AccessToken).Is(http.StatusOK)
				s.Auth.Get(t, "/auth/me", first.AccessToken).Is(http.StatusOK)
				s.Users.Get(t, "/users/"+person.User.ID, person.AccessToken).Is(http.StatusOK)
				s.Users.Get(t, path, first.AccessToken).Is(http.StatusOK)
				requests.Add(5)
			}
		})
	}
	more := func(n int64, counted *atomic.Int64) {
		t.Helper()
		for began := time.Now(); counted.Load() < n; time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%d of %d", counted.Load(), n)
			}
		}
	}
	more(50, &requests)
	execAuth(t, s, "UPDATE auth.signing_keys SET created_at = created_at - interval '1 hour', activated_at = activated_at - interval '1 hour'")
	s.Auth.Post(t, "/admin/keys/rotate", admin, nil).Is(http.StatusOK)
	more(20, &renewed)
	over.Store(true)
	clients.Wait()
	t.Logf("%d requests", requests.Load())

	later.set(9*time.Minute + 50*time.Second)
	s.Users.Get(t, path, first.AccessToken).Is(http.StatusOK)
	later.set(10*time.Minute + 31*time.Second)
	s.Users.Get(t, path, first.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
}

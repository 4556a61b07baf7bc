package faults_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// The users service is killed under load and comes back. Nobody is told meanwhile
// that a password or a token is wrong, the key set is served, and two seconds
// after the return all is as before.
func TestF06UsersIsKilled(t *testing.T) {
	d := apitest.Deploy(t)
	s := start(t, d)
	person := s.Person(t)
	refresh := post("/auth/refresh", "", apitest.Body{"refresh_token": person.RefreshToken})
	for range faults.Length(1, 5) {
		s.users.Kill()
		v := newVolley()
		v.paced(40, 2*time.Second, func(n int) {
			switch n % 4 {
			case 0:
				v.send("sign-in", s.Auth, login(person.User), http.StatusOK)
			case 1, 2:
				v.send("refresh", s.Auth, refresh, http.StatusOK)
			case 3:
				v.send("key set", s.Auth, get("/.well-known/jwks.json", ""), http.StatusOK)
			}
		})
		v.await()
		v.check(t)
		faults.None(t, "sign-ins_or_refreshes_that_were_not_503", len(v.took(http.StatusOK, "sign-in", "refresh")))
		faults.None(t, "key_sets_refused", len(v.took(http.StatusServiceUnavailable, "key set")))
		faults.Within(t, "slowest_503", part(v.took(http.StatusServiceUnavailable), 1), faults.Deadline)

		s.users = d.RunUsers(t, d.UsersAddr)
		s.users.AwaitReady(t, d.UsersAddr, startLimit)
		back := settle(t, "the breaker closes", startLimit, func() bool {
			answer, err := s.Auth.Try(login(person.User))
			return err == nil && answer.Status == http.StatusOK
		})
		faults.Within(t, "breaker_closed_after", back, backLimit)
		for range 20 { // and stays so
			s.Auth.Do(t, refresh).Is(http.StatusOK)
		}
	}
}

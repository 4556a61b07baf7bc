package faults_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

const slowRate = 25.0 // requests per second, of which all may hang until their deadline

// PostgreSQL answers late, is kept from answering by a lock, or is not heard of any
// more. Every request gets its answer, good or 503, by its deadline, and nothing
// piles up meanwhile or stays afterwards.
func TestF04TheDatabaseIsSlow(t *testing.T) {
	dice := faults.Dice(t)
	swallowAfter := time.Duration(dice.IntN(1000)) * time.Millisecond // in the middle of whatever is under way then
	for _, slow := range []struct {
		name string
		slow func(*testing.T, *slowed) (heal func())
	}{
		{"late", func(_ *testing.T, s *slowed) func() {
			s.each(func(p *faults.TCPProxy) { p.Delay(500 * time.Millisecond) })
			return func() { s.each((*faults.TCPProxy).Heal) }
		}},
		{"locked", func(t *testing.T, s *slowed) func() {
			users, auth := lock(t, s.UsersDB.SuperURL, "users.users"), lock(t, s.UsersDB.SuperURL, "auth.sessions")
			return func() { users(); auth() }
		}},
		{"silent", func(_ *testing.T, s *slowed) func() {
			time.Sleep(swallowAfter)
			s.each((*faults.TCPProxy).Swallow)
			return func() { s.each((*faults.TCPProxy).Heal) }
		}},
	} {
		t.Run(slow.name, func(t *testing.T) {
			t.Parallel()
			s := startSlowed(t)
			quiet := s.goroutines(t)
			v, over, most := newVolley(), make(chan struct{}), atomic.Int64{}
			// A sign-in of which nobody knows whether it was counted, counts.
			v.also = map[string]int{"sign-in": http.StatusTooManyRequests}
			during := faults.Length(faults.Deadline+time.Second, 4*faults.Deadline)
			v.alongside(func() { s.load(v, during) })
			heal := slow.slow(t, s)
			watched := make(chan struct{})
			go func() {
				defer close(watched)
				for {
					select {
					case <-over:
						return
					case <-time.After(100 * time.Millisecond):
						most.Store(max(most.Load(), int64(s.goroutines(t))))
					}
				}
			}()
			v.await()
			close(over)
			<-watched
			heal()

			faults.Within(t, slow.name+"_slowest_answer", part(v.took(0), 1), faults.AnswerLimit())
			faults.Figure(t, slow.name+"_answered_503", len(v.took(http.StatusServiceUnavailable)))
			faults.Figure(t, slow.name+"_goroutines_before", quiet)
			// Two services with four goroutines each for a request that hangs.
			faults.Within(t, slow.name+"_goroutines_at_most", int(most.Load()), quiet+8*int(slowRate*faults.Deadline.Seconds()))
			v.check(t)
			back := settle(t, "back to normal", startLimit, func() bool { return s.works() })
			faults.Within(t, slow.name+"_back_after", back, backLimit)
			if faults.Length(false, true) { // connections between the services are kept for a minute
				s.Auth.CloseIdle()
				s.Users.CloseIdle()
				settle(t, "the goroutines end", 2*time.Minute, func() bool { return s.goroutines(t) < quiet+20 })
			}
			s.neverRestarted(t)
		})
	}
}

// slowed is a deployment whose databases are reached through proxies.
type slowed struct {
	*running
	proxies []*faults.TCPProxy
	admin   string
	person  apitest.Grant
}

func startSlowed(t *testing.T) *slowed {
	t.Helper()
	d := apitest.Deploy(t, "REFRESH_GRACE=1m") // one token is refreshed all the while
	usersProxy, usersURL := faults.DatabaseProxy(t, d.UsersDB.URL)
	authProxy, authURL := faults.DatabaseProxy(t, d.AuthDB.URL)
	d.Env = append(d.Env, "USERS_DATABASE_URL="+usersURL, "AUTH_DATABASE_URL="+authURL)
	s := &slowed{running: start(t, d), proxies: []*faults.TCPProxy{usersProxy, authProxy}}
	s.admin, s.person = s.Admin(t), s.Person(t)
	s.Users.Do(t, get("/users/"+s.person.User.ID, s.admin)).Is(http.StatusOK)
	return s
}

func (s *slowed) each(do func(*faults.TCPProxy)) {
	for _, p := range s.proxies {
		do(p)
	}
}

// load sends requests of all kinds.
func (s *slowed) load(v *volley, during time.Duration) {
	v.paced(slowRate, during, func(n int) {
		switch n % 8 {
		case 0:
			v.send("sign-in", s.Auth, login(s.person.User), http.StatusOK)
		case 1:
			name := apitest.Name()
			r := post("/auth/register", "", apitest.Body{"username": name, "email": name + "@example.com", "password": apitest.Password})
			if n%16 == 1 {
				r.Header = http.Header{"Idempotency-Key": {name}}
			}
			v.send("registration", s.Auth, r, http.StatusCreated)
		case 2:
			v.send("account", s.Users, account(s.admin), http.StatusCreated)
		case 3:
			v.send("list", s.Users, get("/users?limit=5", s.admin), http.StatusOK)
		case 4, 5:
			v.send("refresh", s.Auth, post("/auth/refresh", "", apitest.Body{"refresh_token": s.person.RefreshToken}), http.StatusOK)
		case 6:
			v.send("me", s.Auth, get("/auth/me", s.person.AccessToken), http.StatusOK)
		case 7:
			v.send("look-up", s.Users, get("/users/"+s.person.User.ID, s.admin), http.StatusOK)
		}
	})
}

// works reports whether both services do.
func (s *slowed) works() bool {
	for client, r := range map[*apitest.Client]apitest.Request{s.Users: account(s.admin), s.Auth: login(s.person.User)} {
		if answer, err := client.Try(r); err != nil || answer.Status >= http.StatusInternalServerError {
			return false
		}
	}
	return true
}

package rest_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// from sends a sign-in the way the auth service does, for a client elsewhere.
func from(t *testing.T, service *apitest.Client, auth, address, login, password string) apitest.Response {
	t.Helper()
	return service.Do(t, apitest.Request{
		Method: "POST", Path: "/credentials/verify", Token: auth, Body: body{"login": login, "password": password},
		Header: http.Header{"Latchkey-Client-Address": {address}},
	})
}

// waitOver lets the database's clock run on for every counter.
func waitOver(t *testing.T, s *apitest.System) {
	t.Helper()
	super(t, s, "UPDATE users.throttles SET next_at = next_at - interval '20 minutes'")
}

// holdThrottles makes waits of a second longer than a slow machine takes.
const holdThrottles = "UPDATE users.throttles SET next_at = next_at + interval '1 hour' WHERE failures >= 5"

func TestS17OfFiftyGuessesFiveAreEvaluated(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, second := authIdentity(t, s), s.AnotherUsers(t)
	user := s.Register(t)
	names := []string{user.Username, strings.ToUpper(user.Username), user.Email, strings.ToUpper(user.Email)}
	next := make(chan int, 50)
	for i := range 50 {
		next <- i
	}
	counts := parallel(50, func(int) int {
		i := <-next
		service := []*apitest.Client{s.Users, second}[i%2]
		answer := from(t, service, auth, "192.0.2.1", names[i/2%len(names)], fmt.Sprintf("guess number %d", i))
		if answer.Status == http.StatusTooManyRequests {
			answer.Problem(http.StatusTooManyRequests, "throttled")
			if wait, err := strconv.Atoi(answer.Header.Get("Retry-After")); err != nil || wait < 1 {
				t.Errorf("Retry-After is %q", answer.Header.Get("Retry-After"))
			}
		}
		return answer.Status
	})
	if counts[http.StatusUnauthorized] > 5 || counts[http.StatusUnauthorized]+counts[http.StatusTooManyRequests] != 50 {
		t.Errorf("answers by status: %v", counts)
	}
	super(t, s, holdThrottles)
	from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password).Problem(http.StatusTooManyRequests, "throttled")
	relayed := s.Auth.Post(t, "/auth/login", "", body{"login": user.Username, "password": apitest.Password})
	relayed.Problem(http.StatusTooManyRequests, "throttled")
	if relayed.Header.Get("Retry-After") == "" {
		t.Error("auth does not relay Retry-After")
	}
}

// TestS16OneCounterForAllNames of an account, and of one that is not there.
func TestS16OneCounterForAllNames(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, admin := authIdentity(t, s), s.Admin(t)
	user := create(t, s, admin, body{"email": "one@bücher.example", "password": apitest.Password})
	for who, names := range map[string][]string{
		"known": {
			user.Username, strings.ToUpper(user.Username), "one@bücher.example", "ONE@Bücher.Example", "one@xn--bcher-kva.example", "One@XN--BCHER-KVA.example",
		},
		"unknown username": {"nobody-here", "NOBODY-HERE", "Nobody-Here", "nObody-here", "noBody-here", "NOBODY-here"},
		"unknown address":  {"no@bücher.example", "NO@bücher.example", "no@BÜCHER.example", "no@xn--bcher-kva.example", "no@XN--bcher-kva.EXAMPLE", "No@bu\u0308cher.example"},
	} {
		for _, name := range names[:5] { // as many as are free, each by another name
			from(t, s.Users, auth, "192.0.2.1", name, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
		}
		super(t, s, holdThrottles)
		for _, name := range names {
			if got := from(t, s.Users, auth, "192.0.2.1", name, apitest.Password).Status; got != http.StatusTooManyRequests {
				t.Errorf("%s: the sixth try, as %s, is answered %d", who, name, got)
			}
		}
	}
}

func TestS18NobodyLocksTheOwnerOut(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth := authIdentity(t, s)
	user := s.Register(t)
	const home, elsewhere = "2001:db8:1:2::7", "192.0.2.1"
	from(t, s.Users, auth, home, user.Username, apitest.Password).Is(http.StatusOK)
	for range 10 {
		from(t, s.Users, auth, elsewhere, user.Email, "a guess")
	}
	from(t, s.Users, auth, elsewhere, user.Email, apitest.Password).Problem(http.StatusTooManyRequests, "throttled")
	from(t, s.Users, auth, "2001:db8:1:2:ffff::1", user.Username, apitest.Password).Is(http.StatusOK) // the same /64
	from(t, s.Users, auth, "2001:db8:1:3::7", user.Username, apitest.Password).Problem(http.StatusTooManyRequests, "throttled")

	for range 5 { // the counter at home is one too
		from(t, s.Users, auth, home, user.Username, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	from(t, s.Users, auth, home, user.Username, "a guess").Problem(http.StatusTooManyRequests, "throttled")
}

// TestS18TheWaitHasAnEnd: however many guesses there were, whoever comes from
// elsewhere waits for a quarter of an hour at most.
func TestS18TheWaitHasAnEnd(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, user := authIdentity(t, s), s.Register(t)
	for range 20 {
		from(t, s.Users, auth, "192.0.2.1", user.Username, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
		waitOver(t, s)
	}
	from(t, s.Users, auth, "192.0.2.1", user.Username, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
	refused := from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password)
	refused.Problem(http.StatusTooManyRequests, "throttled")
	if wait, err := strconv.Atoi(refused.Header.Get("Retry-After")); err != nil || wait > 15*60 || wait < 14*60 {
		t.Errorf("the wait is %q s", refused.Header.Get("Retry-After"))
	}
	waitOver(t, s)
	from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password).Is(http.StatusOK)
}

func TestTheWaitGrowsAndSuccessEndsIt(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth := authIdentity(t, s)
	for name, login := range map[string]string{"known": s.Register(t).Username, "unknown": "no-such-person"} {
		t.Run(name, func(t *testing.T) {
			last := 0
			for failures := 1; failures <= 9; failures++ {
				waitOver(t, s)
				from(t, s.Users, auth, "192.0.2.1", login, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
				if failures < 5 {
					continue
				}
				refused := from(t, s.Users, auth, "192.0.2.1", login, "a guess")
				refused.Problem(http.StatusTooManyRequests, "throttled")
				wait, _ := strconv.Atoi(refused.Header.Get("Retry-After"))
				if want := 1 << (failures - 5); wait > want || wait < (want+1)/2 || wait < last {
					t.Errorf("after %d failures the wait is %d s, want about %d", failures, wait, want)
				}
				last = wait
			}
		})
	}
	user := s.Register(t)
	fail := func(times int) {
		for range times {
			from(t, s.Users, auth, "192.0.2.1", user.Username, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
		}
	}
	fail(4)
	from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password).Is(http.StatusOK)
	fail(5)
	s.Users.Patch(t, "/users/"+user.ID, s.Admin(t), "", body{"password": "an altogether new one"}).Is(http.StatusOK)
	from(t, s.Users, auth, "192.0.2.1", user.Username, "an altogether new one").Is(http.StatusOK)
}

func TestAnAddressIsThrottledOverAllNames(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) { u.RateLimits = true })
	auth, user := authIdentity(t, s), s.Register(t)
	for i := range 20 {
		from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password).Is(http.StatusOK) // does not count
		from(t, s.Users, auth, "192.0.2.1", fmt.Sprintf("nobody-%d", i), "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password).Problem(http.StatusTooManyRequests, "throttled")
	from(t, s.Users, auth, "192.0.2.2", user.Username, apitest.Password).Is(http.StatusOK)
}

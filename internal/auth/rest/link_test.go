package rest_test

import (
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// unavailable fails the test unless the answer tells of a dependency's fault.
func unavailable(t *testing.T, r apitest.Response) {
	t.Helper()
	r.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
	if r.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", r.Header.Get("Retry-After"))
	}
}

func login(t *testing.T, s *apitest.System, user apitest.User) apitest.Response {
	t.Helper()
	return s.Auth.Post(t, "/auth/login", "", body{"login": user.Username, "password": apitest.Password})
}

func TestALostAnswerRegistersOnce(t *testing.T) {
	t.Parallel()
	var proxy *apitest.Proxy
	s := apitest.Start(t, apitest.UsersBehind(t, &proxy))
	proxy.Next(1, apitest.CutAfterRequest, "POST", "/users")
	user := s.Register(t)
	if n := proxy.Forwarded("POST", "/users"); n != 2 {
		t.Errorf("%d requests", n)
	}
	var page struct{ Items []apitest.User }
	s.Users.Get(t, "/users?q="+user.Username, s.Admin(t)).Is(http.StatusOK).JSON(&page)
	if len(page.Items) != 1 || page.Items[0].ID != user.ID {
		t.Errorf("the accounts are %+v", page.Items)
	}
}

// TestASignInIsCheckedOnce: an attempt whose answer was lost may have been
// counted as a guess.
func TestASignInIsCheckedOnce(t *testing.T) {
	t.Parallel()
	var proxy *apitest.Proxy
	s := apitest.Start(t, apitest.UsersBehind(t, &proxy))
	user := s.Register(t)
	for i, mode := range []apitest.Mode{apitest.CutAfterRequest, apitest.Refuse, apitest.CutAfterRequest} {
		proxy.Next(1, mode, "POST", "/credentials/verify")
		unavailable(t, login(t, s, user))
		if n := proxy.Seen("POST", "/credentials/verify"); n != i+1 {
			t.Errorf("%d requests for %d sign-ins", n, i+1)
		}
	}
	login(t, s, user).Is(http.StatusOK)
}

// TestF06WithUsersDownTheCircuitOpens: nothing is a wrong password or a bad token,
// nothing waits, and nothing reaches for the network any more.
func TestF06WithUsersDownTheCircuitOpens(t *testing.T) {
	t.Parallel()
	var proxy *apitest.Proxy
	s := apitest.Start(t, apitest.UsersBehind(t, &proxy))
	grant := s.Person(t)
	in := body{"username": "nobody3", "email": "n3@example.com", "password": apitest.Password}
	all := func() {
		unavailable(t, login(t, s, grant.User))
		unavailable(t, s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": grant.RefreshToken}))
		unavailable(t, s.Auth.Get(t, "/auth/me", grant.AccessToken))
		unavailable(t, s.Auth.Post(t, "/auth/register", "", in))
	}
	proxy.Next(1000, apitest.Refuse, "", "")
	before := proxy.Seen("", "")
	all()
	asked := func() int { return proxy.Seen("", "") - proxy.Seen("GET", "/readyz") - before }
	if n := asked(); n < 5 || n > 8 {
		t.Errorf("the circuit opened after %d failures", n)
	}
	n := asked()
	for range 20 {
		all()
	}
	if asked() != n {
		t.Errorf("%d requests passed an open circuit", asked()-n)
	}
	if log := s.Logs.String(); strings.Count(log, "the circuit is open") != 1 {
		t.Error("the log does not tell of it once")
	}
}

// TestF06BackToNormal: two seconds after the users service is back, at most.
func TestF06BackToNormal(t *testing.T) {
	t.Parallel()
	var proxy *apitest.Proxy
	s := apitest.Start(t, apitest.UsersBehind(t, &proxy))
	grant := s.Person(t)
	for name, mode := range map[string]apitest.Mode{"refused": apitest.Refuse, "swallowed": apitest.BlackHole} {
		opened := strings.Count(s.Logs.String(), "the circuit is open")
		proxy.Set(mode)
		for strings.Count(s.Logs.String(), "the circuit is open") == opened {
			unavailable(t, s.Auth.Get(t, "/auth/me", grant.AccessToken))
		}
		proxy.Set(apitest.Pass)
		back := time.Now()
		for s.Auth.Get(t, "/auth/me", grant.AccessToken).Status != http.StatusOK {
			time.Sleep(10 * time.Millisecond)
		}
		took := time.Since(back)
		t.Logf("%s: back to normal after %s", name, took)
		if took > 2*time.Second {
			t.Errorf("%s: back to normal after %s", name, took)
		}
		for range 20 { // and it stays so
			s.Auth.Get(t, "/auth/me", grant.AccessToken).Is(http.StatusOK)
		}
	}
	s.Refresh(t, grant.RefreshToken)
	login(t, s, grant.User).Is(http.StatusOK)
	if log := s.Logs.String(); strings.Count(log, "the circuit is closed") != 2 {
		t.Error("the log does not tell of each end once")
	}
}

// TestNothingPilesUpInFrontOfABlackHole runs by itself: it counts goroutines.
func TestNothingPilesUpInFrontOfABlackHole(t *testing.T) {
	var proxy *apitest.Proxy
	s := apitest.Start(t, apitest.UsersBehind(t, &proxy))
	grant := s.Person(t)
	proxy.Set(apitest.BlackHole)
	wave := func(n int) (slowest time.Duration) {
		var wg sync.WaitGroup
		took := make([]time.Duration, n)
		for i := range n {
			wg.Go(func() {
				began := time.Now()
				unavailable(t, login(t, s, grant.User))
				took[i] = time.Since(began)
			})
		}
		wg.Wait()
		for _, d := range took {
			slowest = max(slowest, d)
		}
		return slowest
	}
	if slowest := wave(20); slowest < 3*time.Second || slowest > 5*time.Second {
		t.Errorf("without an answer a sign-in takes %s", slowest)
	}
	verified, connections, goroutines := proxy.Seen("POST", "/credentials/verify"), proxy.Accepted(), runtime.NumGoroutine()
	for range 10 {
		wave(20)
	}
	if got := proxy.Seen("POST", "/credentials/verify"); got != verified {
		t.Errorf("%d sign-ins passed an open circuit", got-verified)
	}
	if got := proxy.Accepted() - connections; got > 20 {
		t.Errorf("%d connections into a black hole", got)
	}
	if got := runtime.NumGoroutine(); got > goroutines+50 {
		t.Errorf("%d goroutines, and %d before", got, goroutines)
	}
	proxy.Set(apitest.Pass)
	s.AwaitUsers(t)
	login(t, s, grant.User).Is(http.StatusOK)
}

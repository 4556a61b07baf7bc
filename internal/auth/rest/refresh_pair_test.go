package rest_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// The refresh law as two instances on one database keep it.
func TestRefreshOnTwoInstances(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	instances := []*apitest.Client{s.Auth, s.AnotherAuth(t)}
	present := func(instance int, token string) apitest.Response {
		return instances[instance].Post(t, "/auth/refresh", "", body{"refresh_token": token})
	}
	// exchange has 20 present a token at once, ten at each instance, and gives
	// the one successor of all answers.
	exchange := func(t *testing.T, token string) (successor string) {
		t.Helper()
		var turn atomic.Int64
		answers := parallel(20, func() string {
			answer := present(int(turn.Add(1)%2), token)
			var grant apitest.Grant
			if answer.Status == http.StatusOK {
				answer.JSON(&grant)
			}
			return grant.RefreshToken
		})
		if len(answers) != 1 || answers[""] != 0 {
			t.Fatalf("20 exchanges of one token gave %v", answers)
		}
		for only := range answers {
			successor = only
		}
		return successor
	}
	dead := func(t *testing.T, tokens ...string) {
		t.Helper()
		for i, token := range tokens {
			present(i%2, token).Problem(http.StatusUnauthorized, "invalid_token")
		}
	}
	t.Run("the parent after the grace", func(t *testing.T) {
		parent := s.Person(t).RefreshToken
		newest := exchange(t, parent)
		if again := exchange(t, parent); again != newest {
			t.Errorf("within the grace the parent gave %s, then %s", newest, again)
		}
		later(t, s, "11 seconds")
		dead(t, parent, newest) // the very next call, at the other instance
	})
	t.Run("the grandparent within the grace", func(t *testing.T) {
		grandparent := s.Person(t).RefreshToken
		parent := exchange(t, grandparent)
		newest := exchange(t, parent)
		dead(t, grandparent, newest, parent)
	})
	t.Run("20 parents after the grace, beside the newest", func(t *testing.T) {
		parent := s.Person(t).RefreshToken
		newest := exchange(t, parent)
		later(t, s, "11 seconds")
		var turn atomic.Int64
		answers := parallel(20, func() int { return present(int(turn.Add(1)%2), parent).Status })
		if answers[http.StatusUnauthorized] != 20 {
			t.Errorf("answers to a parent after the grace: %v", answers)
		}
		dead(t, newest)
	})
}

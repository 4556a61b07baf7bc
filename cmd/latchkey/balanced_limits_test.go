package main_test

import (
	"strconv"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// limitedTo is the limit of each operation that is counted here.
const limitedTo = 6

// S21: two instances of each service behind a balancer let one limit through
// and not two, by address and by caller. Instances look and then count, so one
// request more for the second is allowed (limits_redis.go).
func TestS21LimitsAreNotDoubled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shared      bool
		least, most int
	}{
		"with Redis":    {true, limitedTo, limitedTo + 1},
		"without Redis": {false, limitedTo + 2, 2 * limitedTo}, // what the test would see without sharing
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			six := strconv.Itoa(limitedTo) + "/12h"
			env := []string{"RATE_LIMITS=on", "RATE_LIMIT_GET_OPENAPI_JSON=" + six, "RATE_LIMIT_LIST_USERS=" + six, "RATE_LIMIT_GET_ME=" + six}
			if c.shared {
				redis := apitest.NewRedis(t)
				redis.Start(t)
				env = append(env, "REDIS_URL="+redis.URL(), "REDIS_TIMEOUT=3s") // patient, on a machine that is full of tests
			}
			b := deployBalanced(t, env...)
			admin := b.Admin(t)
			for _, count := range []struct {
				what   string
				client *apitest.Client
				path   string
				token  string
			}{
				{"users, by address", b.Users, "/openapi.json", ""},
				{"users, by caller", b.Users, "/users", admin},
				{"auth, by address", b.Auth, "/openapi.json", ""},
				{"auth, by caller", b.Auth, "/auth/me", admin},
			} {
				let := apitest.LetThrough(t, 10*limitedTo, count.path, count.token, count.client)
				t.Logf("%s: %d of %d were let through", count.what, let, 10*limitedTo)
				if let < c.least || let > c.most {
					t.Errorf("%s: %d were let through, want %d to %d", count.what, let, c.least, c.most)
				}
			}
			servers, err := b.servers()
			for _, name := range []string{"auth1", "auth2", "users1", "users2"} {
				if n, _ := strconv.Atoi(servers[name].requests); err != nil || n < limitedTo {
					t.Errorf("%s got %s requests: the balancer did not balance (%v)", name, servers[name].requests, err)
				}
			}
		})
	}
}

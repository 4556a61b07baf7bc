package rest_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// redisServer is the one that a test's instances share.
type redisServer struct{ *apitest.Redis }

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 200 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// limited turns limits on, counts them there, and allows six of each of two
// operations: one that both services have, by address, and one by caller.
func (r redisServer) limited(a *config.Auth, u *config.Users) {
	for _, c := range []*config.Common{&a.Common, &u.Common} {
		c.RateLimits, c.RedisURL = true, config.Secret(r.URL())
		six := config.RateLimit{Requests: 6, Window: 12 * time.Hour}
		c.RateLimitOverrides = map[string]config.RateLimit{"GET_OPENAPI_JSON": six, "LIST_USERS": six}
	}
}

func health(t *testing.T, c *apitest.Client) string {
	t.Helper()
	var out struct{ Status string }
	began := time.Now()
	c.Get(t, "/readyz", "").Is(200).JSON(&out)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("/readyz took %s", took)
	}
	return out.Status
}

// redisLines is what the services log of Redis.
func redisLines(s *apitest.System) string {
	var lines []string
	for line := range strings.Lines(s.Logs.String()) {
		if strings.Contains(line, "Redis") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// patient waits for a Redis that is slow on a busy machine: the tests of what
// happens when it is too slow leave this out.
func patient(a *config.Auth, u *config.Users) {
	a.RedisTimeout, u.RedisTimeout = 5*time.Second, 5*time.Second
}

func TestS21TwoInstancesShareALimit(t *testing.T) {
	t.Parallel()
	r := redisServer{apitest.NewRedis(t)}
	r.Start(t)
	s := apitest.Start(t, r.limited, patient)
	second := s.AnotherUsers(t)
	admin := s.Admin(t)
	for range 3 { // in turns
		s.Users.Get(t, "/openapi.json", "").Is(200)
		second.Get(t, "/openapi.json", "").Is(200)
	}
	s.Users.Get(t, "/openapi.json", "").Problem(429, "rate_limited")
	second.Get(t, "/openapi.json", "").Problem(429, "rate_limited")
	s.Auth.Get(t, "/openapi.json", "").Is(200) // of the same name, and another service's

	// At once: instances look and then count, so one too many for the second.
	if let := apitest.LetThrough(t, 60, "/users", admin, s.Users, second); let < 6 || let > 7 {
		t.Errorf("two instances let %d pass at a limit of 6\n%s", let, redisLines(s))
	}
	if got := health(t, s.Users) + health(t, second) + health(t, s.Auth); got != "okokok" {
		t.Errorf("health is %q", got)
	}

	client := redis.NewClient(&redis.Options{Network: "unix", Addr: r.Socket})
	defer client.Close()
	keys, err := client.Keys(context.Background(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.Join(keys, "\n")
	if !strings.Contains(joined, "latchkey:users:getOpenapiJson:") || !strings.Contains(joined, "latchkey:auth:getOpenapiJson:") {
		t.Errorf("the keys are\n%s", joined)
	}
	for _, key := range keys {
		if strings.Contains(strings.TrimPrefix(key, "latchkey:"), apitest.AdminUsername) || !strings.HasPrefix(key, "latchkey:") {
			t.Errorf("there is a key %q", key)
		}
		if life, err := client.TTL(context.Background(), key).Result(); err != nil || life <= 0 {
			t.Errorf("%s lives %s, %v", key, life, err)
		}
	}
}

// TestRedisGoes: each instance counts on from what it knows, and nobody waits.
func TestRedisGoes(t *testing.T) {
	t.Parallel()
	r := redisServer{apitest.NewRedis(t)}
	r.Start(t)
	s := apitest.Start(t, r.limited, patient)
	admin := s.Admin(t)
	if let := apitest.LetThrough(t, 4, "/users", admin, s.Users); let != 4 {
		t.Fatalf("%d of 4 pass", let)
	}
	r.Kill()
	began := time.Now()
	if let := apitest.LetThrough(t, 40, "/users", admin, s.Users); let != 2 {
		t.Errorf("%d pass without Redis, want the 2 that were left", let)
	}
	t.Logf("40 requests around the loss took %s", time.Since(began))
	if got := health(t, s.Users); got != "degraded" {
		t.Errorf("health is %q without Redis", got)
	}
	r.Start(t)
	began = time.Now()
	eventually(t, "ok again", func() bool { return health(t, s.Users) == "ok" })
	t.Logf("ok again %s after its return", time.Since(began))
	if let := apitest.LetThrough(t, 5, "/users", admin, s.Users); let != 0 {
		t.Errorf("%d pass a spent limit because Redis came back empty", let)
	}
	if let := apitest.LetThrough(t, 8, "/openapi.json", "", s.Users, s.AnotherUsers(t)); let < 6 || let > 7 {
		t.Errorf("after its return, %d of 6 pass\n%s", let, redisLines(s))
	}
	for _, word := range []string{"Redis is gone", "Redis is back"} {
		if !strings.Contains(s.Logs.String(), word) {
			t.Errorf("the log does not say %q", word)
		}
	}
}

// TestRedisHangs: a Redis that accepts and does not answer.
func TestRedisHangs(t *testing.T) {
	t.Parallel()
	r := redisServer{apitest.NewRedis(t)}
	r.Start(t)
	s := apitest.Start(t, r.limited)
	apitest.LetThrough(t, 2, "/openapi.json", "", s.Users)
	r.Signal(syscall.SIGSTOP)
	began := time.Now()
	if let := apitest.LetThrough(t, 40, "/openapi.json", "", s.Users); let != 4 {
		t.Errorf("%d pass, want the 4 that were left", let)
	}
	took := time.Since(began)
	t.Logf("40 requests around the hang took %s", took)
	if took > 20*time.Second {
		t.Errorf("requests hung for %s", took)
	}
	if got := health(t, s.Users); got != "degraded" {
		t.Errorf("health is %q while Redis hangs", got)
	}
	r.Signal(syscall.SIGCONT)
	eventually(t, "ok again", func() bool { return health(t, s.Users) == "ok" })
}

// TestRedisAbsentAtStart: the services start, and find it when it comes.
func TestRedisAbsentAtStart(t *testing.T) {
	t.Parallel()
	r := redisServer{apitest.NewRedis(t)}
	s := apitest.Start(t, r.limited)
	if got := health(t, s.Users) + health(t, s.Auth); got != "degradeddegraded" {
		t.Errorf("health is %q", got)
	}
	if let := apitest.LetThrough(t, 20, "/openapi.json", "", s.Users); let != 6 {
		t.Errorf("%d pass at a limit of 6", let)
	}
	r.Start(t)
	eventually(t, "ok", func() bool { return health(t, s.Users)+health(t, s.Auth) == "okok" })
}

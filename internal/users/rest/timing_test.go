//go:build timing

package rest_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// How many tries each case gets, and by how much medians may differ.
const (
	timingTries  = 300
	timingSpread = 0.05
)

// It measures, so it runs alone and without the race detector:
//
//	go test -tags timing -run TestTiming -count=1 -v ./internal/users/rest
func TestTimingS14RefusalsTakeTheSameTime(t *testing.T) {
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) { u.BcryptCost = 10 })
	admin := s.Admin(t)
	live := create(t, s, admin, body{"password": apitest.Password})
	deleted := create(t, s, admin, body{"password": apitest.Password})
	s.Users.Delete(t, "/users/"+deleted.ID, admin, "").Is(http.StatusNoContent)
	disabled := create(t, s, admin, body{"password": apitest.Password, "roles": []string{"user"}})
	s.Users.Patch(t, "/users/"+disabled.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	none := create(t, s, admin, nil)
	long := strings.Repeat("x", 73)
	cases := []*timed{
		{name: "wrong", login: live.Username, password: "a wrong passphrase"},
		{name: "wrong, by email", login: live.Email, password: "a wrong passphrase"},
		{name: "wrong, 73 bytes", login: live.Username, password: long},
		{name: "unknown", login: "nobody-at-all", password: apitest.Password},
		{name: "unknown, by email", login: "nobody@example.com", password: apitest.Password},
		{name: "unknown, 73 bytes", login: "nobody-at-all", password: long},
		{name: "impossible name", login: "no such name!", password: apitest.Password},
		{name: "deleted", login: deleted.Username, password: apitest.Password},
		{name: "disabled", login: disabled.Username, password: apitest.Password},
		{name: "password-less", login: none.Username, password: apitest.Password},
		{name: "password-less, 73 bytes", login: none.Username, password: long},
		{name: "wrong, empty", login: live.Username, empty: true},
		{name: "unknown, empty", login: "nobody-at-all", empty: true},
	}
	for range timingTries {
		auth := authIdentity(t, s) // a new one: they live for a minute
		for _, c := range cases {
			c.try(t, s, auth)
		}
		if _, err := s.UsersDB.Pool.Exec(context.Background(), "DELETE FROM users.throttles"); err != nil {
			t.Fatal(err)
		}
	}
	compareMedians(t, cases)
}

// timed is one kind of refusal. An empty password is 400 before anything is
// looked up, for every login.
type timed struct {
	name, login, password string
	empty                 bool
	took                  []time.Duration
}

func (c *timed) try(t *testing.T, s *apitest.System, auth string) {
	t.Helper()
	want := http.StatusUnauthorized
	if c.empty {
		want = http.StatusBadRequest
	}
	request := apitest.Request{Method: http.MethodPost, Path: "/credentials/verify", Token: auth, Body: body{"login": c.login, "password": c.password}}
	start := time.Now()
	response, err := s.Users.Try(request)
	c.took = append(c.took, time.Since(start))
	if err != nil || response.Status != want {
		t.Fatalf("%s: status %d, %v\n%s", c.name, response.Status, err, response.Body)
	}
}

func (c *timed) median() time.Duration {
	sorted := slices.Sorted(slices.Values(c.took))
	return sorted[len(sorted)/2]
}

func compareMedians(t *testing.T, cases []*timed) {
	t.Helper()
	low, high := time.Duration(1<<62), time.Duration(0)
	for _, c := range cases {
		m := c.median()
		t.Logf("%-24s median %8.3f ms of %d", c.name, float64(m.Microseconds())/1000, len(c.took))
		if !c.empty {
			low, high = min(low, m), max(high, m)
		}
	}
	spread := float64(high-low) / float64(low)
	t.Logf("spread of the medians: %.2f %%", 100*spread)
	if spread > timingSpread {
		t.Errorf("medians differ by %.1f %%, more than %.0f %%", 100*spread, 100*timingSpread)
	}
}

//go:build timing

package rest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// How many tries each kind gets, by how much medians may differ, and what a
// hash costs: the cheaper it is, the more anything else would show.
const (
	timingTries  = 500
	timingSpread = 0.05
	timingCost   = 8
)

// It measures, so it runs alone and without the race detector, as `make attack`
// runs it:
//
//	go test -tags timing -run 'TestS14S15Timed' -count=1 -v ./internal/users/rest
func TestS14S15Timed(t *testing.T) {
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) { u.BcryptCost = timingCost })
	var hashed, empty []*timed
	for _, r := range refusedLogins(t, s) {
		if r.password == "" {
			empty = append(empty, &timed{refusedLogin: r})
		} else {
			hashed = append(hashed, &timed{refusedLogin: r})
		}
	}
	cases := slices.Concat(hashed, empty, empty, empty, empty) // which take next to no time, so that more are needed
	for range timingTries {
		auth := authIdentity(t, s) // a new one: they live for a minute
		rand.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		for _, c := range cases {
			c.try(t, s, auth)
		}
		if _, err := s.UsersDB.Pool.Exec(context.Background(), "DELETE FROM users.throttles"); err != nil {
			t.Fatal(err)
		}
	}
	compareMedians(t, "medians_differ_by", hashed)
	compareMedians(t, "medians_of_empty_ones_differ_by", empty)
}

// timed is one kind of refusal and how long each took.
type timed struct {
	refusedLogin
	took []time.Duration
}

func (c *timed) try(t *testing.T, s *apitest.System, auth string) {
	t.Helper()
	request := apitest.Request{Method: http.MethodPost, Path: "/credentials/verify", Token: auth, Body: body{"login": c.login, "password": c.password}}
	start := time.Now()
	response, err := s.Users.Try(request)
	c.took = append(c.took, time.Since(start))
	if err != nil || response.Status != c.status() {
		t.Fatalf("%s: status %d, %v\n%s", c.name, response.Status, err, response.Body)
	}
}

func (c *timed) median() time.Duration {
	sorted := slices.Sorted(slices.Values(c.took))
	return sorted[len(sorted)/2]
}

// compareMedians puts by how much they differ beside the check's line.
func compareMedians(t *testing.T, figure string, cases []*timed) {
	t.Helper()
	low, high := time.Duration(1<<62), time.Duration(0)
	for _, c := range cases {
		m := c.median()
		t.Logf("%-24s median %8.3f ms of %d", c.name, float64(m.Microseconds())/1000, len(c.took))
		low, high = min(low, m), max(high, m)
	}
	spread := float64(high-low) / float64(low)
	t.Attr(figure, fmt.Sprintf("%.2f %%", 100*spread))
	if spread > timingSpread {
		t.Errorf("%s: %.1f %%, more than %.0f %%", figure, 100*spread, 100*timingSpread)
	}
}

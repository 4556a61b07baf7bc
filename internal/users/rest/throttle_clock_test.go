package rest_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// What was guessed stays counted, and nobody passes early, whatever the services'
// clocks say and after each restart; nor where the database's own clock is set back.
func TestF10ThrottlesDoNotGoBack(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	const guesses, wait = 11, 64 // seconds, after so many
	try := func(off time.Duration, password string) apitest.Response {
		auth := s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "credentials:verify", IssuedAt: time.Now().Add(off)})
		return from(t, s.Users, auth, "192.0.2.1", user.Username, password)
	}
	throttled := func(off time.Duration) (seconds int) {
		t.Helper()
		answer := try(off, apitest.Password)
		answer.Problem(http.StatusTooManyRequests, "throttled")
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil {
			t.Error(err)
		}
		return seconds
	}
	for range guesses {
		waitOver(t, s)
		try(0, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	last := wait
	for _, off := range []time.Duration{5 * time.Minute, -5 * time.Minute, 0} {
		s.SetClocks(t, off, off)
		if left := throttled(off); left > last || left < wait-30 {
			t.Errorf("with clocks off by %s the wait is %d s", off, left)
		}
	}
	super(t, s, "UPDATE users.throttles SET next_at = next_at + interval '5 minutes'") // as the database sees it once its clock is set back
	if left := throttled(0); left < 5*60 {
		t.Errorf("after the database's clock was set back the wait is %d s", left)
	}
	waitOver(t, s)
	try(0, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
	if left := throttled(0); left <= wait {
		t.Errorf("after one guess more the wait is %d s: the others were forgotten", left)
	}
}

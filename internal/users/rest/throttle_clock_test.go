package rest_test

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// An attempt that has to wait for its counter behind one that began later is not
// taken for an early one: of two right passwords at once neither is refused.
func TestAnAttemptBehindAnotherIsNotThrottled(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	auth, user := authIdentity(t, s), s.Register(t)
	from(t, s.Users, auth, "192.0.2.1", user.Username, "a guess").Problem(http.StatusUnauthorized, "invalid_credentials")
	conn, err := pgx.Connect(t.Context(), s.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "BEGIN; SELECT FROM users.throttles FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan apitest.Response, 1)
	go func() { answered <- from(t, s.Users, auth, "192.0.2.1", user.Username, apitest.Password) }()
	for began, waits := time.Now(), false; !waits; time.Sleep(time.Millisecond) {
		if err := conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT granted AND datname = current_database())").Scan(&waits); err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > 30*time.Second {
			t.Fatal("it does not wait")
		}
	}
	if _, err := conn.Exec(t.Context(), "UPDATE users.throttles SET failures = failures + 1, next_at = clock_timestamp(); COMMIT"); err != nil {
		t.Fatal(err)
	}
	answer := <-answered
	answer.Is(http.StatusOK)
}

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

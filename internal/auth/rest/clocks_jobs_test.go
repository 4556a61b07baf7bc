package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/token"
)

// sessionOf is the session that a refresh token names.
func sessionOf(refreshToken string) string { return strings.Split(refreshToken, ".")[1] }

// job is a row of the queue.
type job struct {
	id         int64
	wait       time.Duration // from its insertion, by the database's clock
	due        time.Duration // from now
	state      string
	ran, sleep int // attempts, and how often it was put off
}

// jobOf gives the latest job of a kind whose arguments hold a value.
func jobOf(t *testing.T, s *apitest.System, kind, value string) (j job) {
	t.Helper()
	err := s.AuthDB.Pool.QueryRow(context.Background(), `SELECT id, scheduled_at - created_at, scheduled_at - now(), state::text,
		attempt, coalesce((metadata->>'snoozes')::int, 0)
		FROM auth.river_job WHERE kind = $1 AND args::text LIKE '%' || $2 || '%' ORDER BY id DESC LIMIT 1`, kind, value,
	).Scan(&j.id, &j.wait, &j.due, &j.state, &j.ran, &j.sleep)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return j
}

// awaitJob waits until a job has become what it is to be.
func awaitJob(t *testing.T, s *apitest.System, what, kind, value string, is func(job) bool) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		j := jobOf(t, s, kind, value)
		if is(j) {
			return
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%s does not come about: %+v", what, j)
		}
	}
}

// hurry makes a job due at once.
func hurry(t *testing.T, s *apitest.System, id int64) {
	t.Helper()
	execAuth(t, s, "UPDATE auth.river_job SET state = 'available', scheduled_at = now() WHERE id = $1", id)
}

// An unconfirmed registration is removed a day after it was made by the
// database's clock, however far the service's is off, and whatever has the job
// run before.
func TestF10NoRegistrationIsRemovedEarly(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.RegistrationPrivacy, a.RequireVerified = config.Private, true })
	const behind, ahead = -5 * time.Minute, 25 * time.Hour
	for _, off := range []time.Duration{behind, ahead} {
		s.SetClocks(t, off, off)
		name := apitest.Name()
		email := name + "@example.com"
		s.Auth.Post(t, "/auth/register", "", body{"username": name, "email": email, "password": apitest.Password}).Is(http.StatusAccepted)
		s.Mails.Token(t, email, mail.VerifyEmail, 1)
		id := userID(t, s, name)
		expiry := jobOf(t, s, "expire_registration", id)
		settle := jobOf(t, s, "settle", "intent")
		t.Logf("off by %s: the registration ends after %s, its intent is looked into after %s", off, expiry.wait, settle.wait)
		if expiry.wait < 24*time.Hour-time.Second || settle.wait < 14*time.Second {
			t.Errorf("off by %s: the jobs are due after %s and %s", off, expiry.wait, settle.wait)
		}
		if off == ahead { // by its own clock the service takes the job to be due, and looks for work all the while
			awaitJob(t, s, "a job that is due by the service's clock", "expire_registration", id, func(j job) bool { return j.state == "available" })
			forgot(t, s, email, 1)
			if j := jobOf(t, s, "expire_registration", id); j.ran+j.sleep != 0 {
				t.Errorf("it has run early: %+v", j)
			}
		}
		hurry(t, s, expiry.id)
		awaitJob(t, s, "putting it off", "expire_registration", id, func(j job) bool { return j.sleep > 0 && j.state != "running" })
		userID(t, s, name) // it is still there

		execAuth(t, s, "UPDATE auth.river_job SET args = jsonb_set(args, '{due}', to_jsonb(now())) WHERE id = $1", expiry.id)
		hurry(t, s, expiry.id)
		awaitJob(t, s, "the end of the job", "expire_registration", id, func(j job) bool { return j.state == "completed" })
		if got := s.Users.Get(t, "/users/"+name, reader(t, s)).Status; got != http.StatusNotFound {
			t.Errorf("after its day the account answers %d", got)
		}
	}
}

// reader is a token that lets its holder look accounts up, by the users
// service's clock.
func reader(t *testing.T, s *apitest.System) string {
	t.Helper()
	claims := token.Claims{Scope: "users:read", IssuedAt: time.Now()}
	if s.UsersNow != nil {
		claims.IssuedAt = s.UsersNow()
	}
	return s.Mint(t, claims)
}

// userID finds an account, which must be there.
func userID(t *testing.T, s *apitest.System, name string) string {
	t.Helper()
	var user apitest.User
	s.Users.Get(t, "/users/"+name, reader(t, s)).Is(http.StatusOK).JSON(&user)
	return user.ID
}

// An intent is not looked into while the request that noted it may still be at
// work, by the database's clock.
func TestF10NoIntentIsSettledEarly(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.SetClocks(t, 25*time.Hour, 25*time.Hour)
	user := s.Register(t)
	const intent = "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
	execAuth(t, s, "INSERT INTO auth.intents (id, kind, user_id) VALUES ($1, 'delete_account', $2)", intent, user.ID)
	execAuth(t, s, `INSERT INTO auth.river_job (kind, queue, max_attempts, args) VALUES ('settle', 'default', 25, jsonb_build_object('intent', $1::text))`, intent)
	awaitJob(t, s, "putting it off", "settle", intent, func(j job) bool { return j.sleep > 0 && j.state != "running" })
	execAuth(t, s, "UPDATE auth.intents SET created_at = created_at - interval '10 seconds' WHERE id = $1", intent)
	hurry(t, s, jobOf(t, s, "settle", intent).id)
	awaitJob(t, s, "the end of the job", "settle", intent, func(j job) bool { return j.state == "completed" })
	var left int
	if err := s.AuthDB.Pool.QueryRow(context.Background(), "SELECT count(*) FROM auth.intents WHERE id = $1", intent).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d intents left, %v", left, err)
	}
}

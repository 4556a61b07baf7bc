package sdktest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// World is a pair of services that a story happens in.
type World struct{ *apitest.System }

// Start runs both services: limits hold, of which RESEND_VERIFICATION is 1 an
// hour, and wide for LOGIN and CREATE_USER, which come often here. Nobody signs
// in with an address that was not confirmed.
func Start(t testing.TB) World {
	t.Helper()
	return World{apitest.Start(t, func(a *config.Auth, u *config.Users) {
		a.RateLimits, u.RateLimits, a.RequireVerified = true, true, true
		wide := config.RateLimit{Requests: 10_000, Window: time.Minute}
		a.RateLimitOverrides = map[string]config.RateLimit{"RESEND_VERIFICATION": {Requests: 1, Window: time.Hour}, "LOGIN": wide}
		u.RateLimitOverrides = map[string]config.RateLimit{"CREATE_USER": wide}
	})}
}

// Do does what a story asks for by name, and gives what it asked for:
//
//	verification ADDRESS  the token of the mail that confirms an address
//	reset ADDRESS         the token of the mail that resets a password
//	use-token             somebody else is using each one-time token just now
//	run-keys              the first request of each Idempotency-Key still runs
//	young-keys            all signing keys were published just now
//	break                 no account can be made any more
//	stop-users            the users service is down
//	start-users           and up again
func (w World) Do(t testing.TB, what, argument string) string {
	t.Helper()
	switch what {
	case "verification":
		return w.Mails.Token(t, argument, mail.VerifyEmail, 1)
	case "reset":
		return w.Mails.Token(t, argument, mail.ResetPassword, 1)
	case "use-token":
		w.exec(t, "UPDATE auth.one_time_tokens SET lease = id, leased_until = now() + interval '1 minute'")
	case "run-keys":
		w.exec(t, "UPDATE users.idempotency_keys SET status = NULL, leased_until = now() + interval '1 minute'")
	case "young-keys":
		w.exec(t, "UPDATE auth.signing_keys SET created_at = now()")
	case "break":
		w.exec(t, `CREATE FUNCTION users.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
			CREATE TRIGGER refuse BEFORE INSERT ON users.users FOR EACH ROW EXECUTE FUNCTION users.refuse()`)
	case "stop-users":
		w.StopUsers()
	case "start-users":
		w.RunUsers(apitest.Rebind(t, w.Users.URL))
		w.AwaitUsers(t)
	default:
		t.Fatalf("a story asks for %q", what)
	}
	return ""
}

// exec may do to both services' tables what it likes.
func (w World) exec(t testing.TB, sql string) {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, w.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	if _, err := db.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

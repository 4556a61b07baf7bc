package faults_test

import (
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// failoverLimit is from the replica's promotion to the services' return.
const failoverLimit = 5 * time.Second

// F7: the primary dies under load, or is made read-only while its connections stay as they are,
// and its synchronous replica is promoted. Nothing that was acknowledged is lost, nobody is signed
// out, and the services, which nobody restarts, are back 5 s after the promotion.
//
// Not in parallel: it measures a time.
func TestF07PrimaryDies(t *testing.T) {
	failOver(t, func(t *testing.T, pair *dbtest.Pair, load *faults.Load) {
		pair.Primary.Kill(t)
		load.AwaitLost(t, 10)
	})
}

// Not in parallel, as TestF07PrimaryDies.
func TestF07PrimaryIsDemoted(t *testing.T) {
	failOver(t, func(t *testing.T, pair *dbtest.Pair, load *faults.Load) {
		pair.Primary.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on")
		pair.Primary.Exec(t, "SELECT pg_reload_conf()")
		load.AwaitLost(t, 10)
	})
}

// failOver has the replica promoted after something has happened to the primary.
func failOver(t *testing.T, happens func(*testing.T, *dbtest.Pair, *faults.Load)) {
	t.Helper()
	enough := faults.Length(10, 50)
	pair := dbtest.StartPair(t)
	pair.Synchronous(t)
	r := run(t, apitest.DeployOn(t, pair.Users(t), pair.Auth(t), "DATABASE_MAX_CONNS=6"))
	r.everything(t)
	r.load.AwaitEach(t, enough, r.load.Mark()) // on the primary
	happens(t, pair, r.load)
	promoted := r.load.Mark()
	pair.Promote(t)
	took := r.load.AwaitEach(t, enough, promoted) // on the replica
	t.Logf("%v", took)
	faults.Within(t, "back_after_the_promotion_at_the_slowest", slowestOf(took), failoverLimit)
	r.neverRestarted(t)
	r.load.Check(t, r.Deployment)
	last := r.Register(t)
	r.Mailbox.Token(t, last.Email, mail.VerifyEmail, 1) // jobs are worked again
}

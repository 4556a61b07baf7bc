package faults_test

import (
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// slowestOf is the kind that took the longest.
func slowestOf(took map[faults.Kind]time.Duration) (slowest time.Duration) {
	for _, d := range took {
		slowest = max(slowest, d)
	}
	return slowest
}

// F2: every process of PostgreSQL is killed under load and a supervisor starts it again; and one
// process is, after which it recovers by itself.
//
// Not in parallel: it takes the time that the services need to come back.
func TestF02PostgreSQLIsKilled(t *testing.T) {
	server := dbtest.StartAlone(t)
	r, dice := run(t, apitest.DeployOn(t, server.Users(t), server.Auth(t))), faults.Dice(t)
	r.everything(t)
	var slowest time.Duration
	kills := faults.Length(2, 12)
	for i := range kills {
		r.load.AwaitEach(t, 3+dice.IntN(10), r.load.Mark())
		if i%2 == 0 {
			server.Kill(t)
			r.load.AwaitLost(t, 5)
			time.Sleep(time.Duration(dice.IntN(2000)) * time.Millisecond) // away for longer or not
			server.Restart(t)
		} else {
			server.Crash(t)
		}
		took := r.load.AwaitEach(t, 1, r.load.Mark())
		t.Logf("%v", took)
		slowest = max(slowest, slowestOf(took))
	}
	faults.Figure(t, "kills", kills)
	faults.Within(t, "back_after_postgresql_at_the_slowest", slowest, backLimit)
	r.neverRestarted(t)
	r.load.Check(t, r.Deployment)
}

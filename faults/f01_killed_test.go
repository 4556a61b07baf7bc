package faults_test

import (
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// loaded is both services under a load whose client keeps a journal.
type loaded struct {
	*running
	load *faults.Load
}

func run(t *testing.T, d *apitest.Deployment) *loaded {
	t.Helper()
	return &loaded{running: start(t, d), load: faults.NewLoad(t)}
}

// everything starts a load of every kind.
func (r *loaded) everything(t *testing.T) {
	t.Helper()
	admin := r.Admin(t)
	person := r.load.Person(t, r.Deployment)
	for range 2 {
		r.load.Run(faults.Registers, r.Auth)
		r.load.Run(faults.Creates(admin), r.Users)
		r.load.Run(faults.Changes(admin, r.load.Account(t, r.Deployment)), r.Users)
		r.load.Run(faults.LooksUp(admin, person.User), r.Users)
		r.load.Run(faults.Refreshes(r.load.Person(t, r.Deployment)), r.Auth)
	}
	r.load.Run(faults.Refreshes(person), r.Auth)
	r.load.Run(faults.SignsInAndOut(person.User), r.Auth)
}

// F1: whatever is killed and whenever, an account that was acknowledged is there, whole, and
// nobody is told that a good credential is bad.
//
// Not in parallel: it takes the time that a service needs to come back.
func TestF01KilledServices(t *testing.T) {
	r, dice := run(t, apitest.Deploy(t)), faults.Dice(t)
	r.everything(t)
	var slowest time.Duration
	kills := faults.Length(4, 50)
	for i := range kills {
		r.load.Mark()
		r.load.Await(t, faults.Registration, 2+dice.IntN(faults.Length(4, 8)))
		if i%2 == 0 {
			r.users.Kill()
			r.users = r.RunUsers(t, r.UsersAddr)
			slowest = max(slowest, r.users.AwaitReady(t, r.UsersAddr, startLimit))
		} else {
			r.auth.Kill()
			r.auth = r.RunAuth(t, r.AuthAddr)
			slowest = max(slowest, r.auth.AwaitReady(t, r.AuthAddr, startLimit))
		}
	}
	r.load.AwaitEach(t, 5, r.load.Mark())
	faults.Figure(t, "kills", kills)
	faults.Within(t, "ready_after_kill_at_the_slowest", slowest, backLimit)
	if r.load.Count(faults.Unknown) == 0 {
		t.Error("no answer was lost: nothing was proved")
	}
	r.load.Check(t, r.Deployment)
}

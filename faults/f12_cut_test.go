package faults_test

import (
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// F12: the network between auth and users is cut, loses one direction, or breaks in the middle of
// an answer, while people register and try again. What is held at other points of a registration
// is in cmd/latchkey (TestPartialFailures).
func TestF12CutBetweenTheServices(t *testing.T) {
	t.Parallel()
	d, dice := apitest.Deploy(t), faults.Dice(t)
	proxy := faults.NewTCPProxy(t, d.UsersAddr)
	d.Env = append(d.Env, "USERS_URL=http://"+proxy.Addr())
	r := run(t, d)
	person := r.load.Person(t, d)
	for range 2 {
		r.load.Run(faults.Registers, d.Auth)
		r.load.Run(faults.RegistersUnderAKey, d.Auth)
	}
	r.load.Run(faults.Refreshes(person), d.Auth)
	r.load.Run(faults.SignsInAndOut(person.User), d.Auth)

	// A direction is away for longer than auth waits for users, or not.
	away := func() time.Duration { return time.Duration(100+dice.IntN(faults.Length(300, 3000))) * time.Millisecond }
	const longerThanACall = 4500 * time.Millisecond
	for range faults.Length(1, 5) {
		for _, way := range []struct {
			name    string
			breaks  func()
			outlast time.Duration
		}{
			{"cut", proxy.Cut, away()},
			{"nothing arrives", proxy.Swallow, away()},
			{"no answer arrives", proxy.SwallowAnswers, longerThanACall},
			{"cut in an answer", func() { proxy.CutAnswers(dice.IntN(1000)) }, away()},
			{"half open, and late", func() { proxy.HalfOpen(); proxy.Delay(away() / 10) }, away()},
		} {
			before := r.load.Count(faults.Unknown)
			way.breaks()
			time.Sleep(way.outlast)
			proxy.Heal()
			r.load.AwaitEach(t, 1, r.load.Mark())
			t.Logf("%s for %s: %d requests without an answer", way.name, way.outlast, r.load.Count(faults.Unknown)-before)
		}
	}
	if r.load.Count(faults.Unknown) == 0 {
		t.Error("no answer was lost: nothing was proved")
	}
	r.load.Check(t, d)
}

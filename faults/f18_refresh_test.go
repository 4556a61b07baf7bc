package faults_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// F18: clients race to exchange the tokens of their sessions, at two instances, while these and
// the users service are killed and while the database fails over. No exchange gives two successors
// and no session ends; a token from before all that is still worth nothing, and ends its session.
//
// Not in parallel: what takes longer than the grace ends a session, by the law.
func TestF18RefreshRacesThroughKillsAndFailover(t *testing.T) {
	pair, dice := dbtest.StartPair(t), faults.Dice(t)
	pair.Synchronous(t)
	r := run(t, apitest.DeployOn(t, pair.Users(t), pair.Auth(t), "DATABASE_MAX_CONNS=6"))
	addr := apitest.FreeAddr(t)
	another := r.RunAuth(t, addr)
	another.AwaitReady(t, addr, startLimit)
	clients := []*apitest.Client{r.Auth, apitest.NewAuthClient("http://" + addr)}
	var old [][]string
	for range 4 {
		old = append(old, chain(t, r))
	}
	for range faults.Length(4, 8) {
		r.load.Race(4, r.load.Person(t, r.Deployment), clients...)
	}
	kills := faults.Length(4, 30)
	for i := range kills {
		r.load.Mark()
		r.load.Await(t, faults.Refresh, 20+dice.IntN(100))
		switch i % 3 {
		case 0:
			r.auth.Kill()
			r.auth = r.RunAuth(t, r.AuthAddr)
			r.auth.AwaitReady(t, r.AuthAddr, startLimit)
		case 1:
			another.Kill()
			another = r.RunAuth(t, addr)
			another.AwaitReady(t, addr, startLimit)
		case 2:
			r.users.Kill()
			r.users = r.RunUsers(t, r.UsersAddr)
			r.users.AwaitReady(t, r.UsersAddr, startLimit)
		}
		if i == kills/2 {
			pair.Primary.Kill(t)
			r.load.AwaitLost(t, 10)
			pair.Promote(t)
		}
	}
	r.load.AwaitEach(t, 100, r.load.Mark())
	for i, tokens := range old {
		r.load.Do(faults.ReplayOf(tokens[i%(len(tokens)-2)]), r.Auth)
		r.load.Do(faults.ReplayOf(tokens[len(tokens)-1]), clients[1]) // the newest has gone with it
	}
	faults.Figure(t, "kills", kills)
	if r.load.Count(faults.Unknown) == 0 {
		t.Error("no answer was lost: nothing was proved")
	}
	r.load.Check(t, r.Deployment)
}

// chain is a session that was refreshed a few times: its tokens, the oldest first.
func chain(t *testing.T, r *loaded) []string {
	t.Helper()
	tokens := []string{r.load.Person(t, r.Deployment).RefreshToken}
	for range 4 {
		took := func(next string) { tokens = append(tokens, next) }
		if !r.load.Do(faults.RefreshOf(tokens[len(tokens)-1], took), r.Auth) {
			t.Fatalf("%q", r.load.Faults())
		}
	}
	return tokens
}

package faults_test

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// F14: 100 people want one name at once, at three instances of each service. One gets it, and the
// others are told so; what was shed is tried again.
func TestF14OneNameAtThreeInstances(t *testing.T) {
	t.Parallel()
	const people = 100
	r := run(t, apitest.Deploy(t, "HASH_QUEUE=1s")) // so that what is shed is shed in time
	clients := []*apitest.Client{r.Auth}
	for range 2 {
		users, auth := apitest.FreeAddr(t), apitest.FreeAddr(t)
		another := *r.Deployment
		another.Env = append(slices.Clone(r.Env), "USERS_URL=http://"+users)
		another.RunUsers(t, users).AwaitReady(t, users, startLimit)
		another.RunAuth(t, auth).AwaitReady(t, auth, startLimit)
		clients = append(clients, apitest.NewAuthClient("http://"+auth))
	}
	names := faults.Length(1, 10)
	for range names {
		wanted := faults.Registers()
		wanted.Take = func(answer apitest.Response, _ bool) (string, error) {
			if answer.Status != http.StatusCreated && answer.Status != http.StatusConflict {
				return "", errors.New("want 201 or 409")
			}
			return "", nil
		}
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() { r.load.Do(wanted, clients[i%len(clients)]) })
		}
		all.Wait()
	}
	created, refused := 0, 0
	tries, err := r.load.Journal.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range tries {
		switch try.State {
		case faults.Acknowledged:
			created++
		case faults.Refused:
			refused++
		case faults.Unknown, faults.Unsent: // shed; tried again
		}
	}
	faults.Figure(t, "answered_201", created)
	faults.Figure(t, "answered_409", refused)
	// On a machine that is full the one answer may be lost: all others are then told that the name
	// is taken, and Check finds the account.
	if faults.Length(false, true) && created != names {
		t.Errorf("of %d names %d were given", names, created)
	}
	if created > names || created < names && r.load.Count(faults.Unknown) == 0 || created+refused != names*people {
		t.Errorf("%d names were given %d times, and refused %d times", names, created, refused)
	}
	r.load.Check(t, r.Deployment)
}

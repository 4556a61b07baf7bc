package main_test

import (
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// pair is a deployment whose auth service reaches users through a proxy. Its
// users service stays the same process; auth may be killed.
type pair struct {
	*apitest.Deployment
	t     *testing.T // the one that it ends with
	proxy *apitest.Proxy
	auth  *apitest.Process
}

func runPair(t *testing.T) *pair {
	t.Helper()
	d := &pair{Deployment: apitest.Deploy(t), t: t}
	d.proxy = apitest.NewProxy(t, d.UsersAddr)
	d.Env = append(d.Env, "USERS_URL="+d.proxy.URL())
	users := d.RunUsers(t, d.UsersAddr)
	d.auth = d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	d.auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	return d
}

// startAuth starts auth again after a kill.
func (d *pair) startAuth(t *testing.T) {
	t.Helper()
	d.auth = d.RunAuth(d.t, d.AuthAddr)
	d.auth.AwaitReady(t, d.AuthAddr, refusalLimit)
}

// fail sends a request and lets treatment happen to whatever auth asks users
// for it: the client learns that it does not know.
func (d *pair) fail(t *testing.T, a attempt, treatment apitest.Mode) {
	t.Helper()
	d.proxy.Next(math.MaxInt, treatment, a.method, a.path)
	unavailable(t, d.Auth.Do(t, a.request))
	d.proxy.Forget()
}

// killDuring sends a request, lets treatment happen to what auth asks users
// for it, and kills auth as soon as that has come about.
func (d *pair) killDuring(t *testing.T, a attempt, treatment apitest.Mode) {
	t.Helper()
	seen, answered := d.proxy.Seen(a.method, a.path), d.proxy.Forwarded(a.method, a.path)
	d.proxy.Next(1, treatment, a.method, a.path)
	lost := make(chan error, 1)
	go func() {
		_, err := d.Auth.Try(a.request)
		lost <- err
	}()
	if treatment == apitest.HoldAnswer {
		d.proxy.AwaitAnswered(t, answered+1, a.method, a.path)
	} else {
		d.proxy.AwaitSeen(t, seen+1, a.method, a.path)
	}
	d.auth.Kill()
	if err := <-lost; err == nil {
		t.Error("a service that was killed has answered")
	}
}

// later lets the time pass after which a worker looks into what is left over,
// and after which a claim or a lease of a process that died has ended; then it
// waits until the worker is through.
func (d *pair) later(t *testing.T) {
	t.Helper()
	d.leasesEnd(t)
	d.exec(t, `UPDATE auth.intents SET created_at = created_at - interval '1 minute'`)
	d.exec(t, `UPDATE auth.river_job SET state = 'available', scheduled_at = now() WHERE kind = 'settle' AND state = 'scheduled'`)
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var left int
		err := d.AuthDB.Pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM auth.intents) +
			(SELECT count(*) FROM auth.river_job WHERE kind = 'settle' AND finalized_at IS NULL)`).Scan(&left)
		switch {
		case err != nil:
			t.Fatal(err)
		case left == 0:
			return
		case time.Since(began) > time.Minute:
			t.Fatalf("the worker has left %d", left)
		}
	}
}

func (d *pair) leasesEnd(t *testing.T) {
	t.Helper()
	d.exec(t, `UPDATE auth.one_time_tokens SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL`)
	d.exec(t, `UPDATE auth.idempotency_keys SET leased_until = now() - interval '1 second'`)
}

func (d *pair) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := d.AuthDB.Pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// unavailable holds an answer to what a fault must look like: never a 401.
func unavailable(t *testing.T, r apitest.Response) {
	t.Helper()
	r.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// attempt is something that a client does and that takes both services.
type attempt struct {
	request      apitest.Request
	method, path string // of what auth asks users to do for it
	success      int
	// again is the answer to the same request where the first one was carried
	// out and not answered.
	again int
	// done fails the test unless everything was done, and once.
	done func(*testing.T)
	// left is done where the client did not come back; nil is the same.
	left func(*testing.T)
	// undone fails the test unless nothing was done. It ends what it needs to
	// itself.
	undone func(*testing.T)
	// login and password sign in once users has done its part; "" is nobody.
	login, password string
}

type scenario struct {
	name string
	run  func(*testing.T, *pair, attempt)
}

// The scenarios, those in which the client sends the same again first.
var (
	returning = []scenario{
		{"no answer arrives, and the client comes back", clientReturns},
		{"users is not reached, and the client comes back", notReached},
		{"auth dies after users has done it, and the client comes back", authDiesClientReturns},
	}
	all = append([]scenario{
		{"one answer is lost", oneAnswerLost},
		{"no answer arrives", clientLeaves},
		{"auth dies after users has done it", authDies},
		{"auth dies before users has seen it", authDiesBefore},
	}, returning...)
)

// TestPartialFailures cuts users off from auth at the worst moment, in every
// operation that changes something in both.
func TestPartialFailures(t *testing.T) {
	t.Parallel()
	d := runPair(t)
	for _, flow := range []struct {
		name      string
		prepare   func(*testing.T, *pair) attempt
		scenarios []scenario
	}{
		{"registration", registration, all},
		{"registration under a key", keyedRegistration, returning},
		{"confirmation", confirmation, all},
		{"change of email", emailChange, all},
		{"password reset", passwordReset, all},
		{"deletion", deletion, all},
	} {
		for _, scenario := range flow.scenarios {
			t.Run(flow.name+"/"+scenario.name, func(t *testing.T) { scenario.run(t, d, flow.prepare(t, d)) })
		}
	}
}

func oneAnswerLost(t *testing.T, d *pair, a attempt) {
	before := d.proxy.Forwarded(a.method, a.path)
	d.proxy.Next(1, apitest.CutAfterRequest, a.method, a.path)
	d.Auth.Do(t, a.request).Is(a.success)
	if got := d.proxy.Forwarded(a.method, a.path) - before; got != 2 {
		t.Errorf("users was asked %d times", got)
	}
	d.later(t)
	a.done(t)
}

func clientReturns(t *testing.T, d *pair, a attempt) {
	d.fail(t, a, apitest.CutAfterRequest)
	d.Auth.Do(t, a.request).Is(a.again)
	d.later(t)
	a.done(t)
}

func clientLeaves(t *testing.T, d *pair, a attempt) {
	d.fail(t, a, apitest.CutAfterRequest)
	d.leftAlone(t, a)
}

// leftAlone lets the worker finish. What was signed in since stays.
func (d *pair) leftAlone(t *testing.T, a attempt) {
	t.Helper()
	var since apitest.Grant
	if a.login != "" {
		since = d.Login(t, a.login, a.password)
	}
	d.later(t)
	if a.left != nil {
		a.left(t)
	} else {
		a.done(t)
	}
	if a.login != "" {
		d.Refresh(t, since.RefreshToken)
	}
}

func notReached(t *testing.T, d *pair, a attempt) {
	d.fail(t, a, apitest.Refuse)
	d.Auth.Do(t, a.request).Is(a.success)
	d.later(t)
	a.done(t)
}

func authDies(t *testing.T, d *pair, a attempt) {
	d.killDuring(t, a, apitest.HoldAnswer)
	d.startAuth(t)
	d.leftAlone(t, a)
}

func authDiesClientReturns(t *testing.T, d *pair, a attempt) {
	d.killDuring(t, a, apitest.HoldAnswer)
	d.startAuth(t)
	d.leasesEnd(t)
	d.Auth.Do(t, a.request).Is(a.again)
	d.later(t)
	a.done(t)
}

func authDiesBefore(t *testing.T, d *pair, a attempt) {
	d.killDuring(t, a, apitest.BlackHole)
	d.startAuth(t)
	d.later(t)
	a.undone(t)
	d.Auth.Do(t, a.request).Is(a.success)
	d.later(t)
	a.done(t)
}

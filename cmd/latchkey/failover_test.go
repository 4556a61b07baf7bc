package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// failoverLimit is from the replica's promotion to the service's return.
const failoverLimit = 5 * time.Second

// F7: the primary dies under load, its synchronous replica is promoted. Nothing
// that was acknowledged is lost, nobody is signed out, and the services, which
// nobody restarts, are back 5 s after the promotion.
//
// Not in parallel: it measures a time.
func TestPrimaryDies(t *testing.T) {
	pair := dbtest.StartPair(t)
	pair.Synchronous(t)
	d := apitest.DeployOn(t, pair.Users(t), pair.Auth(t), "DATABASE_MAX_CONNS=6")
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)

	f := startFailover(t, d)
	f.awaitEach(t, 10) // of each kind, on the primary
	pair.Primary.Kill(t)
	f.awaitFailures(t, 10)
	promoted := f.mark()
	pair.Promote(t)
	f.awaitEach(t, 10) // on the replica
	f.stop()
	for kind, first := range f.first {
		took := first.Sub(promoted)
		t.Logf("%-8s works again %s after the promotion began", kind, took.Round(time.Millisecond))
		if took >= failoverLimit {
			t.Errorf("%s works only %s after the promotion", kind, took)
		}
	}
	t.Logf("%d accounts acknowledged (%d of them by 409 after a lost answer), %d answers lost or 503",
		len(f.acknowledged), f.adopted, f.unknown)
	f.check(t, d)
	for _, p := range []*apitest.Process{users, auth} {
		select {
		case <-p.Done():
			t.Error("a service has ended")
		default:
		}
	}
}

// failover is a load of every kind, each in a loop of its own, that notes what
// was acknowledged.
type failover struct {
	*journal
	kinds []string
	over  chan struct{}
	load  sync.WaitGroup

	mu      sync.Mutex
	counts  map[string]int       // successes since the mark
	first   map[string]time.Time // the first of them
	changed map[string][2]string // the address last acknowledged, and last asked for, by account
	refresh []string             // the tokens last given, one for each session
}

// startFailover starts the load.
func startFailover(t *testing.T, d *apitest.Deployment) *failover {
	t.Helper()
	const sessions = 3
	f := &failover{
		journal: &journal{reached: make(chan int, 1<<16)}, kinds: []string{"register", "create", "update", "refresh", "login", "look-up"},
		over: make(chan struct{}), changed: map[string][2]string{}, refresh: make([]string, sessions),
	}
	f.mark()
	admin, someone := d.Admin(t), d.Register(t)
	f.done(someone.Username, false)
	t.Cleanup(f.stop)
	for range 2 {
		f.load.Go(func() { f.loop("register", d.Auth, f.registers()) })
		f.load.Go(func() { f.loop("create", d.Users, f.creates(admin)) })
		f.load.Go(func() { f.loop("update", d.Users, f.updates(admin, d.Register(t))) })
		f.load.Go(func() { f.loop("look-up", d.Users, lookUp(admin, someone)) })
	}
	f.load.Go(func() { f.loop("login", d.Auth, login(someone)) })
	for i := range sessions {
		person := d.Person(t)
		f.refresh[i] = person.RefreshToken
		f.load.Go(func() { f.loop("refresh", d.Auth, f.refreshes(i)) })
	}
	return f
}

// step makes a request and what is to be done with its answer: an error is a
// fault of the service.
type step func() (apitest.Request, func(answer apitest.Response, lost bool) error)

// loop makes each request until it is answered, and then the next one.
func (f *failover) loop(kind string, client *apitest.Client, next step) {
	for {
		r, take := next()
		for lost := false; ; {
			select {
			case <-f.over:
				return
			case <-time.After(5 * time.Millisecond):
			}
			answer, again, err := f.try(client, r)
			if err != nil || again {
				lost = true
				continue
			}
			if err := take(answer, lost); err != nil {
				f.fault("%s answered %d: %v: %s", kind, answer.Status, err, answer.Body)
				return
			}
			f.success(kind)
			break
		}
	}
}

func expect(answer apitest.Response, statuses ...int) error {
	if !slices.Contains(statuses, answer.Status) {
		return fmt.Errorf("want %v", statuses)
	}
	return nil
}

// registers and creates make accounts. One that is there already was made by a
// try whose answer was lost.
func (f *failover) registers() step {
	return f.makes(func(name string) apitest.Request {
		return post("/auth/register", "", apitest.Body{"username": name, "email": name + "@example.com", "password": apitest.Password})
	})
}

func (f *failover) creates(admin string) step {
	return f.makes(func(name string) apitest.Request {
		return post("/users", admin, apitest.Body{"username": name, "email": name + "@example.com"})
	})
}

func (f *failover) makes(request func(name string) apitest.Request) step {
	return func() (apitest.Request, func(apitest.Response, bool) error) {
		name := apitest.Name()
		return request(name), func(answer apitest.Response, lost bool) error {
			if answer.Status == http.StatusConflict && lost {
				f.done(name, true)
				return nil
			}
			if err := expect(answer, http.StatusCreated); err != nil {
				return err
			}
			f.done(name, false)
			return nil
		}
	}
}

// updates gives an account one address after the other.
func (f *failover) updates(admin string, account apitest.User) step {
	return func() (apitest.Request, func(apitest.Response, bool) error) {
		address := apitest.Name() + "@example.com"
		f.address(account.ID, func(was [2]string) [2]string { return [2]string{was[0], address} })
		r := apitest.Request{Method: http.MethodPatch, Path: "/users/" + account.ID, Token: admin, Body: apitest.Body{"email": address}}
		return r, func(answer apitest.Response, _ bool) error {
			f.address(account.ID, func([2]string) [2]string { return [2]string{address, address} })
			return expect(answer, http.StatusOK)
		}
	}
}

func (f *failover) address(id string, change func([2]string) [2]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed[id] = change(f.changed[id])
}

// refreshes exchanges a session's token, again and again. After a lost answer
// the same one is exchanged again, which the grace allows.
func (f *failover) refreshes(session int) step {
	return func() (apitest.Request, func(apitest.Response, bool) error) {
		return post("/auth/refresh", "", apitest.Body{"refresh_token": f.refresh[session]}), func(answer apitest.Response, _ bool) error {
			var grant apitest.Grant
			if err := expect(answer, http.StatusOK); err != nil {
				return err
			}
			err := answer.Decode(&grant)
			f.refresh[session] = grant.RefreshToken
			return err
		}
	}
}

func login(account apitest.User) step {
	return func() (apitest.Request, func(apitest.Response, bool) error) {
		return post("/auth/login", "", apitest.Body{"login": account.Username, "password": apitest.Password}),
			func(answer apitest.Response, _ bool) error { return expect(answer, http.StatusOK) }
	}
}

func lookUp(admin string, account apitest.User) step {
	return func() (apitest.Request, func(apitest.Response, bool) error) {
		return apitest.Request{Method: http.MethodGet, Path: "/users/" + account.ID, Token: admin},
			func(answer apitest.Response, _ bool) error { return expect(answer, http.StatusOK) }
	}
}

// mark begins to count anew.
func (f *failover) mark() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts, f.first = map[string]int{}, map[string]time.Time{}
	return time.Now()
}

func (f *failover) success(kind string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counts[kind]++; f.counts[kind] == 1 {
		f.first[kind] = time.Now()
	}
}

// awaitEach waits for n successes of each kind.
func (f *failover) awaitEach(t *testing.T, n int) {
	t.Helper()
	f.await(t, fmt.Sprintf("%d successes of each kind", n), func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return !slices.ContainsFunc(f.kinds, func(kind string) bool { return f.counts[kind] < n })
	})
}

// awaitFailures waits for n answers that were lost.
func (f *failover) awaitFailures(t *testing.T, n int) {
	t.Helper()
	f.await(t, fmt.Sprintf("%d failures", n), func() bool {
		f.journal.mu.Lock()
		defer f.journal.mu.Unlock()
		return f.unknown >= n
	})
}

func (f *failover) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for began := time.Now(); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			f.stop()
			t.Fatalf("never: %s; %v; %s", what, f.counts, f.faults)
		}
	}
}

func (f *failover) stop() {
	select {
	case <-f.over:
	default:
		close(f.over)
	}
	f.load.Wait()
}

// check holds what there is against what was acknowledged.
func (f *failover) check(t *testing.T, d *apitest.Deployment) {
	t.Helper()
	for _, fault := range f.faults {
		t.Error(fault)
	}
	admin := d.Admin(t)
	for _, name := range f.acknowledged {
		var user apitest.User
		d.Users.Get(t, "/users/"+name, admin).Is(http.StatusOK).JSON(&user)
		if user.Username != name || !slices.Equal(user.Roles, []string{"user"}) {
			t.Errorf("%s has become %+v", name, user)
		}
	}
	for id, addresses := range f.changed {
		var user apitest.User
		d.Users.Get(t, "/users/"+id, admin).Is(http.StatusOK).JSON(&user)
		if !slices.Contains(addresses[:], user.Email) { // the test may have ended before the answer to the last one
			t.Errorf("%s has %s; acknowledged and asked for were %v", id, user.Email, addresses)
		}
	}
	for _, token := range f.refresh {
		d.Refresh(t, token)
	}
	last := d.Register(t)
	d.Mailbox.Token(t, last.Email, mail.VerifyEmail, 1) // jobs are worked again
}

package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	registrations = 200
	registrars    = 8
	backLimit     = 2 * time.Second // from exec to ready, after a kill
)

// journal is what a client knows of its registrations.
type journal struct {
	mu           sync.Mutex
	acknowledged []string // usernames, in the order of the answers
	adopted      int      // 409 after an answer that was lost: it had been made
	unknown      int      // a 503, or the connection broke
	refused      int      // the connection was never made
	faults       []string
	reached      chan int // the number of acknowledged ones
}

func (j *journal) fault(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.faults = append(j.faults, fmt.Sprintf(format, args...))
}

func (j *journal) done(name string, adopted bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acknowledged = append(j.acknowledged, name)
	if adopted {
		j.adopted++
	}
	j.reached <- len(j.acknowledged) // it has room for all
}

func (j *journal) lost(refused bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if refused {
		j.refused++
	} else {
		j.unknown++
	}
}

// latest are the usernames that were acknowledged last.
func (j *journal) latest(n int) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.acknowledged[max(0, len(j.acknowledged)-n):])
}

// F1: whatever is killed and whenever, an account that was acknowledged is
// there, whole, and nobody is told that a good credential is bad.
//
// Not in parallel: it takes the time that a service needs to come back.
func TestKilledServices(t *testing.T) {
	d := apitest.Deploy(t)
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	person := d.Person(t)

	j := &journal{reached: make(chan int, registrations)}
	names := make(chan string, registrations)
	for range registrations {
		names <- apitest.Name()
	}
	close(names)
	var load sync.WaitGroup
	for range registrars {
		load.Go(func() { j.register(d.Auth, names) })
	}
	over := make(chan struct{})
	var bystander sync.WaitGroup
	bystander.Go(func() { j.useSession(d.Auth, person, over) })

	var sampled []string
	for i, at := range []int{25, 50, 75, 100, 125, 150} {
		awaitCount(t, j, at)
		sampled = append(sampled, j.latest(5)...)
		if i%2 == 0 {
			users.Kill()
			users = d.RunUsers(t, d.UsersAddr)
			back(t, "users", users, d.UsersAddr)
		} else {
			auth.Kill()
			auth = d.RunAuth(t, d.AuthAddr)
			back(t, "auth", auth, d.AuthAddr)
		}
	}
	load.Wait()
	close(over)
	bystander.Wait()
	t.Logf("%d acknowledged (%d of them by 409 after a lost answer), %d answers lost, %d connections refused",
		len(j.acknowledged), j.adopted, j.unknown, j.refused)
	for _, fault := range j.faults {
		t.Error(fault)
	}
	checkJournal(t, d, j, append(sampled, j.latest(10)...))
}

func back(t *testing.T, name string, p *apitest.Process, addr string) {
	t.Helper()
	took := p.AwaitReady(t, addr, refusalLimit)
	t.Logf("%s: ready again after %s", name, took)
	if took >= backLimit {
		t.Errorf("%s: ready again only after %s", name, took)
	}
}

func awaitCount(t *testing.T, j *journal, n int) {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case reached := <-j.reached:
			if reached >= n {
				return
			}
		case <-timeout:
			t.Fatalf("%d registrations do not come about", n)
		}
	}
}

// register tries each name until it is known to be there.
func (j *journal) register(client *apitest.Client, names <-chan string) {
	for name := range names {
		r := apitest.Request{Method: http.MethodPost, Path: "/auth/register", Body: apitest.Body{
			"username": name, "email": name + "@example.com", "password": apitest.Password,
		}}
		began, lost := time.Now(), false
		for {
			answer, again, err := j.try(client, r)
			if err != nil || again {
				lost = lost || !errors.Is(err, syscall.ECONNREFUSED)
			} else if answer.Status == http.StatusCreated || answer.Status == http.StatusConflict && lost {
				j.done(name, answer.Status == http.StatusConflict)
				break
			} else {
				j.fault("register answered %d %s", answer.Status, answer.Body)
				break
			}
			if time.Since(began) > time.Minute {
				j.fault("%s could not be registered in a minute", name)
				break
			}
			time.Sleep(10 * time.Millisecond) // as a client backs off
		}
	}
}

// try sends a request once; again says that the service asks to try later.
func (j *journal) try(client *apitest.Client, r apitest.Request) (answer apitest.Response, again bool, err error) {
	answer, err = client.Try(r)
	return j.judge(client, r, answer, err)
}

// judge notes what came of a request.
func (j *journal) judge(client *apitest.Client, r apitest.Request, answer apitest.Response, err error) (_ apitest.Response, again bool, _ error) {
	if err != nil {
		j.lost(errors.Is(err, syscall.ECONNREFUSED))
		return answer, false, err
	}
	if err := client.Check(r, answer); err != nil {
		j.fault("%s answered %d and the specification disagrees: %v\n%s", r.Path, answer.Status, err, answer.Body)
	}
	if answer.Status != http.StatusServiceUnavailable {
		return answer, false, nil
	}
	j.lost(false)
	if answer.Header.Get("Retry-After") == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
		j.fault("%s answered 503 with %v", r.Path, answer.Header)
	}
	return answer, true, nil
}

// useSession signs in and refreshes all the while: what was right stays right.
func (j *journal) useSession(client *apitest.Client, person apitest.Grant, over <-chan struct{}) {
	refresh := person.RefreshToken
	for n := 0; ; n++ {
		select {
		case <-over:
			return
		case <-time.After(5 * time.Millisecond):
		}
		r := apitest.Request{Method: http.MethodPost, Path: "/auth/refresh", Body: apitest.Body{"refresh_token": refresh}}
		if n%4 == 0 {
			r.Path, r.Body = "/auth/login", apitest.Body{"login": person.User.Username, "password": apitest.Password}
		}
		answer, again, err := j.try(client, r)
		switch {
		case err != nil || again:
		case answer.Status != http.StatusOK:
			j.fault("%s answered %d to what is right: %s", r.Path, answer.Status, answer.Body)
			return
		default:
			var grant apitest.Grant
			if err := answer.Decode(&grant); err != nil {
				j.fault("%v", err)
				return
			}
			refresh = grant.RefreshToken
		}
	}
}

// checkJournal looks for every acknowledged account, signs the sampled ones
// in, and looks for halves.
func checkJournal(t *testing.T, d *apitest.Deployment, j *journal, sampled []string) {
	t.Helper()
	if len(j.acknowledged) != registrations {
		t.Errorf("%d of %d were acknowledged", len(j.acknowledged), registrations)
	}
	admin := d.Admin(t)
	for _, name := range j.acknowledged {
		var user apitest.User
		d.Users.Get(t, "/users/"+name, admin).Is(http.StatusOK).JSON(&user)
		if user.Username != name || !slices.Equal(user.Roles, []string{"user"}) {
			t.Errorf("%s has become %+v", name, user)
		}
	}
	slices.Sort(sampled)
	for _, name := range slices.Compact(sampled) {
		d.Login(t, name, apitest.Password)
	}
	var accounts, halves int
	if err := d.UsersDB.Pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE u.password_hash IS NULL
		OR NOT EXISTS (SELECT FROM users.user_roles r WHERE r.user_id = u.id)) FROM users.users u`).Scan(&accounts, &halves); err != nil {
		t.Fatal(err)
	}
	if want := registrations + 2; accounts != want || halves != 0 { // the admin and the person
		t.Errorf("%d accounts, want %d; %d of them are halves", accounts, want, halves)
	}
}

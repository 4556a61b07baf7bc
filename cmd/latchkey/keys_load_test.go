package main_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

// The promise: refused everywhere within a minute. A verifier fetches every 30 s
// from an instance that polls every 5.
const (
	refusedEverywhere = 60 * time.Second
	fetchRhythm       = 30 * time.Second
	loadClients       = 6
)

// keyLoad are clients that use the services while the keys change under them.
type keyLoad struct {
	auths, users []*apitest.Client
	requests     atomic.Int64
	renewed      atomic.Int64 // refreshes because a token's key was revoked

	mu      sync.Mutex
	revoked map[string]bool
	failed  []string
}

func (l *keyLoad) fail(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = append(l.failed, fmt.Sprintf(format, args...))
}

func (l *keyLoad) isRevoked(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.revoked[kidOf(token)]
}

func (l *keyLoad) revoke(kid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revoked[kid] = true
}

// kidOf is what a token's header says.
func kidOf(token string) string {
	head, _, _ := strings.Cut(token, ".")
	text, _ := base64.RawURLEncoding.DecodeString(head)
	var header struct{ KID string }
	_ = json.Unmarshal(text, &header) // no kid
	return header.KID
}

// client goes through the instances in turn until over is closed: it reads its
// own account in users and auth, and refreshes now and then. A token of a revoked
// key may be refused; nothing else may fail.
func (l *keyLoad) client(person apitest.Grant, over <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-over:
			return
		case <-time.After(5 * time.Millisecond):
		}
		auth, users := l.auths[i%len(l.auths)], l.users[i%len(l.users)]
		if i%10 == 9 {
			person = l.refresh(auth, person)
			continue
		}
		for client, path := range map[*apitest.Client]string{users: "/users/" + person.User.ID, auth: "/auth/me"} {
			answer, err := client.Try(apitest.Request{Method: http.MethodGet, Path: path, Token: person.AccessToken})
			l.requests.Add(1)
			switch {
			case err == nil && answer.Status == http.StatusOK:
			case err == nil && answer.Status == http.StatusUnauthorized && l.isRevoked(person.AccessToken):
				l.renewed.Add(1)
				person = l.refresh(auth, person)
			default:
				l.fail("GET %s at %s: %d %s, %v", path, client.URL, answer.Status, answer.Body, err)
			}
		}
	}
}

func (l *keyLoad) refresh(auth *apitest.Client, person apitest.Grant) apitest.Grant {
	answer, err := auth.Try(apitest.Request{Method: http.MethodPost, Path: "/auth/refresh", Body: apitest.Body{"refresh_token": person.RefreshToken}})
	l.requests.Add(1)
	var fresh apitest.Grant
	if err != nil || answer.Status != http.StatusOK || answer.Decode(&fresh) != nil {
		l.fail("refresh at %s: %d %s, %v", auth.URL, answer.Status, answer.Body, err)
		return person
	}
	return fresh
}

// twoEach runs two instances of both services on one database; each users asks
// another auth for the key set.
func twoEach(t *testing.T) (*apitest.Deployment, *keyLoad) {
	t.Helper()
	d := apitest.Deploy(t, "KEY_ALG=ES256")
	l := &keyLoad{revoked: map[string]bool{}}
	other := apitest.FreeAddr(t)
	for _, addr := range []string{d.AuthAddr, other} {
		d.RunAuth(t, addr).AwaitReady(t, addr, refusalLimit)
		l.auths = append(l.auths, apitest.NewAuthClient("http://"+addr))
	}
	k := keysOn{db: d.AuthDB, env: d.Env}
	for began := time.Now(); !strings.Contains(k.states(t), "pending"); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > refusalLimit {
			t.Fatal("no key is pending")
		}
	}
	for i, addr := range []string{d.UsersAddr, apitest.FreeAddr(t)} {
		env := d.Env
		d.Env = append(append([]string{}, env...), "JWKS_URL="+l.auths[i].URL+"/.well-known/jwks.json")
		d.RunUsers(t, addr).AwaitReady(t, addr, refusalLimit)
		d.Env = env
		l.users = append(l.users, apitest.NewUsersClient("http://"+addr))
	}
	return d, l
}

// F17, S82, S83: rotations and revocations under load on two instances each.
//
// Not in parallel: it takes times.
func TestF17KeysChangeUnderLoad(t *testing.T) {
	d, l := twoEach(t)
	k := keysOn{db: d.AuthDB, env: d.Env}
	over := make(chan struct{})
	var clients sync.WaitGroup
	for range loadClients {
		person := d.Person(t)
		clients.Go(func() { l.client(person, over) })
	}
	witness := d.Person(t)

	// A rotation: what the first key signed is good, and stays so.
	k.older(t)
	k.run(t, 0, "", "rotate")
	awaitKID(t, l, d, byState(k.list(t), keyring.Active))
	everywhere(t, l, witness, http.StatusOK)
	t.Logf("rotated after %d requests", l.requests.Load())

	// The first key is revoked: its tokens are refused everywhere in time.
	first := kidOf(witness.AccessToken)
	l.revoke(first)
	began := time.Now()
	out := k.run(t, 0, "", "revoke", first).Stdout.String()
	took := l.awaitRefusal(t, witness, began)
	t.Logf("%s\nrefused by the auths after %s and %s, by the users after %s and %s", strings.TrimSpace(out), took[0], took[1], took[2], took[3])

	// The active key is revoked, once every verifier has seen the next.
	witness = d.Person(t)
	if wait := fetchRhythm + 10*time.Second - time.Since(began); wait > 0 {
		time.Sleep(wait) // the rhythm is what is under test: no clock of theirs can be moved
	}
	k.older(t)
	active := byState(k.list(t), keyring.Active)
	l.revoke(active)
	began = time.Now()
	out = k.run(t, 0, "", "revoke", "--yes", active).Stdout.String()
	took = l.awaitRefusal(t, witness, began)
	t.Logf("%s\nrefused by the auths after %s and %s, by the users after %s and %s", strings.TrimSpace(out), took[0], took[1], took[2], took[3])

	faults.Within(t, "revoked_everywhere_after", slices.Max(took[:]), refusedEverywhere)
	close(over)
	clients.Wait()
	faults.Figure(t, "requests", l.requests.Load())
	faults.None(t, "good_tokens_refused", len(l.failed))
	t.Logf("%d requests of %d clients, %d tokens renewed because their key was revoked, %d failures", l.requests.Load(), loadClients, l.renewed.Load(), len(l.failed))
	if l.requests.Load() < 2000 || l.renewed.Load() == 0 {
		t.Error("that is no load, or nobody was refused: nothing was proved")
	}
	for i, failure := range l.failed {
		if i < 10 {
			t.Error(failure)
		}
	}
}

func byState(keys []keyring.Key, state keyring.State) string {
	for _, key := range keys {
		if key.State == state {
			return key.KID
		}
	}
	return ""
}

// awaitKID waits until every auth signs with a key: it must within 5 s.
func awaitKID(t *testing.T, l *keyLoad, d *apitest.Deployment, kid string) {
	t.Helper()
	for _, auth := range l.auths {
		person := d.Person(t)
		for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
			if person = l.refresh(auth, person); kidOf(person.AccessToken) == kid {
				break
			}
			if time.Since(began) > 8*time.Second { // 5 s, and a busy machine
				t.Fatalf("%s does not sign with the new key", auth.URL)
			}
		}
	}
}

func (l *keyLoad) all(person apitest.Grant) map[*apitest.Client]string {
	return map[*apitest.Client]string{
		l.auths[0]: "/auth/me", l.auths[1]: "/auth/me", l.users[0]: "/users/" + person.User.ID, l.users[1]: "/users/" + person.User.ID,
	}
}

func everywhere(t *testing.T, l *keyLoad, person apitest.Grant, status int) {
	t.Helper()
	for client, path := range l.all(person) {
		client.Do(t, apitest.Request{Method: http.MethodGet, Path: path, Token: person.AccessToken}).Is(status)
	}
}

// awaitRefusal gives the times after which the auths and the users refused a
// token, and have gone on doing so.
func (l *keyLoad) awaitRefusal(t *testing.T, person apitest.Grant, began time.Time) (took [4]time.Duration) {
	t.Helper()
	var wait sync.WaitGroup
	paths := l.all(person)
	for i, client := range append(append([]*apitest.Client{}, l.auths...), l.users...) {
		wait.Go(func() {
			for {
				answer, err := client.Try(apitest.Request{Method: http.MethodGet, Path: paths[client], Token: person.AccessToken})
				if err != nil || answer.Status >= 500 {
					l.fail("at %s: %d %s, %v", client.URL, answer.Status, answer.Body, err)
				}
				if answer.Status == http.StatusUnauthorized {
					took[i] = time.Since(began).Round(time.Millisecond)
					return
				}
				if time.Since(began) > refusedEverywhere {
					l.fail("%s takes a revoked key's token after %s", client.URL, refusedEverywhere)
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	wait.Wait()
	everywhere(t, l, person, http.StatusUnauthorized)
	return took
}

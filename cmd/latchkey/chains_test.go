package main_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	chainCount   = 1000
	chainLinks   = 3  // refreshes of each chain
	chainWorkers = 32 // requests in flight
	chainSample  = 100
	backLimit    = 2 * time.Second // from exec to ready, after a kill
)

// chain is a session and the client that has it.
type chain struct {
	session uuid.UUID
	salt    []byte

	turn   sync.Mutex // a client has one request under way
	tokens []string   // by generation; the last one is the newest
}

// chains are refreshed by many clients while the service is killed.
type chains struct {
	*faults.Load
	law     apitest.Law
	all     []*chain
	answers chan int
	count   atomic.Int64
	mu      sync.Mutex
	longest time.Duration // from a first try to its answer
}

// kill -9 in the middle of 1,000 refresh chains: each client repeats its last
// token until it is answered, and none is refused. Afterwards a token older
// than the parent ends its session, and the newest one of any other works.
//
// Not in parallel: its clients fill the machine, and other tests take times.
func TestKilledInTheMiddleOfRefreshChains(t *testing.T) {
	d := apitest.Deploy(t)
	d.RunUsers(t, d.UsersAddr).AwaitReady(t, d.UsersAddr, refusalLimit)
	auth := d.RunAuth(t, d.AuthAddr)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	owner := super(t, d)
	c := openChains(t, d, owner)

	began := time.Now()
	clients := c.start(d.Auth)
	committed := 0
	for i, at := range []int{500, 1300, 2100} {
		c.await(t, at)
		if i == 1 { // what PostgreSQL has of it commits, and no client learns so
			committed = killBetweenCommitAndAnswer(t, owner, super(t, d), auth)
		} else {
			auth.Kill()
		}
		auth = d.RunAuth(t, d.AuthAddr)
		if took := auth.AwaitReady(t, d.AuthAddr, refusalLimit); took >= backLimit {
			t.Errorf("ready again only after %s", took)
		}
	}
	clients.Wait()
	t.Logf("%d sessions, %d exchanges, 3 kills: %d answers lost (%d of them committed at the second kill), %d connections refused, longest wait for an answer %s, %s in all",
		chainCount, chainCount*chainLinks, c.Count(faults.Unknown), committed, c.Count(faults.Unsent), c.longest.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	if c.Count(faults.Unknown) == 0 || committed == 0 {
		t.Error("no answer was lost: nothing was proved")
	}
	c.report(t)
	c.checkOld(t, d, owner)
	c.checkNewest(t, d)
	c.report(t)
}

// super is a connection of the superuser's.
func super(t *testing.T, d *apitest.Deployment) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// openChains signs in once, and opens the other sessions by SQL: a thousand
// sign-ins would be a thousand password hashes.
func openChains(t *testing.T, d *apitest.Deployment, owner *pgx.Conn) *chains {
	t.Helper()
	c := &chains{Load: faults.NewLoad(t), law: apitest.NewLaw(t, sessionKey(t, d)), answers: make(chan int, chainCount*chainLinks)}
	person := d.Person(t)
	var salt []byte
	first := uuid.MustParse(strings.Split(person.RefreshToken, ".")[1])
	if err := owner.QueryRow(t.Context(), "SELECT salt FROM auth.sessions WHERE id = $1", first).Scan(&salt); err != nil {
		t.Fatal(err)
	}
	if want := c.law.Refresh(first, 1, salt); person.RefreshToken != want {
		t.Fatalf("the service gives %s, by the law it is %s", person.RefreshToken, want)
	}
	var ids []uuid.UUID
	var salts [][]byte
	for range chainCount {
		link := &chain{session: uuid.Must(uuid.NewV7()), salt: make([]byte, 16)}
		_, _ = rand.Read(link.salt) // it never fails (crypto/rand, Go 1.24)
		link.tokens = []string{c.law.Refresh(link.session, 1, link.salt)}
		c.all, ids, salts = append(c.all, link), append(ids, link.session), append(salts, link.salt)
	}
	_, err := owner.Exec(t.Context(), `INSERT INTO auth.sessions (id, user_id, salt, credential_epoch, address, idle_expires_at, expires_at)
		SELECT n.id, s.user_id, n.salt, s.credential_epoch, s.address, s.idle_expires_at, s.expires_at
		FROM auth.sessions s, unnest($2::uuid[], $3::bytea[]) AS n (id, salt) WHERE s.id = $1`, first, ids, salts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sessionKey(t *testing.T, d *apitest.Deployment) []byte {
	t.Helper()
	for _, entry := range d.Env {
		if value, is := strings.CutPrefix(entry, "SESSION_KEY="); is {
			key, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				t.Fatal(err)
			}
			return key
		}
	}
	t.Fatal("no SESSION_KEY")
	return nil
}

// start lets the clients refresh: all chains go on together, a link at a time.
func (c *chains) start(client *apitest.Client) *sync.WaitGroup {
	queue := make(chan *chain, chainCount*chainLinks)
	for range chainLinks {
		for _, link := range c.all {
			queue <- link
		}
	}
	close(queue)
	var clients sync.WaitGroup
	for range chainWorkers {
		clients.Go(func() {
			for link := range queue {
				c.refresh(client, link)
			}
		})
	}
	return &clients
}

// refresh exchanges a chain's newest token, as often as it takes.
func (c *chains) refresh(client *apitest.Client, link *chain) {
	link.turn.Lock()
	defer link.turn.Unlock()
	began := time.Now()
	o := faults.RefreshOf(link.tokens[len(link.tokens)-1], nil)
	o.Take = func(answer apitest.Response, _ bool) (string, error) { return c.take(link, answer, time.Since(began)) }
	c.Do(o, client)
}

// take keeps the successor, which the law knows beforehand.
func (c *chains) take(link *chain, answer apitest.Response, took time.Duration) (string, error) {
	c.mu.Lock()
	c.longest = max(c.longest, took)
	c.mu.Unlock()
	var grant apitest.Grant
	switch err := answer.Decode(&grant); {
	case answer.Status != http.StatusOK:
		return "", errors.New("a client was refused")
	case err != nil:
		return "", err
	case grant.RefreshToken != c.law.Refresh(link.session, uint64(len(link.tokens)+1), link.salt):
		return "", fmt.Errorf("after generation %d came %s", len(link.tokens), grant.RefreshToken)
	}
	link.tokens = append(link.tokens, grant.RefreshToken)
	c.answers <- int(c.count.Add(1))
	return grant.RefreshToken, nil
}

func (c *chains) await(t *testing.T, n int) {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case answered := <-c.answers:
			if answered >= n {
				return
			}
		case <-timeout:
			c.report(t)
			t.Fatalf("%d exchanges do not come about", n)
		}
	}
}

func (c *chains) report(t *testing.T) {
	t.Helper()
	for _, fault := range c.Faults() {
		t.Error(fault)
	}
}

// exchanging counts the exchanges that PostgreSQL is at.
const exchanging = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%ExchangeGeneration%'"

// killBetweenCommitAndAnswer holds the exchanges up on a lock, kills the
// service, and lets them commit. It returns how many that were.
func killBetweenCommitAndAnswer(t *testing.T, owner, looker *pgx.Conn, auth *apitest.Process) (committed int) {
	t.Helper()
	tx, err := owner.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), "LOCK TABLE auth.sessions IN EXCLUSIVE MODE") // reading goes on
	}
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); committed < 4 && time.Since(began) < 10*time.Second; time.Sleep(time.Millisecond) {
		if err := looker.QueryRow(t.Context(), exchanging).Scan(&committed); err != nil {
			t.Fatal(err)
		}
	}
	auth.Kill()
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for left := 1; left > 0; time.Sleep(time.Millisecond) {
		if err := looker.QueryRow(t.Context(), exchanging).Scan(&left); err != nil {
			t.Fatal(err)
		}
	}
	return committed
}

// each does something with chains, several at a time.
func each(all []*chain, do func(i int, link *chain)) {
	var workers sync.WaitGroup
	var next atomic.Int64
	for range chainWorkers {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
				do(i, all[i])
			}
		})
	}
	workers.Wait()
}

// checkOld presents a token older than the parent, of every age, and then the
// newest.
func (c *chains) checkOld(t *testing.T, d *apitest.Deployment, owner *pgx.Conn) {
	t.Helper()
	each(c.all[:chainSample], func(i int, link *chain) {
		for _, token := range []string{link.tokens[i%(len(link.tokens)-2)], link.tokens[len(link.tokens)-1]} {
			c.Do(faults.ReplayOf(token), d.Auth)
		}
	})
	var reused, live int
	if err := owner.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE end_reason = 'refresh_reuse'), count(*) FILTER (WHERE ended_at IS NULL) FROM auth.sessions").Scan(&reused, &live); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d grandparents and older: %d sessions ended, %d live", chainSample, reused, live)
	if reused != chainSample || live != chainCount-chainSample+1 { // and the person's own
		t.Errorf("%d sessions ended, %d are live", reused, live)
	}
}

func (c *chains) checkNewest(t *testing.T, d *apitest.Deployment) {
	t.Helper()
	each(c.all[chainSample:], func(_ int, link *chain) { c.refresh(d.Auth, link) })
	for _, link := range c.all[chainSample:] {
		if len(link.tokens) != chainLinks+2 {
			c.Fault("%s has come to generation %d", link.session, len(link.tokens))
		}
	}
}

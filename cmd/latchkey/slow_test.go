package main_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	slowClients  = 1000
	slowLimit    = 10 * time.Second // until the last of them is closed
	slowMemory   = 50 << 10         // KiB, for all of them
	slowRequests = 400              // of everybody else's, before and meanwhile
)

// slow is a client that never gets to the end of what it says.
type slow struct {
	conn  net.Conn
	began time.Time
	took  time.Duration // until the service has closed; 0 where it has not
}

// openSlow begins requests: half of them stop in a header, half in a body.
func openSlow(t *testing.T, addr string) []*slow {
	t.Helper()
	all := make([]*slow, slowClients)
	for i := range all {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		text := "GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: "
		if i%2 == 1 {
			text = "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
		}
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		all[i] = &slow{conn: conn, began: time.Now()}
	}
	return all
}

// drip says a byte more now and then, until the service closes.
func (s *slow) drip() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		into := make([]byte, 4096)
		for {
			if _, err := s.conn.Read(into); err != nil { // an answer may come before
				s.took = time.Since(s.began)
				return
			}
		}
	}()
	for {
		select {
		case <-closed:
			return
		case <-time.After(500 * time.Millisecond):
			if time.Since(s.began) > 2*slowLimit {
				_ = s.conn.Close()
				<-closed
				return
			}
			_, _ = s.conn.Write([]byte(" ")) // it may have been closed
		}
	}
}

// resident is the memory of a process, in KiB.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if of, found := strings.CutPrefix(line, "VmRSS:"); found {
			size, err := strconv.Atoi(strings.Fields(of)[0])
			if err != nil {
				t.Fatal(err)
			}
			return size
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// p99 is what the slowest hundredth of requests took at the least.
func p99(t *testing.T, client *apitest.Client, token string) time.Duration {
	t.Helper()
	took := make([]time.Duration, slowRequests)
	for i := range took {
		began := time.Now()
		client.Get(t, "/auth/me", token).Is(http.StatusOK)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

// S75: a thousand clients that send a byte now and then are closed in time, cost
// little memory, and nobody else waits for them.
//
// Not in parallel: it takes times.
func TestS75SlowClients(t *testing.T) {
	if runtime.GOOS != "linux" {
		apitest.Missing(t, "/proc, from which the memory of a process is read")
	}
	d := apitest.Deploy(t)
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	token := d.Person(t).AccessToken
	p99(t, d.Auth, token) // warm
	quiet := p99(t, d.Auth, token)

	before := resident(t, auth.PID())
	all := openSlow(t, d.AuthAddr)
	var clients sync.WaitGroup
	for _, s := range all {
		clients.Go(s.drip)
	}
	time.Sleep(500 * time.Millisecond) // all of them are being read
	meanwhile := p99(t, d.Auth, token)
	grown := resident(t, auth.PID()) - before
	clients.Wait()
	longest := time.Duration(0)
	for i, s := range all {
		if s.took == 0 {
			t.Fatalf("connection %d is open after %s", i, 2*slowLimit)
		}
		longest = max(longest, s.took)
	}
	t.Attr("closed_after_at_most", longest.Round(10*time.Millisecond).String())
	t.Attr("memory_more", fmt.Sprintf("%.1f MiB", float64(grown)/1024))
	t.Attr("p99_of_others", fmt.Sprintf("%s, before %s", meanwhile.Round(10*time.Microsecond), quiet.Round(10*time.Microsecond)))
	t.Logf("closed after at most %s; %d KiB more; p99 %s, before %s", longest, grown, meanwhile, quiet)
	if longest > slowLimit+time.Second { // the timer's slack, on a machine that is full of tests
		t.Errorf("closed only after %s", longest)
	}
	if grown > slowMemory {
		t.Errorf("%d KiB more", grown)
	}
	if meanwhile > 2*quiet+20*time.Millisecond { // a ratio alone would fail for a pause of the machine's
		t.Errorf("others' p99 is %s, and was %s", meanwhile, quiet)
	}
}

package apitest

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
)

// Mode is what a Proxy does with a request.
type Mode int

// The modes. Each is what a client sees of one kind of failure.
const (
	// Pass forwards the request, and the answer.
	Pass Mode = iota
	// Refuse is a service that is not there. As the standing mode it closes the
	// port: a dial is refused, and open connections are reset. For single
	// requests it resets the connection that brought the request, which the
	// service never sees.
	Refuse
	// BlackHole takes the request and never answers; the service never sees it.
	// The connection hangs until the client gives up, whatever comes after.
	BlackHole
	// CutAfterRequest forwards the request, waits until the answer begins to
	// arrive, so that the service has committed what it did, and resets the
	// connection: the client never sees a byte of the answer.
	CutAfterRequest
	// HoldAnswer is CutAfterRequest for a client that is to die meanwhile: the
	// connection hangs until the client gives up.
	HoldAnswer
)

// Proxy stands in front of a service that speaks HTTP/1.1 and breaks
// connections as networks do. It parses requests to know where they end, and
// forwards the bytes as they came. It is safe for concurrent use.
//
//	var proxy *apitest.Proxy
//	s := apitest.Start(t, apitest.UsersBehind(t, &proxy))
//	proxy.Next(1, apitest.CutAfterRequest, "POST", "/users") // the next create loses its answer
//	proxy.Set(apitest.Refuse)                                // from now on users is not there
//
// What Next asked for comes before the standing mode of Set, except while that
// is Refuse: nothing gets as far as a request then. A request is treated by
// what holds when its head has arrived, also on a connection from before.
type Proxy struct {
	target string   // host:port
	hold   heldPort // the port is ours, also while nobody listens

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when something was seen
	mode     Mode
	next     []*rule
	listener net.Listener
	conns    map[net.Conn]struct{} // to clients
	accepted int
	seen     []*sighting
	closed   bool
	serving  sync.WaitGroup
}

// rule is what the next few requests of a kind get.
type rule struct {
	left           int
	mode           Mode
	method, prefix string
}

// sighting is one request that has arrived.
type sighting struct {
	method, path string
	mode         Mode
	answered     bool // the answer has begun to arrive, here
}

// NewProxy opens a proxy in front of target, a URL without a path or host:port,
// until the test ends. Nothing needs to listen at target yet.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	hold, err := holdPort()
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{
		target: strings.TrimPrefix(target, "http://"), hold: hold,
		changed: make(chan struct{}), conns: map[net.Conn]struct{}{},
	}
	p.mu.Lock()
	err = p.open()
	p.mu.Unlock()
	t.Cleanup(p.close)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// UsersBehind puts a proxy between the auth service and the users service. The
// test's own client of users goes past it.
func UsersBehind(t testing.TB, proxy **Proxy) Option {
	return func(a *config.Auth, _ *config.Users) {
		*proxy = NewProxy(t, a.UsersURL)
		a.UsersURL = (*proxy).URL()
	}
}

// Addr is host:port, the same for the proxy's whole life.
func (p *Proxy) Addr() string { return p.hold.addr }

// URL is the address as a URL.
func (p *Proxy) URL() string { return "http://" + p.hold.addr }

// Set makes mode the one for every request that no Next is for.
func (p *Proxy) Set(mode Mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.mode = mode
	if mode == Refuse {
		p.shut()
		return
	}
	if err := p.open(); err != nil {
		panic(err) // the port is held, and nobody else's
	}
}

// Next gives the next n requests with this method and a path that begins with
// prefix ("" is anyOne) another treatment. Earlier calls are used up first.
func (p *Proxy) Next(n int, mode Mode, method, prefix string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = append(p.next, &rule{left: n, mode: mode, method: method, prefix: prefix})
}

// Forget drops what Next asked for and nothing has come for yet. How often a
// client tries is its own affair: net/http too sends again what has an
// Idempotency-Key where a kept connection breaks.
func (p *Proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = nil
}

// Seen counts the requests that have arrived, in any mode, with this method
// and a path that begins with prefix ("" is anyOne). While the port is closed
// nothing arrives.
func (p *Proxy) Seen(method, prefix string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count(method, prefix, anyOne)
}

// Forwarded counts those of them that the service got: all but those that were
// refused or swallowed.
func (p *Proxy) Forwarded(method, prefix string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count(method, prefix, func(s *sighting) bool { return s.mode != Refuse && s.mode != BlackHole })
}

// Accepted counts the connections that clients made.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// AwaitSeen waits until Seen is n. It fails the test when that takes longer
// than 30 s.
func (p *Proxy) AwaitSeen(t testing.TB, n int, method, prefix string) {
	t.Helper()
	p.await(t, n, method, prefix, anyOne)
}

// AwaitAnswered waits until the service has begun to answer n such requests:
// it has then committed what they asked for. Otherwise it is AwaitSeen.
func (p *Proxy) AwaitAnswered(t testing.TB, n int, method, prefix string) {
	t.Helper()
	p.await(t, n, method, prefix, func(s *sighting) bool { return s.answered })
}

func (p *Proxy) await(t testing.TB, n int, method, prefix string, of func(*sighting) bool) {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		p.mu.Lock()
		seen, changed := p.count(method, prefix, of), p.changed
		p.mu.Unlock()
		if seen >= n {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("the proxy saw %d requests %s %s, not %d", seen, method, prefix, n)
		}
	}
}

func anyOne(*sighting) bool { return true }

// count needs p.mu.
func (p *Proxy) count(method, prefix string, of func(*sighting) bool) (n int) {
	for _, s := range p.seen {
		if of(s) && fits(s.method, s.path, method, prefix) {
			n++
		}
	}
	return n
}

func fits(method, path, wantMethod, wantPrefix string) bool {
	return (wantMethod == "" || method == wantMethod) && strings.HasPrefix(path, wantPrefix)
}

// treat decides about a request that has arrived, and notes it.
func (p *Proxy) treat(r *http.Request) *sighting {
	p.mu.Lock()
	defer p.mu.Unlock()
	mode := p.mode
	for i, rule := range p.next {
		if fits(r.Method, r.URL.Path, rule.method, rule.prefix) {
			mode = rule.mode
			if rule.left--; rule.left <= 0 {
				p.next = slices.Delete(p.next, i, i+1)
			}
			break
		}
	}
	s := &sighting{method: r.Method, path: r.URL.Path, mode: mode}
	p.seen = append(p.seen, s)
	p.tell()
	return s
}

// answered notes that a request's answer has begun to arrive.
func (p *Proxy) answered(s *sighting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.answered = true
	p.tell()
}

// tell wakes up who waits. It needs p.mu.
func (p *Proxy) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

package faults

import (
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TCPProxy stands in front of a server, whatever is spoken with it, and breaks connections as
// networks do. It is safe for concurrent use.
//
//	proxy, url := faults.DatabaseProxy(t, d.UsersDB.URL)
//	d.Env = append(d.Env, "USERS_DATABASE_URL="+url)
//	…
//	proxy.Swallow()
//	…
//	proxy.Heal()
//
// Each of Delay, Swallow, SwallowAnswers, CutAnswers and Cut takes the place of the one before;
// it holds for all connections, those that are open too, until Heal. apitest.Proxy knows HTTP,
// and can break single requests.
//
// It is not toxiproxy (v2.5.0, of 2022), which as a library brings gorilla/mux, zerolog,
// urfave/cli and tomb, cannot dial the socket that tests' servers listen on, and throws away what
// a black hole has swallowed, where a network that heals delivers it.
type TCPProxy struct {
	addr, upstream string

	mu       sync.Mutex
	now      treatment
	changed  chan struct{} // closed and replaced when now changes
	listener net.Listener  // nil while nobody listens
	open     map[*link]struct{}
	ended    bool
	serving  sync.WaitGroup
}

// treatment is what connections get.
type treatment struct {
	delay             time.Duration // of answers
	requests, answers bool          // they are held
	limited           bool          // a connection ends after some bytes of answers
	limit             int
}

// NewTCPProxy opens a proxy in front of upstream until the test ends. Upstream is host:port, or
// the path of a Unix socket; nobody needs to listen there yet.
func NewTCPProxy(t testing.TB, upstream string) *TCPProxy {
	t.Helper()
	p := &TCPProxy{addr: apitest.FreeAddr(t), upstream: upstream, changed: make(chan struct{}), open: map[*link]struct{}{}}
	if err := p.listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

// DatabaseProxy is a proxy in front of the server of a PostgreSQL URL, with a socket or one host,
// and the URL that leads through it.
func DatabaseProxy(t testing.TB, databaseURL string) (*TCPProxy, string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	upstream, query := u.Host, u.Query()
	if dir := query.Get("host"); dir != "" {
		upstream = filepath.Join(dir, ".s.PGSQL."+query.Get("port"))
	}
	p := NewTCPProxy(t, upstream)
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = p.addr, query.Encode()
	return p, u.String()
}

// Addr is host:port, the same for the proxy's whole life.
func (p *TCPProxy) Addr() string { return p.addr }

// Delay lets answers, and so each round trip, arrive so much later. What was sent together
// arrives together.
func (p *TCPProxy) Delay(d time.Duration) { p.set(treatment{delay: d}) }

// Swallow is a black hole: nothing arrives any more, in either direction, no end of a
// connection either. A dial succeeds. After Heal all of it arrives, as it does where a network
// lost packets that are sent again; a client that gave up has then left.
func (p *TCPProxy) Swallow() { p.set(treatment{requests: true, answers: true}) }

// SwallowAnswers is a cut one way: what clients send arrives, and nothing comes back.
func (p *TCPProxy) SwallowAnswers() { p.set(treatment{answers: true}) }

// CutAnswers resets each connection, those that are open too, once so many more bytes have come
// back on it: in the middle of an answer.
func (p *TCPProxy) CutAnswers(after int) { p.set(treatment{limited: true, limit: after}) }

// Cut is a server that is not there: connections are reset, and dials refused.
func (p *TCPProxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
	for l := range p.open {
		l.close(reset)
	}
}

// HalfOpen takes the server away from the connections that are open: it sees them reset, and
// their clients are never told. New ones are not touched, and what was set stays.
func (p *TCPProxy) HalfOpen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.open {
		l.half = true
		reset(l.server)
	}
}

// Heal lets everything pass again, at once.
func (p *TCPProxy) Heal() { p.set(treatment{}) }

func (p *TCPProxy) set(now treatment) {
	if err := p.listen(); err != nil {
		panic(err) // somebody took the port, which is below those that systems give out
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
	for l := range p.open {
		l.left = now.limit
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// listen opens the port, if it is closed.
func (p *TCPProxy) listen() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil || p.ended {
		return nil
	}
	listener, err := net.Listen("tcp", p.addr)
	if err != nil {
		return err
	}
	p.listener = listener
	p.serving.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // closed
			}
			p.serving.Go(func() { p.serve(client) })
		}
	})
	return nil
}

func (p *TCPProxy) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.Cut()
	p.serving.Wait()
}

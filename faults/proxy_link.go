package faults

import (
	"net"
	"path/filepath"
	"sync"
	"time"
)

// link is one connection through a proxy.
type link struct {
	client, server net.Conn
	closed         chan struct{}
	once           sync.Once
	half           bool // the server has gone, and the client does not know; under the proxy's mu
	left           int  // bytes that may yet come back, where that is limited; under the proxy's mu
}

// piece is what arrived at once, and when.
type piece struct {
	data []byte
	at   time.Time
}

// serve joins a client and the server until one of them, or the proxy, closes.
func (p *TCPProxy) serve(client net.Conn) {
	network := "tcp"
	if filepath.IsAbs(p.upstream) {
		network = "unix"
	}
	server, err := net.Dial(network, p.upstream)
	if err != nil {
		reset(client)
		return
	}
	l := &link{client: client, server: server, closed: make(chan struct{})}
	defer l.close(reset)
	p.mu.Lock()
	if p.listener == nil { // it was closed while this one came in
		p.mu.Unlock()
		return
	}
	l.left = p.now.limit
	p.open[l] = struct{}{}
	p.mu.Unlock()
	var pumps sync.WaitGroup
	pumps.Go(func() { p.requests(l) })
	pumps.Go(func() { p.answers(l) })
	pumps.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, l)
}

// requests passes on what the client sends, and its end.
func (p *TCPProxy) requests(l *link) {
	for sent := range l.read(l.client) {
		if !p.await(l, sent.at, func(now treatment) (held bool, delay time.Duration) { return now.requests, 0 }) {
			return
		}
		if _, err := l.server.Write(sent.data); err != nil && !p.halfOpen(l) {
			l.close(reset)
			return
		}
	}
	p.await(l, time.Time{}, func(now treatment) (bool, time.Duration) { return now.requests, 0 })
	l.close(end)
}

// answers passes on what the server sends, and its end, unless that is to be kept from the client.
func (p *TCPProxy) answers(l *link) {
	way := func(now treatment) (bool, time.Duration) { return now.answers, now.delay }
	for sent := range l.read(l.server) {
		if !p.await(l, sent.at, way) {
			return
		}
		data, last := p.allowed(l, sent.data)
		if _, err := l.client.Write(data); err != nil || last {
			l.close(reset)
			return
		}
	}
	if p.halfOpen(l) {
		return
	}
	p.await(l, time.Time{}, way)
	l.close(end)
}

// read gives what arrives on a connection, until its end or the link's. It reads on while pieces
// wait, as a network does, up to eight megabytes.
func (l *link) read(from net.Conn) <-chan piece {
	pieces := make(chan piece, 256)
	go func() {
		defer close(pieces)
		for {
			buffer := make([]byte, 32<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				select {
				case pieces <- piece{buffer[:n], time.Now()}:
				case <-l.closed:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return pieces
}

// await waits until something that arrived at a time may go on. It says no when the link has
// closed.
func (p *TCPProxy) await(l *link, at time.Time, way func(treatment) (held bool, delay time.Duration)) bool {
	for {
		p.mu.Lock()
		held, delay := way(p.now)
		changed := p.changed
		p.mu.Unlock()
		wait := time.Until(at.Add(delay))
		if !held && wait <= 0 {
			return true
		}
		var due <-chan time.Time
		if !held {
			due = time.After(wait)
		}
		select {
		case <-due:
		case <-changed:
		case <-l.closed:
			return false
		}
	}
}

// allowed gives how much of an answer may pass, and whether that is the end.
func (p *TCPProxy) allowed(l *link, data []byte) (passes []byte, last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.now.limited {
		return data, false
	}
	passes = data[:min(len(data), l.left)]
	l.left -= len(passes)
	return passes, l.left == 0
}

func (p *TCPProxy) halfOpen(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.half
}

// close closes both sides, in one of the two ways below.
func (l *link) close(how func(net.Conn)) {
	l.once.Do(func() {
		close(l.closed)
		how(l.client)
		how(l.server)
	})
}

// end closes a connection as who has sent everything does.
func end(conn net.Conn) { _ = conn.Close() }

// reset closes a connection with an RST in place of a FIN.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

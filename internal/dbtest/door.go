package dbtest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// door is a TCP port before a server that listens on a socket alone, as the
// network between a service and its database is: it can be closed, and it can
// swallow what is sent.
type door struct {
	listener net.Listener
	socket   string
	hangs    atomic.Bool
	closed   chan struct{}

	mu    sync.Mutex
	conns map[net.Conn]struct{} // both sides of all that are open
	gone  bool
}

func openDoor(t testing.TB, socket string) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	d := &door{listener: l, socket: socket, closed: make(chan struct{}), conns: map[net.Conn]struct{}{}}
	go d.serve()
	t.Cleanup(d.close)
	return d
}

func (d *door) serve() {
	for {
		client, err := d.listener.Accept()
		if err != nil {
			return // closed
		}
		go d.pass(client)
	}
}

// pass joins a client and the server until one of them, or the door, closes.
func (d *door) pass(client net.Conn) {
	defer d.drop(client)
	if !d.keep(client) {
		return
	}
	server, err := net.Dial("unix", d.socket)
	if err != nil {
		return
	}
	defer d.drop(server)
	if !d.keep(server) {
		return
	}
	ended := make(chan struct{}, 2)
	go func() { d.copy(server, client); ended <- struct{}{} }()
	go func() { d.copy(client, server); ended <- struct{}{} }()
	<-ended
}

// copy copies until an end; once the door hangs, nothing more comes through.
func (d *door) copy(to, from net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if d.hangs.Load() {
			<-d.closed
			return
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (d *door) keep(c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.gone {
		d.conns[c] = struct{}{}
	}
	return !d.gone
}

func (d *door) drop(c net.Conn) {
	_ = c.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, c)
}

// close refuses and breaks all connections from now on.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return
	}
	d.gone = true
	close(d.closed)
	_ = d.listener.Close()
	for c := range d.conns {
		_ = c.Close()
	}
}

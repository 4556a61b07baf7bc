package httpapi

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// openConns are the connections that are new or have a request in flight.
type openConns struct {
	mu       sync.Mutex
	busy     map[net.Conn]struct{}
	complete chan struct{} // closed when Serve has returned: no more will come
}

func watchConns(server *http.Server) *openConns {
	o := &openConns{busy: map[net.Conn]struct{}{}, complete: make(chan struct{})}
	server.ConnState = func(c net.Conn, state http.ConnState) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if state == http.StateNew || state == http.StateActive {
			o.busy[c] = struct{}{}
			return
		}
		delete(o.busy, c)
	}
	return o
}

// awaitIdle waits until no request is in flight, or ctx ends. A connection on
// which nothing comes counts until ReadHeaderTimeout closes it.
func (o *openConns) awaitIdle(ctx context.Context) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for ctx.Err() == nil {
		o.mu.Lock()
		busy := len(o.busy)
		o.mu.Unlock()
		if busy == 0 {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

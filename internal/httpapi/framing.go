package httpapi

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// A request with both a Content-Length and a Transfer-Encoding ends at one place
// for a proxy and at another for its server, which is how requests are smuggled
// (RFC 9112, sections 6.1 and 11.2). net/http takes the first header away and
// goes on, on the same connection; so what comes in is looked at beforehand.

// headListener gives connections that look at the heads of requests.
type headListener struct{ net.Listener }

// Accept waits for the next connection.
func (l headListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &headConn{TCPConn: tcp}, err
	}
	return conn, err
}

// headConn notes whether both headers stood in one head. It reads lines and no
// requests: between two empty lines lies a head, maybe behind the body of the
// request before. A body that has both, each at the beginning of a line, is
// neither JSON nor a form.
type headConn struct {
	*net.TCPConn
	begun          [18]byte // how the line begins, by as much as the longer name has
	n              int
	sized, chunked bool
	both           atomic.Bool // for good: whoever sends such a thing gets no further
}

var (
	lengthLine   = []byte("content-length:")
	encodingLine = []byte("transfer-encoding:")
)

// Read reads, and looks at what it has read. net/http reads in one goroutine at a
// time.
func (c *headConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	c.look(b[:n])
	return n, err
}

func (c *headConn) look(text []byte) {
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		c.n += copy(c.begun[c.n:], line)
		if !ended {
			return
		}
		c.endLine(c.begun[:c.n])
		c.n, text = 0, rest
	}
}

func (c *headConn) endLine(begun []byte) {
	switch {
	case len(begun) == 0, len(begun) == 1 && begun[0] == '\r':
		c.sized, c.chunked = false, false
	case hasName(begun, lengthLine):
		c.sized = true
	case hasName(begun, encodingLine):
		c.chunked = true
	}
	if c.sized && c.chunked {
		c.both.Store(true)
	}
}

func hasName(line, name []byte) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], name)
}

type headConnKey struct{}

// withConn lets a request find its connection.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, headConnKey{}, conn)
}

var errFraming = fault.Fields(fault.Field{Pointer: "header.Transfer-Encoding", Detail: "stands beside a Content-Length"})

// framing refuses a request with both headers, and closes the connection. Under
// TLS nobody has looked: there, whatever may be such a request is the last of its
// connection, as RFC 9112, section 6.1 asks for at the least.
func framing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, looked := r.Context().Value(headConnKey{}).(*headConn)
		if looked && conn.both.Load() {
			w.Header().Set("Connection", "close")
			Write(w, r, errFraming)
			return
		}
		if !looked && (len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1)) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

package apitest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// heldPort is a port of the loopback that is bound, and on which nobody need
// listen: dials are then refused, and the port is given to nobody else. Who
// listens does so with SO_REUSEPORT, as the holder is bound.
type heldPort struct {
	fd   int
	addr string
}

func holdPort() (heldPort, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return heldPort{}, err
	}
	unix.CloseOnExec(fd)
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
	)
	if err != nil {
		return heldPort{}, errors.Join(err, unix.Close(fd))
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return heldPort{}, errors.Join(err, unix.Close(fd))
	}
	bound := name.(*unix.SockaddrInet4) // it was bound as one
	return heldPort{fd: fd, addr: (&net.TCPAddr{IP: bound.Addr[:], Port: bound.Port}).String()}, nil
}

func (h heldPort) listen() (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		})
		return errors.Join(err, failed)
	}}
	return config.Listen(context.Background(), "tcp4", h.addr)
}

// open listens, if nobody does. It needs p.mu.
func (p *Proxy) open() error {
	if p.listener != nil {
		return nil
	}
	l, err := p.hold.listen()
	if err != nil {
		return err
	}
	p.listener = l
	p.serving.Add(1)
	go func() {
		defer p.serving.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.admit(l, conn)
		}
	}()
	return nil
}

// shut closes the port and resets whoever is connected. It needs p.mu.
func (p *Proxy) shut() {
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
	for conn := range p.conns {
		reset(conn)
	}
}

func (p *Proxy) admit(l net.Listener, conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != l { // it was closed while this one came in
		reset(conn)
		return
	}
	p.accepted++
	p.conns[conn] = struct{}{}
	p.serving.Add(1)
	go func() {
		defer p.serving.Done()
		p.serve(conn)
		_ = conn.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, conn)
	}()
}

// close ends everything and waits for it.
func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.shut()
	p.mu.Unlock()
	p.serving.Wait()
	_ = unix.Close(p.hold.fd)
}

// reset closes a connection with an RST in place of a FIN.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// serve treats one client's requests, one after another.
func (p *Proxy) serve(client net.Conn) {
	in := bufio.NewReader(client)
	for {
		request, raw, err := readRequest(in)
		if err != nil {
			return
		}
		seen := p.treat(request)
		switch seen.mode {
		case Refuse:
			reset(client)
			return
		case BlackHole:
			_, _ = io.Copy(io.Discard, in) // until the client gives up
			return
		}
		cut := seen.mode == CutAfterRequest || seen.mode == HoldAnswer
		answer, last, err := p.forward(client, in, request, raw, cut)
		if err == nil {
			p.answered(seen)
		}
		if err == nil && seen.mode == HoldAnswer {
			_, _ = io.Copy(io.Discard, in) // until the client gives up
			return
		}
		if err != nil || cut {
			reset(client)
			return
		}
		if _, err := client.Write(answer); err != nil || last {
			return
		}
	}
}

// forward gives the request to the service, on a connection of its own, and
// reads the answer; with cut no more than its first byte. A client that goes
// away takes the request with it, as without a proxy.
func (p *Proxy) forward(client net.Conn, in *bufio.Reader, request *http.Request, raw []byte, cut bool) (answer []byte, last bool, err error) {
	service, err := net.Dial("tcp", p.target)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = service.Close() }()
	defer watch(client, in, func() { _ = service.Close() })()
	if _, err := service.Write(raw); err != nil {
		return nil, false, err
	}
	var text bytes.Buffer
	out := bufio.NewReader(io.TeeReader(service, &text))
	if _, err := out.Peek(1); err != nil || cut {
		return nil, false, err
	}
	response, err := http.ReadResponse(out, request)
	if err != nil {
		return nil, false, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return text.Bytes(), response.Close, err
}

// watch calls gone when the client closes its connection, until stop.
func watch(client net.Conn, in *bufio.Reader, gone func()) (stop func()) {
	var stopping atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := in.Peek(1); err != nil && !stopping.Load() {
			gone()
		}
	}()
	return func() {
		stopping.Store(true)
		_ = client.SetReadDeadline(time.Unix(1, 0))
		<-done
		_ = client.SetReadDeadline(time.Time{})
	}
}

// readRequest reads one request, body and all, and gives its bytes.
func readRequest(in *bufio.Reader) (*http.Request, []byte, error) {
	var raw bytes.Buffer
	for line := ""; line != "\r\n"; {
		var err error
		if line, err = in.ReadString('\n'); err != nil {
			return nil, nil, err
		}
		raw.WriteString(line)
	}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw.Bytes())))
	if err != nil {
		return nil, nil, err
	}
	if len(request.TransferEncoding) == 0 {
		_, err = io.CopyN(&raw, in, request.ContentLength)
		return request, raw.Bytes(), err
	}
	chunked := httputil.NewChunkedWriter(&raw)
	_, err = io.Copy(chunked, httputil.NewChunkedReader(in))
	if err == nil {
		err = chunked.Close() // writes the last chunk, and no trailer
	}
	if err == nil {
		_, err = in.ReadString('\n')
	}
	raw.WriteString("\r\n")
	return request, raw.Bytes(), err
}

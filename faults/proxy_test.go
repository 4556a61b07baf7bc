package faults_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
)

// echo sends each line back.
func echo(t *testing.T, network, address string) (addr string) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for in := bufio.NewReader(conn); ; {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					_, _ = io.WriteString(conn, line)
				}
			}()
		}
	}()
	return l.Addr().String()
}

// caller is a client of echo.
type caller struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func call(t *testing.T, p *faults.TCPProxy) caller {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return caller{t, conn, bufio.NewReader(conn)}
}

func (c caller) say(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, line+"\n"); err != nil {
		c.t.Error(err)
	}
}

// hears wants a line within the time.
func (c caller) hears(want string, within time.Duration) {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(within))
	if got, err := c.in.ReadString('\n'); got != want+"\n" {
		c.t.Errorf("heard %q, %v, not %q", got, err, want)
	}
}

// hearsNothing wants the connection open, and silent.
func (c caller) hearsNothing() {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if got, err := c.in.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Errorf("heard %q, %v", got, err)
	}
}

// isReset wants the connection reset.
func (c caller) isReset() {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(time.Second))
	if got, err := c.in.ReadByte(); !errors.Is(err, syscall.ECONNRESET) {
		c.t.Errorf("heard %q, %v", got, err)
	}
}

const soon = time.Second

func TestTCPProxy(t *testing.T) {
	t.Parallel()
	for name, upstream := range map[string]string{
		"tcp": echo(t, "tcp", "127.0.0.1:0"), "unix": echo(t, "unix", filepath.Join(t.TempDir(), "s")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := faults.NewTCPProxy(t, upstream)
			c := call(t, p)
			c.say("one")
			c.hears("one", soon)

			p.Delay(200 * time.Millisecond)
			c.say("late")
			c.hearsNothing()
			c.hears("late", soon)

			p.Swallow()
			c.say("swallowed")
			another := call(t, p)
			another.say("me too")
			c.hearsNothing()
			another.hearsNothing()
			p.Heal()
			c.hears("swallowed", soon)
			another.hears("me too", soon)

			p.CutAnswers(5)
			c.say("abcdefgh")
			c.hearsBeforeReset("abcde")
			p.Heal()
			another.say("still here")
			another.hears("still here", soon)

			p.HalfOpen()
			another.say("nobody there")
			another.hearsNothing()
			c = call(t, p)
			c.say("a new one")
			c.hears("a new one", soon)

			p.Cut()
			c.isReset()
			another.isReset()
			if _, err := net.Dial("tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("a dial gives %v", err)
			}
			p.Heal()
			c = call(t, p)
			c.say("back")
			c.hears("back", soon)
			_ = c.conn.(*net.TCPConn).CloseWrite()
			_ = c.conn.SetReadDeadline(time.Now().Add(soon))
			if _, err := c.in.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("the end is %v", err)
			}
		})
	}
}

func (c caller) hearsBeforeReset(want string) {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(soon))
	got, err := io.ReadAll(c.in)
	if string(got) != want || !errors.Is(err, syscall.ECONNRESET) {
		c.t.Errorf("heard %q, %v", got, err)
	}
}

// With SwallowAnswers a request arrives.
func TestTCPProxyOneWay(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := faults.NewTCPProxy(t, l.Addr().String())
	p.SwallowAnswers()
	c := call(t, p)
	c.say("ask")
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if line, err := bufio.NewReader(server).ReadString('\n'); line != "ask\n" {
		t.Errorf("arrived: %q, %v", line, err)
	}
	_, _ = io.WriteString(server, "answer\n")
	c.hearsNothing()
	p.Heal()
	c.hears("answer", soon)
}

func TestDatabaseProxy(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"postgres://u@/d?host=%2Fsock&port=5432&sslmode=disable": "postgres://u@ADDR/d?sslmode=disable",
		"postgres://u:p@db:6432/d?sslmode=disable":               "postgres://u:p@ADDR/d?sslmode=disable",
	} {
		p, url := faults.DatabaseProxy(t, from)
		if got := strings.Replace(url, p.Addr(), "ADDR", 1); got != want {
			t.Errorf("%s becomes %s", from, got)
		}
	}
}

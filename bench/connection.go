package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// patience is how long an answer may take before it counts as an error.
const patience = 10 * time.Second

// connection is one kept HTTP/1.1 connection. Requests are written as they are,
// so that the client takes as little as it can of the machine that it measures.
type connection struct {
	addr string
	conn net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func dial(addr string) (*connection, error) {
	c := &connection{addr: addr}
	return c, c.open()
}

func (c *connection) open() (err error) {
	if c.conn, err = net.DialTimeout("tcp", c.addr, patience); err != nil {
		return err
	}
	c.in = bufio.NewReader(c.conn)
	return nil
}

// do sends a request and reads its answer, whose body is good until the next
// one. After an error, or where the server asks for it, the next request gets a
// new connection.
func (c *connection) do(request []byte) (status int, body []byte, err error) {
	if c.conn == nil {
		if err := c.open(); err != nil {
			return 0, nil, err
		}
	}
	keep := false
	defer func() {
		if !keep {
			c.close()
		}
	}()
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	c.body.Reset()
	if _, err := io.Copy(&c.body, answer.Body); err != nil {
		return 0, nil, err
	}
	keep = !answer.Close
	return answer.StatusCode, c.body.Bytes(), nil
}

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// requestOf writes a request out. Body is JSON or empty.
func requestOf(method, addr, path, bearer, body string) []byte {
	var b bytes.Buffer
	b.WriteString(method + " " + path + " HTTP/1.1\r\nHost: " + addr + "\r\n")
	if bearer != "" {
		b.WriteString("Authorization: Bearer " + bearer + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/json\r\nContent-Length: ")
		b.WriteString(strconv.Itoa(len(body)))
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

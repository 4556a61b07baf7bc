package httpapi

import (
	"net/http"
	"testing"
)

// However the bytes are cut into reads.
func TestS76BothHeadersInOneHead(t *testing.T) {
	t.Parallel()
	const (
		start   = "POST /a HTTP/1.1\r\nHost: x\r\n"
		length  = "Content-Length: 2\r\n"
		chunked = "Transfer-Encoding: chunked\r\n"
	)
	for name, tc := range map[string]struct {
		text string
		both bool
	}{
		"both":                         {start + length + chunked + "\r\n", true},
		"the other way round":          {start + chunked + length + "\r\n", true},
		"between others":               {start + length + "A: b\r\nC: d\r\n" + chunked + "E: f\r\n\r\n", true},
		"in other letters":             {start + "cONTENT-lENGTH:2\r\nTRANSFER-ENCODING:chunked\r\n\r\n", true},
		"without returns":              {"POST /a HTTP/1.1\nContent-Length: 2\nTransfer-Encoding: chunked\n\n", true},
		"in the second request":        {start + length + "\r\n{}" + start + length + chunked + "\r\n", true},
		"behind a body without end":    {start + length + "\r\n{}\n" + start + chunked + length + "\r\n", true},
		"a length":                     {start + length + "\r\n{}", false},
		"chunks":                       {start + chunked + "\r\n2\r\n{}\r\n0\r\n\r\n", false},
		"one and then the other":       {start + length + "\r\n{}" + start + chunked + "\r\n2\r\n{}\r\n0\r\n\r\n" + start + length + "\r\n{}", false},
		"a name that goes on":          {start + length + "Transfer-Encoding-X: chunked\r\n\r\n", false},
		"a name that begins earlier":   {start + length + "X-Transfer-Encoding: chunked\r\n\r\n", false},
		"in a value":                   {start + length + "A: Transfer-Encoding: chunked\r\n\r\n", false},
		"in a value that is continued": {start + length + "A: b\r\n Transfer-Encoding: chunked\r\n\r\n", false},
		"in a body of JSON":            {start + length + "\r\n" + `{"a":"\nTransfer-Encoding: chunked\r\n"}`, false},
	} {
		for step := 1; step <= len(tc.text); step++ {
			var c headConn
			for at := 0; at < len(tc.text); at += step {
				c.look([]byte(tc.text[at:min(len(tc.text), at+step)]))
			}
			if c.both.Load() != tc.both {
				t.Errorf("%s, by %d bytes: %v", name, step, !tc.both)
			}
		}
	}
}

// Where nobody has looked, what may be such a request is its connection's last.
func TestS76UnderTLSTheConnectionEnds(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for name, tc := range map[string]struct {
		change func(*http.Request)
		closed bool
	}{
		"a length": {func(*http.Request) {}, false},
		"chunks":   {func(r *http.Request) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} }, true},
		"HTTP/1.0": {func(r *http.Request) { r.Proto, r.ProtoMinor = "HTTP/1.0", 0 }, true},
		"HTTP/2":   {func(r *http.Request) { r.Proto, r.ProtoMajor, r.ProtoMinor, r.ContentLength = "HTTP/2.0", 2, 0, -1 }, false},
	} {
		answer := c.send("POST", "/things", `{"username":"bob"}`, tc.change)
		if wantSeen(t, answer); (answer.Header.Get("Connection") == "close") != tc.closed {
			t.Errorf("%s: %v", name, answer.Header)
		}
	}
}

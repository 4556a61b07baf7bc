package apitest

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// MailTLS is how a mail server encrypts.
type MailTLS int

// With STARTTLS, from the first byte, or not at all.
const (
	MailStartTLS MailTLS = iota
	MailImplicitTLS
	MailNoTLS
)

// MailStage is a point of the SMTP conversation at which a server can refuse,
// or say nothing more.
type MailStage string

// The stages. MailBody is the answer to the last dot: where it is refused, or
// does not come, the message is not kept.
const (
	MailGreeting  MailStage = "greeting"
	MailHello     MailStage = "EHLO"
	MailSTARTTLS  MailStage = "STARTTLS"
	MailAuth      MailStage = "AUTH"
	MailFrom      MailStage = "MAIL"
	MailRecipient MailStage = "RCPT"
	MailData      MailStage = "DATA"
	MailBody      MailStage = "body"
	MailQuit      MailStage = "QUIT"
)

// MailOptions say what a mail server offers and demands.
type MailOptions struct {
	TLS MailTLS
	// User and Password turn AUTH on: without them, MAIL is answered with 530.
	User, Password string
	Mechanism      string // PLAIN, unless it is LOGIN
}

// MailServer is a strict SMTP server on the loopback that keeps what it is
// sent: no line over 1,000 octets, no bare CR or LF, no 8-bit octets.
type MailServer struct {
	options MailOptions
	address string
	cert    mailCertificate

	mu       sync.Mutex
	listener net.Listener // nil while stopped
	open     map[net.Conn]bool
	sessions sync.WaitGroup
	stopped  chan struct{} // closed by Stop: hanging sessions end

	refusals map[MailStage]string
	unknown  map[string]string // refusals by recipient
	hanging  map[MailStage]bool
	messages []MailMessage
	commands []string
	changed  chan struct{} // closed and replaced at each message and command
}

// StartMail starts a mail server that ends with the test.
func StartMail(t testing.TB, options MailOptions) *MailServer {
	t.Helper()
	s := &MailServer{
		options: options, address: "127.0.0.1:0", cert: newMailCertificate(t), open: map[net.Conn]bool{},
		refusals: map[MailStage]string{}, unknown: map[string]string{}, hanging: map[MailStage]bool{}, changed: make(chan struct{}),
	}
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Start listens again after a Stop, on the same address. What it was told to
// refuse, and what it has kept, stays.
func (s *MailServer) Start(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		t.Fatalf("mail server: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener, s.address, s.stopped = listener, listener.Addr().String(), make(chan struct{})
	s.sessions.Go(func() { s.accept(listener) })
}

// Stop closes the listener and every connection, and waits for their ends:
// from then on a connection is refused. Stopping twice does nothing.
func (s *MailServer) Stop() {
	s.mu.Lock()
	if s.listener != nil {
		_ = s.listener.Close()
		s.listener = nil
		close(s.stopped)
	}
	for conn := range s.open {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.sessions.Wait()
}

func (s *MailServer) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.listener != listener { // stopped in between
			s.mu.Unlock()
			_ = conn.Close()
			return
		}
		s.open[conn] = true
		stopped := s.stopped
		s.mu.Unlock()
		s.sessions.Go(func() {
			newMailSession(s, conn, stopped).serve()
			_ = conn.Close()
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
		})
	}
}

// Addr is host:port, the same after a restart.
func (s *MailServer) Addr() string { return s.address }

// CAFile is the PEM file of the CA that signed the server's certificate.
func (s *MailServer) CAFile() string { return s.cert.caFile }

// URL is the SMTP_URL under which the server is reached, with all that it
// demands.
func (s *MailServer) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.address}
	query := url.Values{"ca": {s.cert.caFile}}
	switch s.options.TLS {
	case MailImplicitTLS:
		u.Scheme = "smtps"
	case MailNoTLS:
		query = url.Values{"tls": {"none"}}
	}
	if s.options.User != "" {
		u.User = url.UserPassword(s.options.User, s.options.Password)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Refuse answers a stage with a reply such as "451 4.3.0 later", until Accept.
func (s *MailServer) Refuse(stage MailStage, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals[stage] = reply
}

// RefuseRecipient answers RCPT for one address so, until Accept.
func (s *MailServer) RefuseRecipient(address, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown[strings.ToLower(address)] = reply
}

// Hang keeps connections open at a stage without a word, until Stop; those that
// come after Accept are served.
func (s *MailServer) Hang(stage MailStage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hanging[stage] = true
}

// Accept takes Refuse, RefuseRecipient and Hang back.
func (s *MailServer) Accept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.refusals)
	clear(s.unknown)
	clear(s.hanging)
}

// verdict is what was told about a stage: a reply that refuses, or silence.
func (s *MailServer) verdict(stage MailStage, recipient string) (reply string, hang bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply = s.refusals[stage]; reply == "" && stage == MailRecipient {
		reply = s.unknown[strings.ToLower(recipient)]
	}
	return reply, s.hanging[stage]
}

// Messages are the messages so far, in the order of their last dots.
func (s *MailServer) Messages() []MailMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Commands are the lines that clients sent so far, of all connections, without
// those that hold credentials or a message.
func (s *MailServer) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Await waits until there are n messages or more, and gives them all.
func (s *MailServer) Await(t testing.TB, n int, within time.Duration) []MailMessage {
	t.Helper()
	s.await(t, fmt.Sprintf("%d messages", n), within, func() bool { return len(s.messages) >= n })
	return s.Messages()
}

// AwaitCommand waits until a client has sent a line that begins so, n times.
func (s *MailServer) AwaitCommand(t testing.TB, prefix string, n int, within time.Duration) {
	t.Helper()
	s.await(t, fmt.Sprintf("%d of %s", n, prefix), within, func() bool {
		seen := 0
		for _, line := range s.commands {
			if strings.HasPrefix(line, prefix) {
				seen++
			}
		}
		return seen >= n
	})
}

func (s *MailServer) await(t testing.TB, what string, within time.Duration, there func() bool) {
	t.Helper()
	late := time.After(within)
	for {
		s.mu.Lock()
		changed, done := s.changed, there()
		messages, commands := len(s.messages), slices.Clone(s.commands)
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("mail server: no %s after %s; it has %d messages and saw %q", what, within, messages, commands)
		}
	}
}

// note changes what Await looks at, and wakes it.
func (s *MailServer) note(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

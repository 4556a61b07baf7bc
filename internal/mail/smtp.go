package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// sendTimeout bounds a delivery, from the look-up of the relay's name to its
// last answer.
const sendTimeout = 10 * time.Second

// SMTP delivers to a relay, one connection per message: mails are few, and a
// connection that was kept may have died.
type SMTP struct {
	relay   relay
	tls     *tls.Config
	from    string
	timeout time.Duration
	now     func() time.Time
}

// NewSMTP reads an SMTP_URL (README.md has its form) and a sender, and the CA's
// certificates where the URL names a file. No connection is made: a relay that
// is down must not keep the service from starting. Errors hold nothing of url.
func NewSMTP(url, from string) (*SMTP, error) {
	r, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("mail: the relay's URL: %w", err)
	}
	config, err := r.tlsConfig()
	if err != nil {
		return nil, fmt.Errorf("mail: the relay's URL: %w", err)
	}
	if _, err := parseFrom(from); err != nil {
		return nil, err
	}
	return &SMTP{relay: r, tls: config, from: from, timeout: sendTimeout, now: time.Now}, nil
}

// Send delivers m, within 10 s. After an error the relay may have it all the
// same, where the last answer was lost.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	letter, err := compose(s.from, m, s.now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return failure(ctx, stepConnect, err)
	}
	defer func() { _ = conn.Close() }() // what counts was answered
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	return s.converse(ctx, conn, letter, m.To)
}

// Probe goes as far with the relay as a mail's first command: it greets,
// encrypts and authenticates, and sends nothing. It takes 10 s at most.
func (s *SMTP) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return failure(ctx, stepConnect, err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	c, err := s.greet(ctx, conn)
	if err != nil {
		return err
	}
	_ = c.Quit() // all that was to be known is
	return nil
}

// greet begins a conversation: hello, TLS, who we are.
func (s *SMTP) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	c, err := smtp.NewClient(conn, s.relay.host)
	if err != nil {
		return nil, failure(ctx, stepGreeting, err)
	}
	c.SkipSMTPUTF8(true) // all addresses are ASCII, so that any relay further on takes them
	for _, step := range []step{
		{stepHello, func() error { return c.Hello(helloName(conn)) }},
		{stepTLS, func() error { return s.encrypt(c) }},
		{stepAuth, func() error { return s.authenticate(c) }},
	} {
		if err := step.do(); err != nil {
			return nil, failure(ctx, step.name, err)
		}
	}
	return c, nil
}

// step is one command of a conversation.
type step struct {
	name string
	do   func() error
}

func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.relay.host, s.relay.port)
	if s.relay.tls == implicitTLS {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

// converse holds the SMTP conversation (RFC 5321, section 3). It ends at the
// first step that fails: the relay drops a mail whose last dot did not come.
func (s *SMTP) converse(ctx context.Context, conn net.Conn, letter *gomail.Msg, to string) error {
	sender, err := letter.GetSender(false)
	if err != nil {
		return headerError("From")
	}
	c, err := s.greet(ctx, conn)
	if err != nil {
		return err
	}
	for _, step := range []step{
		{stepFrom, func() error { return c.Mail(sender) }},
		{stepTo, func() error { return c.Rcpt("<" + to + ">") }},
		{stepData, func() error { return transfer(c, letter) }},
	} {
		if err := step.do(); err != nil {
			return failure(ctx, step.name, err)
		}
	}
	_ = conn.SetDeadline(s.now().Add(time.Second))
	_ = c.Quit() // it has been taken; a farewell that fails must not send it again
	return nil
}

// helloName is a name that relays take: the host's if it is a full one, as a
// container's is not, else the address (RFC 5321, section 4.1.4).
func helloName(conn net.Conn) string {
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") && isVisibleASCII(name) {
		return name
	}
	address, ok := conn.LocalAddr().(*net.TCPAddr)
	switch {
	case !ok:
		return "localhost"
	case address.IP.To4() != nil:
		return "[" + address.IP.String() + "]"
	}
	return "[IPv6:" + address.IP.String() + "]"
}

var errNoSTARTTLS = errors.New("the server does not offer it (tls=none in the URL is for a sink on this machine)")

func (s *SMTP) encrypt(c *smtp.Client) error {
	if s.relay.tls == implicitTLS || s.relay.tls == noTLS {
		return nil
	}
	offered, _ := c.Extension("STARTTLS")
	switch {
	case offered:
		return c.StartTLS(s.tls)
	case s.relay.tls == opportunisticTLS:
		return nil
	}
	return errNoSTARTTLS
}

// authenticate takes PLAIN or LOGIN, which is what relays offer under TLS.
func (s *SMTP) authenticate(c *smtp.Client) error {
	if s.relay.user == "" {
		return nil
	}
	if _, encrypted := c.TLSConnectionState(); !encrypted && !s.relay.local() {
		return smtp.ErrUnencrypted
	}
	_, offered := c.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	switch {
	case slices.Contains(mechanisms, "PLAIN"):
		return c.Auth(smtp.PlainAuth("", s.relay.user, s.relay.password, s.relay.host, false))
	case slices.Contains(mechanisms, "LOGIN"):
		return c.Auth(smtp.LoginAuth(s.relay.user, s.relay.password, s.relay.host, false))
	}
	return errors.New("the server offers neither PLAIN nor LOGIN")
}

func transfer(c *smtp.Client, letter *gomail.Msg) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := letter.WriteTo(w); err != nil {
		return err // closing w would send what there is of it
	}
	return w.Close()
}

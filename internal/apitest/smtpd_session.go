package apitest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/mail"
	"strings"
	"time"
)

// mailIdle ends a connection on which nothing comes.
const mailIdle = time.Minute

// mailSession is one connection's conversation (RFC 5321).
type mailSession struct {
	server  *MailServer
	conn    net.Conn
	in      *bufio.Reader
	stopped <-chan struct{}

	encrypted, hello, authenticated bool
	from                            *string
	to                              []string
}

func newMailSession(s *MailServer, conn net.Conn, stopped <-chan struct{}) *mailSession {
	session := &mailSession{server: s, conn: conn, stopped: stopped}
	if s.options.TLS == MailImplicitTLS {
		session.conn, session.encrypted = tls.Server(conn, s.cert.config), true
	}
	session.in = bufio.NewReader(session.conn)
	return session
}

func (m *mailSession) serve() {
	if !m.answer(MailGreeting, "", "220 apitest ESMTP") {
		return
	}
	for {
		line, ok := m.line()
		if !ok {
			return
		}
		verb, argument, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		if verb == "AUTH" {
			m.note(verb + " " + strings.ToUpper(strings.SplitN(argument, " ", 2)[0]))
		} else {
			m.note(line)
		}
		if !m.command(verb, argument) {
			return
		}
	}
}

func (m *mailSession) note(line string) {
	m.server.note(func() { m.server.commands = append(m.server.commands, line) })
}

// command answers one command; false ends the connection.
func (m *mailSession) command(verb, argument string) bool {
	switch verb {
	case "EHLO", "HELO":
		m.reset()
		m.hello = true
		return m.answer(MailHello, "", m.extensions())
	case "STARTTLS":
		return m.startTLS()
	case "AUTH":
		return m.auth(argument)
	case "MAIL":
		return m.mail(argument)
	case "RCPT":
		return m.recipient(argument)
	case "DATA":
		return m.data()
	case "RSET":
		m.reset()
		return m.say("250 2.0.0 as new")
	case "NOOP":
		return m.say("250 2.0.0 still here")
	case "QUIT":
		m.answer(MailQuit, "", "221 2.0.0 bye")
		return false
	}
	return m.say("500 5.5.2 unknown command")
}

func (m *mailSession) reset() { m.from, m.to = nil, nil }

func (m *mailSession) extensions() string {
	lines := []string{"apitest", "ENHANCEDSTATUSCODES"}
	o := m.server.options
	if o.TLS == MailStartTLS && !m.encrypted {
		lines = append(lines, "STARTTLS")
	} else if o.User != "" {
		lines = append(lines, "AUTH "+o.mechanism())
	}
	for i := range lines[:len(lines)-1] {
		lines[i] = "250-" + lines[i]
	}
	lines[len(lines)-1] = "250 " + lines[len(lines)-1]
	return strings.Join(lines, "\r\n")
}

func (o MailOptions) mechanism() string {
	if o.Mechanism == "" {
		return "PLAIN"
	}
	return o.Mechanism
}

func (m *mailSession) startTLS() bool {
	if m.server.options.TLS != MailStartTLS || m.encrypted {
		return m.say("502 5.5.1 not offered")
	}
	if permitted, open := m.permits(MailSTARTTLS, ""); !permitted {
		return open
	}
	if !m.say("220 2.0.0 go ahead") {
		return false
	}
	conn := tls.Server(m.conn, m.server.cert.config)
	if conn.Handshake() != nil {
		return false // the client has its reasons, such as an unknown CA
	}
	m.conn, m.in, m.encrypted, m.hello = conn, bufio.NewReader(conn), true, false
	return true
}

func (m *mailSession) auth(argument string) bool {
	o := m.server.options
	mechanism, initial, _ := strings.Cut(argument, " ")
	switch {
	case o.User == "" || (o.TLS == MailStartTLS && !m.encrypted):
		return m.say("503 5.5.1 not offered")
	case !strings.EqualFold(mechanism, o.mechanism()):
		return m.say("504 5.5.4 unknown mechanism")
	}
	var given, wanted []string
	if o.mechanism() == "LOGIN" {
		given, wanted = []string{m.challenge("VXNlcm5hbWU6"), m.challenge("UGFzc3dvcmQ6")}, []string{o.User, o.Password}
	} else {
		if initial == "" {
			initial = m.challenge("")
		}
		given, wanted = []string{initial}, []string{"\x00" + o.User + "\x00" + o.Password}
	}
	m.authenticated = true
	for i := range wanted {
		text, err := base64.StdEncoding.DecodeString(given[i])
		m.authenticated = m.authenticated && err == nil && string(text) == wanted[i]
	}
	if !m.authenticated { // as real ones do, with the user in it
		return m.say("535 5.7.8 authentication of " + o.User + " failed")
	}
	return m.answer(MailAuth, "", "235 2.7.0 welcome")
}

func (m *mailSession) challenge(text string) string {
	m.say("334 " + text)
	line, _ := m.line()
	return line
}

func (m *mailSession) mail(argument string) bool {
	address, ok := mailPath(argument, "FROM:")
	switch {
	case !m.hello || m.from != nil:
		return m.say("503 5.5.1 out of order")
	case m.server.options.User != "" && !m.authenticated:
		return m.say("530 5.7.0 authentication required")
	case !ok:
		return m.say("501 5.1.7 bad sender")
	}
	return m.answer(MailFrom, "", "250 2.1.0 sender", func() { m.from = &address })
}

func (m *mailSession) recipient(argument string) bool {
	address, ok := mailPath(argument, "TO:")
	switch {
	case m.from == nil:
		return m.say("503 5.5.1 out of order")
	case !ok || address == "":
		return m.say("501 5.1.3 bad recipient")
	}
	return m.answer(MailRecipient, address, "250 2.1.5 recipient", func() { m.to = append(m.to, address) })
}

func (m *mailSession) data() bool {
	if len(m.to) == 0 {
		return m.say("503 5.5.1 out of order")
	}
	if permitted, open := m.permits(MailData, ""); !permitted {
		return open
	}
	if !m.say("354 go ahead") {
		return false
	}
	raw, fault, ok := readMail(m.in)
	if !ok {
		return false
	}
	if fault != "" {
		m.reset()
		return m.say(fault)
	}
	message, err := parseMail(raw)
	if err != nil {
		m.reset()
		return m.say("550 5.6.0 " + err.Error())
	}
	message.From, message.To, message.Encrypted = *m.from, m.to, m.encrypted
	message.Authenticated = m.authenticated
	m.reset()
	return m.answer(MailBody, "", "250 2.0.0 kept", func() {
		m.server.note(func() { m.server.messages = append(m.server.messages, message) })
	})
}

// permits refuses, or falls silent, where the server was told to. open is
// whether the conversation goes on.
func (m *mailSession) permits(stage MailStage, recipient string) (permitted, open bool) {
	reply, hang := m.server.verdict(stage, recipient)
	switch {
	case hang:
		<-m.stopped
		return false, false
	case reply != "":
		return false, m.say(reply) && !strings.HasPrefix(reply, "421")
	}
	return true, true
}

// answer says reply, after then, unless the stage is not permitted.
func (m *mailSession) answer(stage MailStage, recipient, reply string, then ...func()) (open bool) {
	permitted, open := m.permits(stage, recipient)
	if !permitted {
		return open
	}
	for _, do := range then {
		do()
	}
	return m.say(reply)
}

func (m *mailSession) say(reply string) bool {
	_ = m.conn.SetDeadline(time.Now().Add(mailIdle)) // a connection that is gone fails in Write
	_, err := m.conn.Write([]byte(reply + "\r\n"))
	return err == nil
}

func (m *mailSession) line() (string, bool) {
	line, err := m.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err == nil
}

// mailPath takes the address from "FROM:<a@b> PARAMETERS".
func mailPath(argument, keyword string) (string, bool) {
	if len(argument) < len(keyword) || !strings.EqualFold(argument[:len(keyword)], keyword) {
		return "", false
	}
	path, _, _ := strings.Cut(argument[len(keyword):], " ")
	if !strings.HasPrefix(path, "<") || !strings.HasSuffix(path, ">") {
		return "", false
	}
	path = path[1 : len(path)-1]
	address, err := mail.ParseAddress(path)
	return path, path == "" || (err == nil && address.Address == path)
}

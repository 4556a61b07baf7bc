package mail_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// TestPermanent has a server refuse at each stage, with words that must not get
// into an error.
func TestPermanent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stage     apitest.MailStage
		reply     string
		permanent bool
		text      string
	}{
		{apitest.MailRecipient, "550 5.1.1 no such user", true, "RCPT TO: refused with 550 5.1.1"},
		{apitest.MailRecipient, "553 never heard of it", true, "RCPT TO: refused with 553"},
		{apitest.MailRecipient, "450 4.2.1 greylisted", false, "RCPT TO: refused with 450 4.2.1"},
		{apitest.MailRecipient, "452 4.2.2 mailbox full", false, "452"},
		{apitest.MailRecipient, "554 5.7.1 relay access denied", false, "554 5.7.1"},
		{apitest.MailRecipient, "530 5.7.0 authentication required", false, "530"},
		{apitest.MailRecipient, "421 4.3.2 shutting down", false, "421"},
		{apitest.MailRecipient, "what?", false, "not SMTP"},
		{apitest.MailData, "554 5.6.0 no", true, "DATA: refused with 554 5.6.0"},
		{apitest.MailData, "451 4.3.0 later", false, "451"},
		{apitest.MailBody, "554 5.7.1 the link https://id.example.com/verify#token=" + canary + " is listed", true, "DATA: refused with 554 5.7.1"},
		{apitest.MailBody, "451 4.3.0 later", false, "DATA: refused with 451 4.3.0"},
		{apitest.MailBody, "250-" + canary, false, "mail: DATA"},
		{apitest.MailFrom, "550 5.1.8 no such sender", false, "MAIL FROM: refused with 550 5.1.8"},
		{apitest.MailAuth, "535 5.7.8 " + user + ": " + password, false, "AUTH: refused with 535 5.7.8"},
		{apitest.MailAuth, "334 " + user, false, "mail: AUTH"},
		{apitest.MailSTARTTLS, "554 5.7.0 no", false, "STARTTLS: refused with 554"},
		{apitest.MailHello, "550 5.7.1 who are you", false, "EHLO: refused with 550"},
		{apitest.MailGreeting, "554 5.3.2 not today", false, "greeting: refused with 554"},
		{apitest.MailGreeting, "HTTP/1.1 400 " + canary, false, "not SMTP"},
	} {
		t.Run(fmt.Sprint(c.stage, " ", c.reply), func(t *testing.T) {
			t.Parallel()
			server := apitest.StartMail(t, apitest.MailOptions{User: user, Password: password})
			server.Refuse(c.stage, c.reply)
			s := open(t, server.URL())
			if strings.HasPrefix(c.text, "mail: ") { // an answer that does not end
				s.SetTimeout(patience / 20)
			}
			err := failsQuietly(t, s, sample())
			if mail.Permanent(err) != c.permanent || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, permanent %t; want %q, %t", err, mail.Permanent(err), c.text, c.permanent)
			}
			if len(server.Messages()) != 0 {
				t.Error("it was kept")
			}
		})
	}
}

// TestOneRecipientRefused leaves the others alone.
func TestOneRecipientRefused(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{})
	server.RefuseRecipient("Bob@example.org", "550 5.1.1 no such user")
	s, m := open(t, server.URL()), sample()
	m.To = "bob@example.org"
	if err := failsQuietly(t, s, m); !mail.Permanent(err) {
		t.Errorf("%v", err)
	}
	if err := s.Send(t.Context(), sample()); err != nil {
		t.Error(err)
	}
}

// TestWrongPassword must not throw mails away.
func TestWrongPassword(t *testing.T) {
	t.Parallel()
	for _, mechanism := range []string{"PLAIN", "LOGIN", "XOAUTH2"} {
		server := apitest.StartMail(t, apitest.MailOptions{User: user, Password: "another", Mechanism: mechanism})
		u, err := url.Parse(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(user, password)
		if err := failsQuietly(t, open(t, u.String()), sample()); mail.Permanent(err) || !strings.Contains(err.Error(), "AUTH") {
			t.Errorf("%s: %v", mechanism, err)
		}
		if len(server.Messages()) != 0 {
			t.Error("it was kept")
		}
		u.User = nil // the server wants one
		if err := failsQuietly(t, open(t, u.String()), sample()); mail.Permanent(err) {
			t.Errorf("%s, no user: %v", mechanism, err)
		}
	}
}

// TestHeaderInjection: nothing of it reaches the server, or a file.
func TestHeaderInjection(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{})
	relay, box := open(t, server.URL()), mail.NewMailbox(t.TempDir()+"/mail", from, nil)
	for name, change := range map[string]func(*mail.Message){
		"To, CRLF":           func(m *mail.Message) { m.To += "\r\nBcc: eve@example.net" },
		"To, LF":             func(m *mail.Message) { m.To += "\nBcc: eve@example.net" },
		"To, CR":             func(m *mail.Message) { m.To += "\rX" },
		"To, NUL":            func(m *mail.Message) { m.To += "\x00" },
		"To, two":            func(m *mail.Message) { m.To += ", eve@example.net" },
		"To, name":           func(m *mail.Message) { m.To = "Ada <" + m.To + ">" },
		"To, comment":        func(m *mail.Message) { m.To += " (ada)" },
		"To, group":          func(m *mail.Message) { m.To = "all: " + m.To + ";" },
		"To, quoted":         func(m *mail.Message) { m.To = `"a b"@example.org` },
		"To, parameters":     func(m *mail.Message) { m.To += "> NOTIFY=NEVER" },
		"To, not ASCII":      func(m *mail.Message) { m.To = "äda@example.org" },
		"To, no domain":      func(m *mail.Message) { m.To = "ada" },
		"To, empty":          func(m *mail.Message) { m.To = "" },
		"Subject, CRLF":      func(m *mail.Message) { m.Subject += "\r\nBcc: eve@example.net" },
		"Subject, LF":        func(m *mail.Message) { m.Subject += "\n\nbody" },
		"Subject, CR":        func(m *mail.Message) { m.Subject += "\rX" },
		"Subject, NEL":       func(m *mail.Message) { m.Subject += "\u0085X" },
		"Subject, escape":    func(m *mail.Message) { m.Subject += "\x1b[2J" },
		"Subject, not UTF-8": func(m *mail.Message) { m.Subject += "\xff" },
		"Subject, empty":     func(m *mail.Message) { m.Subject = "" },
		"ID, CRLF":           func(m *mail.Message) { m.ID += "\r\nBcc: eve@example.net" },
		"ID, bracket":        func(m *mail.Message) { m.ID += "> <other@example.net" },
		"ID, space":          func(m *mail.Message) { m.ID = "a b@c" },
		"ID, empty":          func(m *mail.Message) { m.ID = "" },
	} {
		t.Run(name, func(t *testing.T) {
			m := sample()
			change(&m)
			for _, sender := range []mail.Sender{relay, box} {
				err := sender.Send(t.Context(), m)
				if !errors.Is(err, mail.ErrHeader) || !mail.Permanent(err) || strings.Contains(err.Error(), "eve") || strings.ContainsAny(err.Error(), "\r\n") {
					t.Errorf("%T: %v", sender, err)
				}
			}
		})
	}
	badFrom := mail.NewMailbox(t.TempDir(), "a@example.com\r\nBcc: eve@example.net", nil)
	if err := badFrom.Send(t.Context(), sample()); !errors.Is(err, mail.ErrHeader) {
		t.Errorf("from: %v", err)
	}
	if got := server.Commands(); len(got) != 0 {
		t.Errorf("the server was told %q", got)
	}
}

func TestPermanentOfOthers(t *testing.T) {
	t.Parallel()
	if mail.Permanent(nil) || mail.Permanent(errors.New("550 5.1.1")) || !mail.Permanent(fmt.Errorf("deliver: %w", mail.ErrHeader)) {
		t.Error("it does not look at what kind of error it is")
	}
}

package config

import (
	"path/filepath"

	"github.com/latchkey-id/latchkey/internal/mail"
)

// sampleFrom is the sender where none is needed: of mails that stay in the
// development mailbox, or that a developer's own sink takes.
const sampleFrom = "latchkey <no-reply@localhost>"

// mail checks the form of what mails are sent by; whether the relay is there is
// found out by sending.
func (p *Problems) mail(c *Auth) {
	if c.SMTPURL != "" {
		if err := mail.CheckURL(c.SMTPURL.Reveal()); err != nil {
			p.add("SMTP_URL", "%v", err)
		}
	}
	switch {
	case c.MailFrom != "":
		if err := mail.CheckFrom(c.MailFrom); err != nil {
			p.add("MAIL_FROM", "%v", err)
		}
	case c.SMTPURL != "" && c.Env != Development:
		p.add("MAIL_FROM", "is required with SMTP_URL")
	default:
		c.MailFrom = sampleFrom
	}
}

// Mailbox is the folder that takes the mails while SMTP_URL is not set.
func (a Auth) Mailbox() string { return filepath.Join(a.DataDir, "mail") }

package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// ErrHeader is a recipient, sender, subject or Message-ID that can't be written
// as a header: with a control character in it, it would be two. It is
// permanent, and nothing was sent.
var ErrHeader = errors.New("mail: a header can't hold this value")

// headerError says which header it was, never its value.
func headerError(name string) error { return fmt.Errorf("%w: %s", ErrHeader, name) }

// oneLine reports whether text can be the value of a header.
func oneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// compose writes a message as RFC 5322: two alternatives in UTF-8,
// quoted-printable, so that no line is longer than a relay takes.
func compose(from string, m Message, at time.Time) (*gomail.Msg, error) {
	sender, err := parseFrom(from)
	if err != nil {
		return nil, err
	}
	switch {
	case !isAddrSpec(m.To):
		return nil, headerError("To")
	case !oneLine(m.Subject) || strings.TrimSpace(m.Subject) == "":
		return nil, headerError("Subject")
	case !isMessageID(m.ID):
		return nil, headerError("Message-ID")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(sender)
	if err := msg.To(m.To); err != nil {
		return nil, headerError("To") // the library's words hold the address
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(at)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// CheckFrom says what is wrong with a sender: it must be one address, with or
// without a display name ("latchkey <no-reply@example.com>"). The error does
// not repeat it.
func CheckFrom(from string) error {
	if _, err := parseFrom(from); err != nil {
		return errors.New("must be one mail address, such as latchkey <no-reply@example.com>")
	}
	return nil
}

func parseFrom(from string) (*netmail.Address, error) {
	if !oneLine(from) {
		return nil, headerError("From")
	}
	address, err := netmail.ParseAddress(from)
	if err != nil || !oneLine(address.Name) || !isAddrSpec(address.Address) {
		return nil, headerError("From")
	}
	return address, nil
}

// isAddrSpec holds an address to the form that internal/users lets in: one
// dot-string, one '@', ASCII. Quoted local parts, names, comments, routes and
// lists are none.
func isAddrSpec(text string) bool {
	if !isVisibleASCII(text) {
		return false
	}
	address, err := netmail.ParseAddress(text)
	return err == nil && address.Name == "" && address.Address == text && !strings.ContainsAny(text, `"(),:;<>\`)
}

// isMessageID checks for left@right without brackets, quotes or comments
// (RFC 5322, section 3.6.4).
func isMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	return ok && left != "" && right != "" && len(id) <= 250 && isVisibleASCII(id) && !strings.ContainsAny(right, "@") &&
		!strings.ContainsAny(id, `"(),:;<>[\]`)
}

func isVisibleASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

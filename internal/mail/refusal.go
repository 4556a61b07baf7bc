package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// The steps of a delivery, as errors name them.
const (
	stepConnect  = "connect"
	stepGreeting = "greeting"
	stepHello    = "EHLO"
	stepTLS      = "STARTTLS"
	stepAuth     = "AUTH"
	stepFrom     = "MAIL FROM"
	stepTo       = "RCPT TO"
	stepData     = "DATA"
)

// refusal is an answer of 4xx or 5xx. What the server said in words is left
// out: filters quote the links that they dislike, and AUTH the user.
type refusal struct {
	step     string
	code     int    // RFC 5321, section 4.2
	enhanced string // RFC 3463, such as 5.1.1; "" where there was none
}

// Error gives the step and the codes.
func (r *refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("mail: %s: refused with %d %s", r.step, r.code, r.enhanced))
}

// permanent reports whether the same mail would be refused tomorrow. That is
// about the recipient and the content. A relay that wants another password,
// does not know us (5.7 at RCPT TO: "relay access denied") or takes no mail
// from MAIL_FROM is mended by its operator, and the mails wait for it.
func (r *refusal) permanent() bool {
	switch {
	case r.code < 500 || r.code > 599, slices.Contains([]int{530, 534, 535, 538}, r.code): // RFC 4954, section 6
		return false
	case r.step == stepTo:
		return !strings.HasPrefix(r.enhanced, "5.7.")
	}
	return r.step == stepData
}

// Permanent reports whether another try is pointless: the message can't be
// rendered or written, or a server refused its recipient or content for good.
func Permanent(err error) bool {
	var r *refusal
	return errors.Is(err, ErrHeader) || errors.Is(err, ErrData) || (errors.As(err, &r) && r.permanent())
}

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// failure is what Send returns after a step went wrong. Where the time was up,
// the connection was closed under the step, and its own words mislead.
func failure(ctx context.Context, step string, err error) error {
	var answer *textproto.Error
	var garbage textproto.ProtocolError
	switch {
	case errors.As(err, &answer):
		return &refusal{step: step, code: answer.Code, enhanced: enhancedCode.FindString(answer.Msg)}
	case ctx.Err() != nil:
		return fmt.Errorf("mail: %s: %w", step, ctx.Err())
	case errors.As(err, &garbage), errors.Is(err, smtp.ErrUnexpectedServerResponse): // they quote it
		return fmt.Errorf("mail: %s: the server's answer is not SMTP", step)
	}
	return fmt.Errorf("mail: %s: %w", step, err)
}

package mail

import "context"

// Kind names a mail by what it is about. Its templates are KIND.txt and
// KIND.html.
type Kind string

// The kinds. Those that may reach a stranger (anybody can type an address) show
// nothing that the one who asked has chosen.
const (
	// VerifyEmail asks who registered to confirm the address by its link.
	VerifyEmail Kind = "verify_email"
	// ResetPassword holds the link under which a new password is set.
	ResetPassword Kind = "reset_password"
	// ChangeEmail goes to the address that an account shall get; its link
	// confirms the change.
	ChangeEmail Kind = "change_email"
	// EmailChangeRequested tells the present address of it, without a link.
	EmailChangeRequested Kind = "email_change_requested"
	// EmailChanged tells the address that was the account's until now.
	EmailChanged Kind = "email_changed"
	// PasswordChanged tells of a new password, after a change or a reset.
	PasswordChanged Kind = "password_changed"
	// AlreadyRegistered goes to the owner of an address that somebody tried to
	// register again.
	AlreadyRegistered Kind = "already_registered"
)

// Kinds lists every Kind once.
func Kinds() []Kind {
	return []Kind{VerifyEmail, ResetPassword, ChangeEmail, EmailChangeRequested, EmailChanged, PasswordChanged, AlreadyRegistered}
}

// hasLink reports whether a mail of this kind is of no use without its link.
func (k Kind) hasLink() bool { return k == VerifyEmail || k == ResetPassword || k == ChangeEmail }

// Message is one mail, ready to be sent.
type Message struct {
	// ID is the Message-ID without brackets, the same at each try, so that a
	// duplicate is recognised.
	ID   string
	Kind Kind
	// To is one addr-spec (RFC 5322, section 3.4.1) in ASCII, nothing else.
	To                  string
	Subject, Text, HTML string
	// Link is the link in it, "" where there is none. It is for the mailbox's
	// hook only.
	Link string
}

// Sender delivers messages: over SMTP, or into the development mailbox.
type Sender interface {
	// Send returns once the message is in other hands. Whether another try
	// makes sense after an error, Permanent tells.
	Send(ctx context.Context, m Message) error
}

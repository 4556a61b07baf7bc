package auth

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// mailArgs is a queued mail: to whom and about what, never its text. A link's
// token is written from the token's row when the mail is sent.
type mailArgs struct {
	ID            uuid.UUID `json:"id"` // the Message-ID; a token's own id
	What          mail.Kind `json:"mail"`
	To            string    `json:"to"`
	User          uuid.UUID `json:"user_id"`
	Username      string    `json:"username"`
	NewAddress    string    `json:"new_address,omitempty"`
	ClientAddress string    `json:"client_address,omitempty"`
	At            time.Time `json:"at"`
}

// Kind names the job.
func (mailArgs) Kind() string { return "mail" }

// tokenMail is a link to be mailed.
type tokenMail struct {
	purpose  purpose
	account  Account // as it is now, with its epoch
	address  string  // where the link goes
	previous *string // the address that a change of it would replace
	client   Client
}

// mailOf is the mail that a purpose's link comes with.
func (p purpose) mailOf() (kind mail.Kind, page, event string) {
	switch p {
	case resetPassword:
		return mail.ResetPassword, "/reset", "password.reset_requested"
	case changeEmail:
		return mail.ChangeEmail, "/verify", "email.change_requested"
	}
	return mail.VerifyEmail, "/verify", "email.verification_sent"
}

// sendToken makes a one-time token, which takes the place of the one before,
// and queues the mail with its link, in the caller's transaction. An address
// that has had its share of mails gets none, and the token before stays.
func (s *Service) sendToken(ctx context.Context, tx pgx.Tx, m tokenMail) error {
	q := s.queries.WithTx(tx)
	kind, _, event := m.purpose.mailOf()
	if may, err := s.mayMail(ctx, q, m.address, kind); err != nil || !may {
		return err
	}
	if m.account.Epoch == 0 { // a new account's, which the answer to its creation does not tell
		m.account.Epoch = 1
	}
	id := s.newID()
	salt, hash := s.oneTime.issue(id)
	made, err := q.PutToken(ctx, authdb.PutTokenParams{
		UserID: m.account.ID, Purpose: string(m.purpose), ID: id, Salt: salt, Hash: hash, CredentialEpoch: m.account.Epoch,
		Username: m.account.Username, Address: m.address, PreviousAddress: m.previous, Life: m.purpose.life(),
	})
	if err != nil || made == 0 {
		return err // a token of newer credentials is there
	}
	after := audit.Values{"email": m.address}
	if err := s.record(ctx, q, m.client.person(m.account.ID), audit.Event{Kind: event, User: m.account.ID, After: after}); err != nil {
		return err
	}
	return s.queueMail(ctx, tx, mailArgs{
		ID: id, What: kind, To: m.address, User: m.account.ID, Username: m.account.Username, NewAddress: m.address, ClientAddress: m.client.text(),
	})
}

// notify queues a mail without a link, in the caller's transaction.
func (s *Service) notify(ctx context.Context, tx pgx.Tx, m mailArgs) error {
	if may, err := s.mayMail(ctx, s.queries.WithTx(tx), m.To, m.What); err != nil || !may {
		return err
	}
	m.ID = s.newID()
	return s.queueMail(ctx, tx, m)
}

// aDay is how often a job is tried before it is dead: at growing distances up
// to a quarter of an hour, for about a day.
const aDay = 100

func (s *Service) queueMail(ctx context.Context, tx pgx.Tx, m mailArgs) error {
	m.At = s.now().UTC()
	return s.enqueue(ctx, tx, m, &river.InsertOpts{Queue: jobs.MailQueue, MaxAttempts: aDay})
}

// mayMail counts a mail to an address, unless it has had its share. What only
// the account's owner can bring about is counted apart from what anybody can
// ask for: else a stranger could use the share up and then change a password
// unnoticed.
func (s *Service) mayMail(ctx context.Context, q *authdb.Queries, address string, kind mail.Kind) (bool, error) {
	_, err := q.CountMail(ctx, authdb.CountMailParams{
		Key: s.sealed("mail recipient", shareOf(kind), address), Most: s.mailLimit.Most, WindowLength: s.mailLimit.Window,
	})
	if postgres.IsNoRows(err) {
		s.log.LogAttrs(ctx, slog.LevelWarn, "mail not sent: the address has had its share", slog.String("mail", string(kind)))
		return false, nil
	}
	return err == nil, err
}

func shareOf(kind mail.Kind) string {
	switch kind {
	case mail.PasswordChanged, mail.EmailChanged, mail.EmailChangeRequested:
		return "notices"
	}
	return "links"
}

type mailer struct {
	river.WorkerDefaults[mailArgs]
	service *Service
}

// mailTimeout bounds one try to send a mail.
const mailTimeout = 30 * time.Second

// Timeout bounds one try.
func (*mailer) Timeout(*river.Job[mailArgs]) time.Duration { return mailTimeout }

// Work writes a mail and sends it. A link whose token was replaced, used or
// has expired meanwhile is sent to nobody.
func (w *mailer) Work(ctx context.Context, job *river.Job[mailArgs]) error {
	s, m := w.service, job.Args
	data := mail.Data{
		Username: m.Username, Address: m.To, NewAddress: m.NewAddress, BaseURL: s.issuer, ClientAddress: m.ClientAddress, At: m.At,
	}
	if m.What == mail.VerifyEmail || m.What == mail.ChangeEmail || m.What == mail.ResetPassword {
		alive, err := s.addLink(ctx, m, &data)
		if err != nil || !alive {
			return err
		}
	}
	subject, text, html, err := s.templates.Render(m.What, data)
	if err != nil {
		return err
	}
	err = s.sender.Send(ctx, mail.Message{
		ID: m.ID.String() + "@" + s.mailDomain, Kind: m.What, To: m.To, Subject: subject, Text: text, HTML: html, Link: data.Link,
	})
	if err != nil && mail.Permanent(err) {
		return river.JobCancel(err)
	}
	return err
}

// addLink writes the token into the mail's data. The same row gives the same
// token, however often a mail is tried.
func (s *Service) addLink(ctx context.Context, m mailArgs, data *mail.Data) (alive bool, err error) {
	row, err := s.queries.GetTokenToMail(ctx, authdb.GetTokenToMailParams{ID: m.ID, UserID: m.User})
	if postgres.IsNoRows(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	token, ok := s.oneTime.write(row.ID, row.Salt, row.Hash)
	if !ok {
		s.log.LogAttrs(ctx, slog.LevelError, "mail not sent: SESSION_KEY has been changed twice since", slog.String("mail", string(m.What)))
		return false, nil
	}
	_, page, _ := purpose(row.Purpose).mailOf()
	data.Token, data.Link = token, s.issuer+page+"#token="+token
	data.ValidFor = purpose(row.Purpose).life()
	return true, nil
}

// text is the client's address, for a person to read.
func (c Client) text() string {
	if !c.Address.IsValid() {
		return ""
	}
	return c.Address.String()
}

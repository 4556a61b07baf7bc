package auth

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/email"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// What anybody may ask to be mailed to an address.
const (
	requestReset             = "reset"
	requestVerification      = "verification"
	requestAlreadyRegistered = "already_registered"
)

// requestArgs is such a question. Nobody learns from the answer, or from its
// time, whether the address is somebody's: it is put into the queue, and a
// worker finds out.
type requestArgs struct {
	What   string `json:"what"`
	Email  string `json:"email"` // folded
	Client Client `json:"client"`
}

// Kind names the job.
func (requestArgs) Kind() string { return "mail_request" }

// ForgotPassword mails a reset link, if an account that may sign in has the
// address.
func (s *Service) ForgotPassword(ctx context.Context, address string, client Client) error {
	return s.requestFor(ctx, requestReset, address, client)
}

// ResendVerification mails another confirmation link, if an account with this
// address waits for one.
func (s *Service) ResendVerification(ctx context.Context, address string, client Client) error {
	return s.requestFor(ctx, requestVerification, address, client)
}

func (s *Service) requestFor(ctx context.Context, what, address string, client Client) error {
	folded, err := email.Fold(address)
	if err != nil {
		return fault.Fields(fault.Field{Pointer: "/email", Detail: err.Error()})
	}
	return s.request(ctx, requestArgs{What: what, Email: folded, Client: client})
}

// request puts a question into the queue.
func (s *Service) request(ctx context.Context, args requestArgs) error {
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.enqueue(ctx, tx, args, nil) })
	return postgres.Fault(err)
}

type requester struct {
	river.WorkerDefaults[requestArgs]
	service *Service
}

// Work looks the address up and mails what is due. While the users service is
// away the job waits for it.
func (w *requester) Work(ctx context.Context, job *river.Job[requestArgs]) error {
	s, r := w.service, job.Args
	found, err := s.accounts.FindByEmail(ctx, r.Email)
	if err == nil {
		found, err = s.accounts.Standing(ctx, found.ID)
	}
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return err
	case found.DeletedAt != nil || found.Disabled || found.Email != r.Email:
		return nil
	}
	return postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.answer(ctx, tx, r, found) })
}

func (s *Service) answer(ctx context.Context, tx pgx.Tx, r requestArgs, account Account) error {
	switch r.What {
	case requestReset:
		return s.sendToken(ctx, tx, tokenMail{purpose: resetPassword, account: account, address: account.Email, client: r.Client})
	case requestVerification:
		if account.Verified {
			return nil
		}
		return s.sendToken(ctx, tx, tokenMail{purpose: verifyEmail, account: account, address: account.Email, client: r.Client})
	case requestAlreadyRegistered:
		return s.notify(ctx, tx, mailArgs{
			What: mail.AlreadyRegistered, To: account.Email, User: account.ID, Username: account.Username, ClientAddress: r.Client.text(),
		})
	}
	return river.JobCancel(fmt.Errorf("a request for %q is of no kind", r.What))
}

package auth

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/email"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Register makes an account with the role user and mails a link that confirms
// its address. It signs nobody in. The intent is noted first, so that the mail
// follows also where this service dies after the users service has made the
// account. key is the caller's Idempotency-Key, or empty: under the same one
// a second try gives the same account.
//
// It returns nil where registration is private: what became of it is told by
// mail alone.
func (s *Service) Register(ctx context.Context, r Registration, key string, client Client) (made *Account, err error) {
	defer func() { s.outcomes.Registration(err) }()
	folded, err := email.Fold(r.Email)
	if err != nil {
		return nil, fault.Fields(fault.Field{Pointer: "/email", Detail: err.Error()})
	}
	r.Username, r.Email = strings.ToLower(r.Username), folded
	if s.private {
		return nil, s.registerPrivately(ctx, r, key, client)
	}
	i := &intent{kind: intentRegister, username: r.Username, email: r.Email, client: client}
	if err := s.beginAlone(ctx, i); err != nil {
		return nil, err
	}
	account, err := s.create(ctx, r, key, *i)
	if err != nil {
		return nil, err
	}
	return &account, nil
}

// create asks for the account and finishes the intent, or drops it where the
// answer is no. An account that was made is told of even if our own database
// has just gone: the worker sends the mail.
func (s *Service) create(ctx context.Context, r Registration, key string, i intent) (Account, error) {
	account, err := s.accounts.Create(ctx, r, s.createKey(r, key, i))
	if refused(err) {
		s.drop(ctx, i)
	}
	if err != nil {
		return Account{}, err
	}
	s.warn(ctx, "registration is left to the worker", s.finish(ctx, i, account))
	return account, nil
}

// createKey is the Idempotency-Key that the users service sees. A caller's own
// is scoped to the username there as it is here.
func (s *Service) createKey(r Registration, key string, i intent) string {
	if key == "" {
		return "register-" + i.id.String()
	}
	return "register-" + s.seal("registration key", r.Username, key)
}

// registered is what follows from a new account: the audit, and the link.
func (s *Service) registered(ctx context.Context, tx pgx.Tx, i intent, account Account) error {
	q := s.queries.WithTx(tx)
	if err := q.LockRegistration(ctx, account.ID); err != nil {
		return err
	}
	known, err := q.IsRegistered(ctx, &account.ID)
	if err != nil {
		return err
	}
	if known || account.Verified { // another try has come first
		return nil
	}
	err = s.record(ctx, q, i.client.person(account.ID), audit.Event{
		Kind: "user.registered", User: account.ID, After: audit.Values{"username": account.Username, "email": account.Email},
	})
	if err != nil {
		return err
	}
	if i.kind == intentRegisterPrivately {
		now, err := q.Clock(ctx)
		if err != nil {
			return err
		}
		due := now.Add(confirmWithin)
		if err := s.enqueue(ctx, tx, expireArgs{User: account.ID, Due: due}, &river.InsertOpts{ScheduledAt: due}); err != nil {
			return err
		}
	}
	return s.sendToken(ctx, tx, tokenMail{purpose: verifyEmail, account: account, address: account.Email, client: i.client})
}

// registerPrivately tells nobody but the address itself whether it is taken:
// every well-formed try with a free username gets the same answer after the
// same work, and holds the name for a day.
func (s *Service) registerPrivately(ctx context.Context, r Registration, key string, client Client) error {
	name := s.sealed("reserved username", r.Username)
	i := &intent{kind: intentRegisterPrivately, username: r.Username, email: r.Email, client: client}
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		held, err := s.queries.WithTx(tx).ReserveUsername(ctx, name)
		if err == nil && held == 0 {
			err = ErrUsernameTaken
		}
		if err != nil {
			return err
		}
		return s.begin(ctx, tx, i)
	})
	if err != nil {
		return postgres.Fault(err)
	}
	_, err = s.create(ctx, r, key, *i)
	if f := fault.As(err); f != nil && f.Code == fault.CodeEmailTaken {
		return s.registeredAlready(ctx, r, client)
	}
	if err != nil { // whether the account was made is the worker's to find out
		s.warn(ctx, "username stays reserved", s.queries.FreeUsername(ctx, name))
	}
	return err
}

// registeredAlready spends the hash that a new account would have cost, and
// lets the address know.
func (s *Service) registeredAlready(ctx context.Context, r Registration, client Client) error {
	// Not the request's own context: the attempt must count for no address.
	alone, cancel := context.WithTimeout(context.Background(), hashWait)
	defer cancel()
	_, err := s.accounts.Verify(alone, "nobody-"+s.newID().String()[24:], r.Password)
	if f := fault.As(err); f == nil || f.Code != fault.CodeInvalidCredentials {
		return err
	}
	return s.request(ctx, requestArgs{What: requestAlreadyRegistered, Email: r.Email, Client: client})
}

// hashWait bounds the hash that is spent on an address that is taken.
const hashWait = 4 * time.Second

// confirmWithin is how long a private registration waits for its address to
// be confirmed. After that the account goes, so that an address or a name
// tells nothing a day later either.
const confirmWithin = 24 * time.Hour

// expireArgs asks a worker to remove an account that nobody confirmed.
type expireArgs struct {
	User uuid.UUID `json:"user_id"`
	Due  time.Time `json:"due"` // by the database's clock
}

// Kind names the job.
func (expireArgs) Kind() string { return "expire_registration" }

type expirer struct {
	river.WorkerDefaults[expireArgs]
	service *Service
}

// Work removes the account for good, unless it was confirmed, changed or
// removed meanwhile. What can't be undone is not left to the queue's idea of
// the time.
func (w *expirer) Work(ctx context.Context, job *river.Job[expireArgs]) error {
	s := w.service
	now, err := s.queries.Clock(ctx)
	if err != nil {
		return err
	}
	if wait := job.Args.Due.Sub(now); wait > 0 {
		return river.JobSnooze(wait)
	}
	err = s.accounts.PurgeUnverified(ctx, job.Args.User)
	switch {
	case refused(err):
		return nil
	case err != nil:
		return err
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "unconfirmed registration removed", slog.String("user_id", job.Args.User.String()))
	return s.queries.VoidTokens(ctx, job.Args.User)
}

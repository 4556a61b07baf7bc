package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/overtime"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// intentKind is what the users service is being asked. The table's check
// lists them too.
type intentKind string

const (
	intentRegister          intentKind = "register"
	intentRegisterPrivately intentKind = "register_privately"
	intentVerifyEmail       intentKind = "verify_email"
	intentChangeEmail       intentKind = "change_email"
	intentDeleteAccount     intentKind = "delete_account"
)

// intent is what is asked of the users service, noted in our own database
// before it is asked. What follows from the answer (a mail, an audit event,
// the end of sessions) is done in the transaction that removes the note, by
// whoever gets to it: the request itself, or, where this service died or the
// answer was lost, a worker that looks into what became of it.
type intent struct {
	id       uuid.UUID
	asked    time.Time // by the database's clock, the last time
	kind     intentKind
	user     uuid.UUID // uuid.Nil for a registration
	token    uuid.UUID // the one-time token in use, where one is
	username string
	email    string // of a registration, or the new one of an account
	previous string // the address before a change of it
	session  uuid.UUID
	client   Client
}

// settleDelay is how long after the question a worker looks into it: longer
// than the request that asks and the users service's own deadline together.
const settleDelay = 15 * time.Second

// begin notes an intent, or takes over the one that an earlier try of the same
// left, and sets the worker on it, in the caller's transaction.
func (s *Service) begin(ctx context.Context, tx pgx.Tx, i *intent) error {
	row := authdb.InsertIntentParams{
		ID: s.newID(), Kind: string(i.kind), UserID: orNil(i.user), TokenID: orNil(i.token), SessionID: orNil(i.session),
		Username: i.username, Email: i.email, PreviousEmail: i.previous, UserAgent: i.client.UserAgent, RequestID: i.client.RequestID,
		SettleDelay: settleDelay,
	}
	if i.client.Address.IsValid() {
		row.Address = &i.client.Address
	}
	noted, err := s.queries.WithTx(tx).InsertIntent(ctx, row)
	if err != nil {
		return err
	}
	i.id, i.asked = noted.ID, noted.CreatedAt
	return s.enqueue(ctx, tx, settleArgs{Intent: i.id}, &river.InsertOpts{ScheduledAt: noted.SettleAt, MaxAttempts: aDay})
}

// beginAlone is begin in a transaction of its own.
func (s *Service) beginAlone(ctx context.Context, i *intent) error {
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.begin(ctx, tx, i) })
	return postgres.Fault(err)
}

// drop removes an intent that came to nothing, unless the same is being asked
// again. The answer does not depend on it: the worker would find the same.
func (s *Service) drop(ctx context.Context, i intent) {
	err := overtime.Do(ctx, lastWordTime, func(ctx context.Context) error {
		return s.queries.DropIntent(ctx, authdb.DropIntentParams{ID: i.id, CreatedAt: i.asked})
	})
	s.warn(ctx, "intent not dropped", err)
}

// refused reports whether the users service has said no: then nothing was
// done, and nothing will be.
func refused(err error) bool {
	f := fault.As(err)
	return f != nil && f.Kind != fault.Unavailable && f.Kind != fault.Internal
}

// finish does what follows from an intent that the users service has carried
// out, once; account is how it stands now. A token is used up first: whoever
// claims it and then takes the intent over locks the two in this order.
func (s *Service) finish(ctx context.Context, i intent, account Account) error {
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		if i.token != uuid.Nil {
			if err := s.useToken(ctx, q, i.user, i.token); err != nil {
				return err
			}
		}
		mine, err := q.DeleteIntent(ctx, i.id)
		if err != nil || mine == 0 {
			return err // somebody else has finished it
		}
		switch i.kind {
		case intentRegister, intentRegisterPrivately:
			return s.registered(ctx, tx, i, account)
		case intentVerifyEmail:
			return s.emailVerified(ctx, q, i)
		case intentChangeEmail:
			return s.emailChanged(ctx, tx, i, account)
		case intentDeleteAccount:
			return s.accountDeleted(ctx, q, i)
		}
		return fmt.Errorf("intent %s is of no kind: %s", i.id, i.kind)
	})
	return postgres.Fault(err)
}

// settleArgs asks a worker to look into an intent.
type settleArgs struct {
	Intent uuid.UUID `json:"intent"`
}

// Kind names the job.
func (settleArgs) Kind() string { return "settle" }

type settler struct {
	river.WorkerDefaults[settleArgs]
	service *Service
}

// Work finds out what became of an intent and finishes it, or drops it where
// nothing was done. A question that was never answered is not asked again:
// whoever asked was told so, and may have changed their mind.
func (w *settler) Work(ctx context.Context, job *river.Job[settleArgs]) error {
	s := w.service
	row, err := s.queries.GetIntent(ctx, job.Args.Intent)
	switch {
	case postgres.IsNoRows(err):
		return nil
	case err != nil:
		return err
	case row.Young: // somebody has moved the job up
		return river.JobSnooze(settleDelay)
	}
	i := intentOf(row)
	account, done, err := s.outcome(ctx, i)
	if err != nil {
		return err
	}
	if !done {
		s.drop(ctx, i)
		return nil
	}
	return s.finish(ctx, i, account)
}

// outcome asks the users service whether it has done what an intent says.
func (s *Service) outcome(ctx context.Context, i intent) (account Account, done bool, err error) {
	id := i.user
	if id == uuid.Nil {
		found, err := s.accounts.FindByUsername(ctx, i.username)
		if isNotFound(err) {
			return Account{}, false, nil
		}
		if err != nil {
			return Account{}, false, err
		}
		id = found.ID
	}
	account, err = s.accounts.Standing(ctx, id)
	switch {
	case isNotFound(err):
		return Account{}, i.kind == intentDeleteAccount, nil
	case err != nil:
		return Account{}, false, err
	}
	switch i.kind {
	case intentDeleteAccount:
		return account, account.DeletedAt != nil, nil
	case intentVerifyEmail:
		return account, account.Verified && account.Email == i.email, nil
	}
	return account, account.Email == i.email && account.DeletedAt == nil, nil
}

func intentOf(row authdb.GetIntentRow) intent {
	i := intent{
		id: row.ID, asked: row.CreatedAt, kind: intentKind(row.Kind), username: row.Username, email: row.Email, previous: row.PreviousEmail,
		client: Client{UserAgent: row.UserAgent, RequestID: row.RequestID},
	}
	i.user, i.token, i.session = orZero(row.UserID), orZero(row.TokenID), orZero(row.SessionID)
	i.client.Address = orZero(row.Address)
	return i
}

// orZero is what p points to, if it points anywhere.
func orZero[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func isNotFound(err error) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.NotFound
}

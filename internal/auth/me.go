package auth

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/email"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// Me gives the caller's account as it is now. It returns
// fault.ErrUnauthorized once the session has ended or the account's
// credentials have moved on.
func (s *Service) Me(ctx context.Context, caller *token.Claims) (Account, error) {
	user, epoch, err := s.liveSession(ctx, caller)
	if err != nil {
		return Account{}, err
	}
	account, err := s.accounts.Standing(ctx, user)
	switch {
	case isNotFound(err):
		return Account{}, fault.ErrUnauthorized
	case err != nil:
		return Account{}, err
	case !account.holds(epoch):
		return Account{}, fault.ErrUnauthorized
	}
	return account, nil
}

// owner is Me for whoever also knows the account's password. A wrong one
// counts like a failed sign-in. It returns ErrInvalidCredentials, or the
// throttle's 429.
func (s *Service) owner(ctx context.Context, caller *token.Claims, password string) (Account, error) {
	account, err := s.Me(ctx, caller)
	if err != nil {
		return Account{}, err
	}
	verified, err := s.verify(ctx, account.Username, password)
	switch {
	case err != nil:
		return Account{}, err
	case verified.ID != account.ID: // the name changed hands between the two questions
		return Account{}, ErrInvalidCredentials
	case verified.Epoch != account.Epoch:
		return Account{}, fault.ErrUnauthorized
	}
	return verified, nil
}

// MePatch is what somebody wants to change about themselves; what is nil
// stays.
type MePatch struct {
	Username, Email *string
	CurrentPassword string
}

// UpdateMe changes the caller's username at once. A new email counts once it
// is confirmed from the new address; both addresses are written to. It returns
// what owner returns, ErrUsernameTaken and ErrEmailTaken.
func (s *Service) UpdateMe(ctx context.Context, caller *token.Claims, p MePatch, client Client) (Account, error) {
	if p.Email != nil {
		folded, err := email.Fold(*p.Email)
		if err != nil {
			return Account{}, fault.Fields(fault.Field{Pointer: "/email", Detail: err.Error()})
		}
		p.Email = &folded
	}
	account, err := s.owner(ctx, caller, p.CurrentPassword)
	if err != nil {
		return Account{}, err
	}
	newEmail := p.Email != nil && *p.Email != account.Email
	if newEmail {
		if err := s.free(ctx, *p.Email); err != nil {
			return Account{}, err
		}
	}
	if p.Username != nil && strings.ToLower(*p.Username) != account.Username {
		account, err = s.accounts.SetCredentials(ctx, account.ID, account.Epoch, Credentials{Username: p.Username}, "rename-"+s.newID().String())
		if void(err) {
			return Account{}, fault.ErrUnauthorized
		}
		if err != nil {
			return Account{}, err
		}
	}
	if !newEmail {
		return account, nil
	}
	err = postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.askNewAddress(ctx, tx, account, *p.Email, client) })
	return account, postgres.Fault(err)
}

// free returns ErrEmailTaken where another account has the address. Where
// registration is private nobody is told: the address itself is.
func (s *Service) free(ctx context.Context, address string) error {
	if s.private {
		return nil
	}
	_, err := s.accounts.FindByEmail(ctx, address)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return err
	}
	return ErrEmailTaken
}

func (s *Service) askNewAddress(ctx context.Context, tx pgx.Tx, account Account, address string, client Client) error {
	err := s.sendToken(ctx, tx, tokenMail{purpose: changeEmail, account: account, address: address, previous: &account.Email, client: client})
	if err != nil {
		return err
	}
	return s.notify(ctx, tx, mailArgs{
		What: mail.EmailChangeRequested, To: account.Email, User: account.ID, Username: account.Username, NewAddress: address, ClientAddress: client.text(),
	})
}

// ChangePassword sets a new password for whoever knows the old one, and ends
// every session but the one that asks, which moves along to the new epoch. It
// returns what owner returns, and a 422 for a refused password.
func (s *Service) ChangePassword(ctx context.Context, caller *token.Claims, current, next string, client Client) error {
	account, err := s.owner(ctx, caller, current)
	if err != nil {
		return err
	}
	// On, although the client hangs up: whoever sets a password with a stolen
	// link or session must not keep its owner from hearing of it.
	ctx, cancel := postgres.Carried(ctx)
	defer cancel()
	account, err = s.accounts.SetCredentials(ctx, account.ID, account.Epoch, Credentials{Password: &next}, "change-"+s.newID().String())
	if void(err) {
		return fault.ErrUnauthorized
	}
	if err != nil {
		return err
	}
	err = s.follow(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return s.passwordChanged(ctx, tx, account, caller.SessionID, client)
	})
	s.warn(ctx, "a password was changed and what follows was not done", err) // the epoch ends all sessions then, the asking one too
	return nil
}

func (s *Service) passwordChanged(ctx context.Context, tx pgx.Tx, account Account, sessionID string, client Client) error {
	session, err := uuid.Parse(sessionID)
	if err != nil {
		return err
	}
	q, by := s.queries.WithTx(tx), client.person(account.ID)
	if _, err := q.MoveEpoch(ctx, authdb.MoveEpochParams{ID: session, UserID: account.ID, CredentialEpoch: account.Epoch}); err != nil {
		return err
	}
	if err := s.record(ctx, q, by, audit.Event{Kind: "password.changed", User: account.ID}); err != nil {
		return err
	}
	if err := s.endBefore(ctx, q, by, account, session, reasonPasswordChanged); err != nil {
		return err
	}
	if err := q.VoidTokens(ctx, account.ID); err != nil {
		return err
	}
	return s.notify(ctx, tx, mailArgs{
		What: mail.PasswordChanged, To: account.Email, User: account.ID, Username: account.Username, ClientAddress: client.text(),
	})
}

// DeleteMe deletes the account of whoever knows its password. It returns what
// owner returns, and the users service's 409 for the last admin.
func (s *Service) DeleteMe(ctx context.Context, caller *token.Claims, password string, client Client) error {
	account, err := s.owner(ctx, caller, password)
	if err != nil {
		return err
	}
	i := &intent{kind: intentDeleteAccount, user: account.ID, username: account.Username, client: client}
	if err := s.beginAlone(ctx, i); err != nil {
		return err
	}
	err = s.accounts.Delete(ctx, account.ID)
	if err != nil && !isNotFound(err) { // not found: it is deleted, by a try whose answer was lost
		if refused(err) {
			s.drop(ctx, *i)
		}
		return err
	}
	s.warn(ctx, "a deletion is left to the worker", s.finish(ctx, *i, account))
	return nil
}

// accountDeleted is what follows from a deletion.
func (s *Service) accountDeleted(ctx context.Context, q *authdb.Queries, i intent) error {
	by := i.client.person(i.user)
	if err := s.record(ctx, q, by, audit.Event{Kind: "user.deleted", User: i.user}); err != nil {
		return err
	}
	if err := s.endAll(ctx, q, by, i.user, reasonAccountDeleted); err != nil {
		return err
	}
	return q.VoidTokens(ctx, i.user)
}

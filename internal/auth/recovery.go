package auth

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/overtime"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ResetPassword sets a new password by a reset link's token and ends every
// session. It signs nobody in. The token is claimed, the password is set under
// the epoch that the token was made for, then the token is used up; whatever
// goes wrong gives it back. Where an answer was lost, the same token and
// password succeed again, and nothing else does: the epoch has moved.
//
// It returns ErrInvalidToken, a 422 for a refused password, or Unavailable.
func (s *Service) ResetPassword(ctx context.Context, text, password string, client Client) error {
	take := func(hash []byte) (claim, error) { return s.take(ctx, s.queries, hash, resetPassword) }
	c, err := s.claimToken(ctx, text, take, resetPassword)
	if err != nil {
		return err
	}
	// On, although the client hangs up: whoever sets a password with a stolen
	// link or session must not keep its owner from hearing of it.
	ctx, cancel := postgres.Carried(ctx)
	defer cancel()
	key := "reset-" + c.ID.String() + "-" + s.seal("reset", c.ID.String(), password)
	account, err := s.accounts.SetCredentials(ctx, c.UserID, c.CredentialEpoch, Credentials{Password: &password}, key)
	if void(err) {
		s.warn(ctx, "void token not removed", s.useToken(ctx, s.queries, c.UserID, c.ID))
		return ErrInvalidToken
	}
	if err != nil {
		s.release(ctx, c)
		return err
	}
	return s.passwordReset(ctx, c, account, client)
}

// passwordReset is what follows. Should it fail, the token is void all the
// same, by the epoch, and so are the sessions.
func (s *Service) passwordReset(ctx context.Context, c claim, account Account, client Client) error {
	by := client.person(c.UserID)
	err := s.follow(ctx, func(ctx context.Context, tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		if err := s.useToken(ctx, q, c.UserID, c.ID); err != nil {
			return err
		}
		if err := s.record(ctx, q, by, audit.Event{Kind: "password.reset", User: c.UserID}); err != nil {
			return err
		}
		if err := s.endBefore(ctx, q, by, account, uuid.Nil, reasonPasswordReset); err != nil {
			return err
		}
		return s.notify(ctx, tx, mailArgs{
			What: mail.PasswordChanged, To: account.Email, User: account.ID, Username: account.Username, ClientAddress: client.text(),
		})
	})
	s.warn(ctx, "a password was reset and what follows was not done", err)
	return nil
}

// follow does what follows from a change that the users service has made, in
// one transaction, in time of its own. Nothing else would do it later, so that
// it is tried once more.
func (s *Service) follow(ctx context.Context, work func(context.Context, pgx.Tx) error) error {
	return overtime.Do(ctx, lastWordTime, func(ctx context.Context) error {
		within := func(tx pgx.Tx) error { return work(ctx, tx) }
		err := postgres.InTx(ctx, s.pool, within)
		if err != nil && ctx.Err() == nil {
			s.warn(ctx, "what follows is tried again", err)
			err = postgres.InTx(ctx, s.pool, within)
		}
		return err
	})
}

// void reports whether a one-time token can never succeed any more: the
// account is gone, or its credentials have moved on.
func void(err error) bool { return errors.Is(err, ErrEpochMoved) || isNotFound(err) }

func (s *Service) useToken(ctx context.Context, q *authdb.Queries, user, token uuid.UUID) error {
	_, err := q.UseToken(ctx, authdb.UseTokenParams{ID: token, UserID: user})
	return err
}

// VerifyEmail confirms the address that a link was mailed to: that of a new
// account, or the new one of an account that changes it, whose sessions then
// end and whose old address is told. It returns ErrInvalidToken, ErrEmailTaken
// where another account has the address by now, or Unavailable.
func (s *Service) VerifyEmail(ctx context.Context, text string, client Client) error {
	i := intent{client: client}
	c, err := s.claimToken(ctx, text, func(hash []byte) (claim, error) { return s.takeWithIntent(ctx, hash, &i) }, verifyEmail, changeEmail)
	if err != nil {
		return err
	}
	yes := true
	wanted := Credentials{Verified: &yes}
	if i.kind == intentChangeEmail {
		wanted.Email = &c.Address
	}
	account, err := s.accounts.SetCredentials(ctx, c.UserID, c.CredentialEpoch, wanted, "confirm-"+c.ID.String())
	switch {
	case void(err):
		s.drop(ctx, i)
		s.warn(ctx, "void token not removed", s.useToken(ctx, s.queries, c.UserID, c.ID))
		return ErrInvalidToken
	case err != nil:
		if refused(err) {
			s.drop(ctx, i)
		}
		s.release(ctx, c)
		return err
	}
	s.warn(ctx, "a confirmation is left to the worker", s.finish(ctx, i, account))
	return nil
}

// takeWithIntent claims a token and notes what it is about to do, at once.
func (s *Service) takeWithIntent(ctx context.Context, hash []byte, i *intent) (c claim, err error) {
	err = postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if c, err = s.take(ctx, s.queries.WithTx(tx), hash, verifyEmail, changeEmail); err != nil {
			return err
		}
		i.kind, i.user, i.token, i.username, i.email = intentVerifyEmail, c.UserID, c.ID, c.Username, c.Address
		if purpose(c.Purpose) == changeEmail {
			i.kind, i.previous = intentChangeEmail, orZero(c.PreviousAddress)
		}
		return s.begin(ctx, tx, i)
	})
	return c, err
}

// emailVerified is what follows from a confirmed address.
func (s *Service) emailVerified(ctx context.Context, q *authdb.Queries, i intent) error {
	after := audit.Values{"email": i.email}
	return s.record(ctx, q, i.client.person(i.user), audit.Event{Kind: "email.verified", User: i.user, After: after})
}

// emailChanged is what follows from a confirmed change of the address.
func (s *Service) emailChanged(ctx context.Context, tx pgx.Tx, i intent, account Account) error {
	q, by := s.queries.WithTx(tx), i.client.person(i.user)
	if err := s.emailVerified(ctx, q, i); err != nil {
		return err
	}
	err := s.record(ctx, q, by, audit.Event{
		Kind: "email.changed", User: i.user, Before: audit.Values{"email": i.previous}, After: audit.Values{"email": i.email},
	})
	if err != nil {
		return err
	}
	if err := s.endBefore(ctx, q, by, account, uuid.Nil, reasonEmailChanged); err != nil {
		return err
	}
	return s.notify(ctx, tx, mailArgs{
		What: mail.EmailChanged, To: i.previous, User: i.user, Username: account.Username, NewAddress: i.email, ClientAddress: i.client.text(),
	})
}

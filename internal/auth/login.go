package auth

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Login opens a session for whoever knows the password: one statement here,
// the audit's event in it. Whoever presents a session's refresh token (a
// browser's cookie, or "") ends that session by signing in. It returns
// ErrInvalidCredentials, ErrEmailNotVerified, the throttle's 429; a fault of
// the users service is its own.
func (s *Service) Login(ctx context.Context, login, password, presented string, client Client) (grant Grant, err error) {
	defer func() { s.outcomes.Login(err) }()
	account, err := s.verify(ctx, login, password)
	if err != nil {
		return Grant{}, err
	}
	if s.requireVerified && !account.Verified {
		if s.private { // else a registration could be asked what became of it
			return Grant{}, ErrInvalidCredentials
		}
		return Grant{}, ErrEmailNotVerified
	}
	old, err := s.presentedSession(ctx, presented)
	if err != nil {
		return Grant{}, err
	}
	session := s.newID()
	access, err := s.mint(account, session)
	if err != nil {
		return Grant{}, err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // it never fails (crypto/rand, Go 1.24)
	if err := s.open(ctx, account, session, old, salt, client); err != nil {
		return Grant{}, err
	}
	return s.grant(account, access, s.refresh.make(session, 1, salt)), nil
}

// verify asks the users service about a password, and counts what it would
// not look at.
func (s *Service) verify(ctx context.Context, login, password string) (Account, error) {
	account, err := s.accounts.Verify(ctx, login, password)
	s.noteThrottled(err)
	return account, err
}

// presentedSession finds the session of a refresh token that we made, dead or
// alive; any other is none's, uuid.Nil.
func (s *Service) presentedSession(ctx context.Context, presented string) (uuid.UUID, error) {
	if presented == "" {
		return uuid.Nil, nil
	}
	token, _, err := s.presented(ctx, presented)
	if isInvalidToken(err) {
		return uuid.Nil, nil
	}
	return token.session, err
}

// open writes the session, and ends the old one with it where there is one.
func (s *Service) open(ctx context.Context, account Account, session, old uuid.UUID, salt []byte, client Client) error {
	event := s.newID()
	row := authdb.InsertSessionParams{
		ID: session, UserID: account.ID, Salt: salt, CredentialEpoch: account.Epoch,
		Address: client.Address, UserAgent: client.UserAgent, Idle: s.lives.Idle, Absolute: s.lives.Max,
		EventID: event, OccurredAt: audit.TimeOf(event), Actor: account.ID.String(), RequestID: client.RequestID,
	}
	if old == uuid.Nil {
		return postgres.Fault(s.queries.InsertSession(ctx, row))
	}
	return s.inTx(ctx, func(q *authdb.Queries) error {
		if err := q.InsertSession(ctx, row); err != nil {
			return err
		}
		event := s.newID()
		return q.EndPresented(ctx, authdb.EndPresentedParams{
			SessionID: old, EventID: event, OccurredAt: audit.TimeOf(event), Actor: account.ID.String(),
			Address: client.Address, UserAgent: client.UserAgent, RequestID: client.RequestID,
		})
	})
}

package auth

import (
	"context"
	"crypto/rand"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Register makes an account with the role user. It signs nobody in.
func (s *Service) Register(ctx context.Context, r Registration) (Account, error) {
	return s.accounts.Create(ctx, r, s.newID().String())
}

// Login opens a session for whoever knows the password: one statement here,
// the audit's event in it. It returns ErrInvalidCredentials; a fault of the
// users service is its own.
func (s *Service) Login(ctx context.Context, login, password string, client Client) (Grant, error) {
	account, err := s.accounts.Verify(ctx, login, password)
	if err != nil {
		s.noteThrottled(err)
		return Grant{}, err
	}
	session, event := s.newID(), s.newID()
	access, err := s.mint(account, session)
	if err != nil {
		return Grant{}, err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // it never fails (crypto/rand, Go 1.24)
	err = s.queries.InsertSession(ctx, authdb.InsertSessionParams{
		ID: session, UserID: account.ID, Salt: salt, CredentialEpoch: account.Epoch,
		Address: client.Address, UserAgent: client.UserAgent, Idle: s.lives.Idle, Absolute: s.lives.Max,
		EventID: event, OccurredAt: audit.TimeOf(event), Actor: account.ID.String(), RequestID: client.RequestID,
	})
	if err != nil {
		return Grant{}, postgres.Fault(err)
	}
	return s.grant(account, access, s.refresh.make(session, 1, salt)), nil
}

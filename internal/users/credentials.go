package users

import (
	"context"
	"log/slog"
	"strings"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// VerifyCredentials checks a password against the account that login, a
// username or an address, names. It returns ErrInvalidCredentials, after the
// same work, for an unknown name, a wrong password, and a deleted, disabled or
// password-less account; ErrThrottled where the attempt may not be made yet.
// A hash weaker than the policy is replaced on success.
func (s *Service) VerifyCredentials(ctx context.Context, by Actor, login, text string) (usersdb.Credential, error) {
	found, err := s.verify(ctx, by, login, text)
	s.outcomes.PasswordCheck(err)
	return found, err
}

func (s *Service) verify(ctx context.Context, by Actor, login, text string) (usersdb.Credential, error) {
	if err := s.hasher.Admit(); err != nil { // before it costs the database four statements
		return usersdb.Credential{}, err
	}
	found, folded, err := s.credential(ctx, login)
	if err != nil && !postgres.IsNoRows(err) {
		return usersdb.Credential{}, postgres.Fault(err)
	}
	attempt, throttled := s.reserve(ctx, found.ID, folded, by.Address)
	if throttled != nil {
		return usersdb.Credential{}, throttled
	}
	encoded := "" // an unknown account costs a hash like any other
	if err == nil && found.PasswordHash != nil && found.DeletedAt == nil && !found.Disabled {
		encoded = *found.PasswordHash
	}
	result, err := s.hasher.Verify(ctx, encoded, text)
	if fault.As(err) != nil {
		attempt.notEvaluated(ctx)
		return usersdb.Credential{}, err
	}
	if err != nil || !result.Match {
		s.rejected.Add(found.ID, 1)
	}
	if err != nil { // a stored hash that is none: nobody's password is right
		s.log.LogAttrs(ctx, slog.LevelError, "stored hash refused", slog.String("user_id", found.ID.String()), slog.String("error", err.Error()))
		return usersdb.Credential{}, ErrInvalidCredentials
	}
	if !result.Match {
		return usersdb.Credential{}, ErrInvalidCredentials
	}
	attempt.succeeded(ctx)
	if result.Rehash != "" {
		s.rehash(ctx, found, result.Rehash)
	}
	return found, nil
}

// credential finds the account, and gives the login as it is folded; what
// can't be a name is nobody's.
func (s *Service) credential(ctx context.Context, login string) (found usersdb.Credential, folded string, err error) {
	fold, find := foldUsername, s.queries.GetCredentialByUsername
	if strings.Contains(login, "@") {
		fold, find = foldEmail, s.queries.GetCredentialByEmail
	}
	folded, impossible := fold(login)
	if impossible != nil {
		found, err = find(ctx, "") // the same work
		return found, strings.ToLower(login), err
	}
	found, err = find(ctx, folded)
	return found, folded, err
}

// rehash stores the stronger hash. The sign-in does not depend on it: the
// next one tries again.
func (s *Service) rehash(ctx context.Context, found usersdb.Credential, hash string) {
	err := s.queries.ReplaceHash(ctx, usersdb.ReplaceHashParams{
		ID: found.ID, OldHash: found.PasswordHash, NewHash: &hash, CredentialEpoch: found.CredentialEpoch,
	})
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "re-hash not stored", slog.String("user_id", found.ID.String()), slog.String("error", err.Error()))
	}
}

// CredentialsPatch is what an account's owner may change of what they sign in
// with; what is nil stays.
type CredentialsPatch struct {
	Password, Email, Username *string
	Verified                  *bool
}

// UpdateCredentials changes a live account for its owner, an admin too, while
// epoch is its credential epoch; it gives the epoch after the change. It
// returns fault.ErrNotFound, ErrCredentialsMoved, fault.ErrForbidden for a
// caller who does not act for owners, and what Update returns for bad or taken
// members. A password and an email move the epoch as there.
func (s *Service) UpdateCredentials(
	ctx context.Context, caller Actor, id uuid.UUID, epoch int64, c CredentialsPatch,
) (usersdb.Account, int64, error) {
	if !caller.ForOwner {
		return usersdb.Account{}, 0, fault.ErrForbidden
	}
	p := Patch{Password: c.Password, Email: c.Email, Username: c.Username, Verified: c.Verified}
	if err := p.fold(); err != nil {
		return usersdb.Account{}, 0, err
	}
	return s.update(ctx, caller, target{id: id, expected: atEpoch(epoch), found: live, owners: true}, p)
}

// atEpoch expects the account's credentials to be those of an epoch.
func atEpoch(epoch int64) Precondition {
	return func(now usersdb.LockUserRow) error {
		if now.CredentialEpoch != epoch {
			return ErrCredentialsMoved
		}
		return nil
	}
}

// Security says whether an account may still hold a session, and as what.
// Deleted accounts are found too.
func (s *Service) Security(ctx context.Context, id uuid.UUID) (usersdb.GetSecurityRow, error) {
	row, err := s.queries.GetSecurity(ctx, id)
	switch {
	case postgres.IsNoRows(err):
		return usersdb.GetSecurityRow{}, fault.ErrNotFound
	case err != nil:
		return usersdb.GetSecurityRow{}, postgres.Fault(err)
	}
	return row, nil
}

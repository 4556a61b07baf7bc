package users

import (
	"context"
	"errors"
	"slices"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// NewAccount is an account to be made. At most one of Password and
// PasswordHash is given; with neither it can't sign in.
type NewAccount struct {
	Username, Email string
	Password        *string
	PasswordHash    *string
	Verified        bool
	Roles           []string // nil means ["user"]
}

// Create makes an account. It returns ErrUsernameTaken, ErrEmailTaken, a 422
// for a refused password, a 400 that points at a bad member, and
// fault.ErrForbidden where the caller may not grant admin.
func (s *Service) Create(ctx context.Context, caller Actor, in NewAccount) (usersdb.Account, error) {
	if in.Roles == nil {
		in.Roles = []string{RoleUser}
	}
	if err := guardAdmin(caller, in.Roles); err != nil {
		return usersdb.Account{}, err
	}
	username, err := newUsername(in.Username)
	if err != nil {
		return usersdb.Account{}, at("/username", err)
	}
	in.Username = username
	return s.create(ctx, caller, in)
}

// create is Create without the questions that the seeder need not answer; the
// username is folded already.
func (s *Service) create(ctx context.Context, by Actor, in NewAccount) (usersdb.Account, error) {
	var err error
	if in.Email, err = foldEmail(in.Email); err != nil {
		return usersdb.Account{}, at("/email", err)
	}
	hash, err := s.newHash(ctx, in)
	if err != nil {
		return usersdb.Account{}, err
	}
	account, err := s.insert(ctx, by, in, hash)
	if err != nil {
		return usersdb.Account{}, nameFault(err)
	}
	s.reads.changed(ctx, accountThing(account.ID), nameThing(account.Username), nameThing(account.Email), callerThing(by))
	return account, nil
}

// insert makes the account by one statement, which a caller that goes away does
// not interrupt: nobody would know what became of it.
func (s *Service) insert(ctx context.Context, by Actor, in NewAccount, hash *string) (usersdb.Account, error) {
	id := s.newID()
	roles := slices.Compact(slices.Sorted(slices.Values(in.Roles)))
	event, err := audit.NewRow(s.newID(), by.audited(), audit.Event{Kind: "user.created", User: id, After: audit.Values{
		"username": in.Username, "email": in.Email, "verified": in.Verified, "roles": roles,
	}})
	if err != nil {
		return usersdb.Account{}, err
	}
	carried, cancel := postgres.Carried(ctx)
	defer cancel()
	row, err := s.queries.InsertUser(carried, usersdb.InsertUserParams{
		ID: id, Username: in.Username, Email: in.Email, PasswordHash: hash, Verified: in.Verified, Roles: roles,
		EventID: event.ID, OccurredAt: event.OccurredAt, ActorKind: event.ActorKind, Actor: event.Actor, After: event.After,
		Address: event.Address, UserAgent: event.UserAgent, RequestID: event.RequestID,
	})
	return usersdb.Account{
		ID: id, Username: in.Username, Email: in.Email, Verified: in.Verified, Roles: row.Roles,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, Version: row.Version,
	}, err
}

// newHash gives the hash to store, if any. Names that are gone already are
// refused before a hash is spent on them.
func (s *Service) newHash(ctx context.Context, in NewAccount) (*string, error) {
	if in.PasswordHash != nil {
		return in.PasswordHash, checkHash(*in.PasswordHash)
	}
	if in.Password == nil {
		return nil, nil
	}
	if err := s.checkPassword(*in.Password, in.Username, in.Email); err != nil {
		return nil, err
	}
	taken, err := s.queries.NamesTaken(ctx, usersdb.NamesTakenParams{Username: in.Username, Email: in.Email})
	switch {
	case err != nil:
		return nil, postgres.Fault(err)
	case taken.UsernameTaken:
		return nil, ErrUsernameTaken
	case taken.EmailTaken:
		return nil, ErrEmailTaken
	}
	hash, err := s.hasher.Hash(ctx, *in.Password)
	return &hash, err
}

// checkPassword holds a new password to the policy.
func (s *Service) checkPassword(text, username, email string) error {
	if reasons := s.hasher.Policy().Check(text, username, email); len(reasons) > 0 {
		return password.Rejected(reasons)
	}
	return nil
}

func checkHash(encoded string) error {
	if password.ParseHash(encoded) != nil {
		return at("/password_hash", errors.New("must be bcrypt of cost 4 to 14 or argon2id with m ≤ 65536, t ≤ 4, p ≤ 4"))
	}
	return nil
}

// nameFault turns what the database refuses into faults, by the constraint's
// name.
func nameFault(err error) error {
	switch {
	case postgres.IsUnique(err, "users_username_key"):
		return ErrUsernameTaken
	case postgres.IsUnique(err, "users_email_key"):
		return ErrEmailTaken
	case postgres.IsForeignKey(err, "user_roles_role_fkey"):
		return at("/roles", errors.New("names a role that does not exist"))
	}
	return postgres.Fault(err)
}

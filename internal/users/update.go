package users

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Patch is what to change; what is nil stays.
type Patch struct {
	Username, Email    *string
	Password           *string
	PasswordHash       *string
	Verified, Disabled *bool
	Roles              *[]string
}

// Precondition says whether an account, as it stands under its lock, is the
// one that the caller means: its version (If-Match, RFC 9110, section 13.1.1)
// or its epoch. Its error is the answer where it is not.
type Precondition func(now usersdb.LockUserRow) error

// Update changes a live account. It returns fault.ErrNotFound,
// ErrVersionMismatch, fault.ErrForbidden, ErrLastAdmin, and what Create
// returns for bad or taken members. A new password, a new email and disabling
// move the credential epoch, which ends the account's sessions.
func (s *Service) Update(ctx context.Context, caller Actor, id uuid.UUID, expected Precondition, p Patch) (usersdb.Account, error) {
	if err := p.fold(); err != nil {
		return usersdb.Account{}, err
	}
	account, _, err := s.update(ctx, caller, target{id: id, expected: expected, found: live}, p)
	return account, err
}

// update is Update and UpdateCredentials; p is folded. It gives the epoch
// beside the account.
func (s *Service) update(ctx context.Context, caller Actor, to target, p Patch) (account usersdb.Account, epoch int64, err error) {
	hash, err := s.patchHash(ctx, caller, to, p)
	if err != nil {
		return usersdb.Account{}, 0, err
	}
	for _, name := range []*string{p.Username, p.Email} {
		if name != nil {
			to.names = append(to.names, *name)
		}
	}
	err = s.change(ctx, caller, to, func(q *usersdb.Queries, now usersdb.LockUserRow) error {
		if p.Roles != nil {
			if err := guardAdmin(caller, *p.Roles); err != nil {
				return err
			}
		}
		if err := p.keepAnAdmin(ctx, q, now); err != nil {
			return err
		}
		if epoch, err = p.apply(ctx, q, to.id, hash); err != nil {
			return err
		}
		if account, err = q.GetAccount(ctx, to.id); err != nil {
			return err
		}
		return s.recordUpdate(ctx, q, caller, now, account, hash != nil)
	})
	return account, epoch, err
}

// Delete is the soft delete. The account is found no more; its names stay
// reserved. Its owner may ask for it, an admin too. It returns what Update
// returns for an account that is not there, has moved on, or must stay.
func (s *Service) Delete(ctx context.Context, caller Actor, id uuid.UUID, expected Precondition) error {
	to := target{id: id, expected: expected, found: live, owners: true}
	return s.change(ctx, caller, to, func(q *usersdb.Queries, now usersdb.LockUserRow) error {
		if err := keepAnAdmin(ctx, q, now); err != nil {
			return err
		}
		if err := q.DeleteUser(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, caller, audit.Event{Kind: "user.deleted", User: id})
	})
}

// Purge removes an account for good, deleted or not, and frees its names. It
// takes an admin, except for a live account that is not verified: that is
// nobody's yet, and who acts for owners may drop it. Otherwise it is as Delete.
func (s *Service) Purge(ctx context.Context, caller Actor, id uuid.UUID, expected Precondition) error {
	to := target{id: id, expected: expected, found: either}
	if !caller.HasRole(RoleAdmin) {
		if !caller.ForOwner {
			return fault.ErrForbidden
		}
		to.found = live
	}
	return s.change(ctx, caller, to, func(q *usersdb.Queries, now usersdb.LockUserRow) error {
		if now.Verified && !caller.HasRole(RoleAdmin) {
			return fault.ErrForbidden
		}
		if err := keepAnAdmin(ctx, q, now); err != nil {
			return err
		}
		if err := q.ClearThrottles(ctx, id); err != nil {
			return err
		}
		if _, err := q.PurgeUser(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, caller, audit.Event{Kind: "user.purged", User: id})
	})
}

// Restore undoes a soft delete. It returns fault.ErrNotFound for an account
// that is not deleted.
func (s *Service) Restore(ctx context.Context, caller Actor, id uuid.UUID, expected Precondition) (usersdb.Account, error) {
	var account usersdb.Account
	err := s.change(ctx, caller, target{id: id, expected: expected, found: deleted}, func(q *usersdb.Queries, _ usersdb.LockUserRow) error {
		err := q.RestoreUser(ctx, id)
		if err != nil {
			return err
		}
		if account, err = q.GetAccount(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, q, caller, audit.Event{Kind: "user.restored", User: id})
	})
	return account, err
}

// target is the account that a change is for.
type target struct {
	id       uuid.UUID
	expected Precondition
	found    which
	owners   bool     // the account's owner may ask for it, whatever their roles
	names    []string // that it is to have
}

// which accounts a change is for; others are not to be found.
type which func(usersdb.LockUserRow) bool

func live(now usersdb.LockUserRow) bool    { return !now.Deleted }
func deleted(now usersdb.LockUserRow) bool { return now.Deleted }
func either(usersdb.LockUserRow) bool      { return true }

// guard refuses a caller who may not change a holder of roles.
func (to target) guard(caller Actor, roles []string) error {
	if to.owners && caller.ForOwner {
		return nil
	}
	return guardAdmin(caller, roles)
}

// change locks an account, checks that it is the one that the caller means
// and may change, and does the work in the same transaction.
func (s *Service) change(
	ctx context.Context, caller Actor, to target, work func(*usersdb.Queries, usersdb.LockUserRow) error,
) error {
	var now usersdb.LockUserRow
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		q := s.queries.WithTx(tx)
		now, err = q.LockUser(ctx, to.id)
		switch {
		case postgres.IsNoRows(err), err == nil && !to.found(now):
			return fault.ErrNotFound
		case err != nil:
			return err
		}
		if err := to.guard(caller, now.Roles); err != nil {
			return err
		}
		if err := to.expected(now); err != nil {
			return err
		}
		return work(q, now)
	})
	if err != nil {
		return nameFault(err)
	}
	things := []string{accountThing(to.id), nameThing(now.Username), nameThing(now.Email), callerThing(caller)}
	for _, name := range to.names {
		things = append(things, nameThing(name))
	}
	s.reads.changed(ctx, things...)
	return nil
}

func (p *Patch) fold() error {
	if p.Username != nil {
		folded, err := newUsername(*p.Username)
		if err != nil {
			return at("/username", err)
		}
		p.Username = &folded
	}
	if p.Email != nil {
		folded, err := foldEmail(*p.Email)
		if err != nil {
			return at("/email", err)
		}
		p.Email = &folded
	}
	return nil
}

// patchHash hashes a new password before the transaction begins: no lock is
// held for as long as that takes. The policy wants the names that the account
// will have.
func (s *Service) patchHash(ctx context.Context, caller Actor, to target, p Patch) (*string, error) {
	if p.PasswordHash != nil {
		return p.PasswordHash, checkHash(*p.PasswordHash)
	}
	if p.Password == nil {
		return nil, nil
	}
	account, err := s.queries.GetAccount(ctx, to.id)
	switch {
	case postgres.IsNoRows(err), err == nil && account.DeletedAt != nil:
		return nil, fault.ErrNotFound
	case err != nil:
		return nil, postgres.Fault(err)
	}
	if err := to.guard(caller, account.Roles); err != nil {
		return nil, err
	}
	username, email := account.Username, account.Email
	if p.Username != nil {
		username = *p.Username
	}
	if p.Email != nil {
		email = *p.Email
	}
	if err := s.checkPassword(*p.Password, username, email); err != nil {
		return nil, err
	}
	hash, err := s.hasher.Hash(ctx, *p.Password)
	return &hash, err
}

// apply makes the change and gives the epoch after it.
func (p *Patch) apply(ctx context.Context, q *usersdb.Queries, id uuid.UUID, hash *string) (int64, error) {
	epoch, err := q.UpdateUser(ctx, usersdb.UpdateUserParams{
		ID: id, Username: p.Username, Email: p.Email, Verified: p.Verified, Disabled: p.Disabled, PasswordHash: hash,
	})
	if err != nil {
		return 0, err
	}
	if hash != nil { // whoever knows the new password shall not wait for guesses at the old one
		if err := q.ClearThrottles(ctx, id); err != nil {
			return 0, err
		}
	}
	if p.Roles == nil {
		return epoch, nil
	}
	if err := q.RevokeRolesExcept(ctx, usersdb.RevokeRolesExceptParams{UserID: id, Keep: *p.Roles}); err != nil {
		return 0, err
	}
	return epoch, q.GrantRoles(ctx, usersdb.GrantRolesParams{UserID: id, Roles: *p.Roles})
}

// keepAnAdmin refuses a patch that would leave nobody who can administer.
func (p *Patch) keepAnAdmin(ctx context.Context, q *usersdb.Queries, now usersdb.LockUserRow) error {
	demotes := p.Roles != nil && !slices.Contains(*p.Roles, RoleAdmin)
	disables := p.Disabled != nil && *p.Disabled
	if !demotes && !disables {
		return nil
	}
	return keepAnAdmin(ctx, q, now)
}

// keepAnAdmin returns ErrLastAdmin for an account without which no admin could
// sign in. Changes that could remove an admin wait for one another, so that
// two admins who demote each other at the same moment leave one.
func keepAnAdmin(ctx context.Context, q *usersdb.Queries, now usersdb.LockUserRow) error {
	if now.Disabled || now.Deleted || !slices.Contains(now.Roles, RoleAdmin) {
		return nil
	}
	if err := q.LockAdmins(ctx); err != nil {
		return err
	}
	others, err := q.OtherLiveAdmins(ctx, now.ID)
	if err != nil {
		return err
	}
	if others == 0 {
		return ErrLastAdmin
	}
	return nil
}

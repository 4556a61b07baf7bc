package users

import (
	"context"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Get finds an account by id or, where ref is not an id, by username: one
// statement. A caller who may not read accounts finds their own only; for any
// other it returns fault.ErrNotFound, as for one that does not exist. Deleted
// accounts are found by an admin who asks for them.
func (s *Service) Get(ctx context.Context, caller Actor, ref string, deleted bool) (usersdb.Account, error) {
	if err := mayAskForDeleted(caller, deleted); err != nil {
		return usersdb.Account{}, err
	}
	if id, err := uuid.Parse(ref); err == nil && len(ref) == len(uuid.Nil.String()) { // Parse takes other spellings
		account, err := read(ctx, s, caller, []string{accountThing(id)}, func(ctx context.Context, q, _ *usersdb.Queries) (usersdb.Account, error) {
			return q.GetAccount(ctx, id)
		})
		return visible(caller, account, deleted, err)
	}
	username, err := foldUsername(ref)
	if err != nil {
		return usersdb.Account{}, at("path.user", err)
	}
	account, err := read(ctx, s, caller, []string{nameThing(username)}, func(ctx context.Context, q, _ *usersdb.Queries) (usersdb.Account, error) {
		return q.GetAccountByUsername(ctx, username)
	})
	return visible(caller, account, deleted, err)
}

// GetByEmail finds an account by its address; otherwise it is as Get.
func (s *Service) GetByEmail(ctx context.Context, caller Actor, email string, deleted bool) (usersdb.Account, error) {
	if err := mayAskForDeleted(caller, deleted); err != nil {
		return usersdb.Account{}, err
	}
	folded, err := foldEmail(email)
	if err != nil {
		return usersdb.Account{}, at("path.email", err)
	}
	account, err := read(ctx, s, caller, []string{nameThing(folded)}, func(ctx context.Context, q, _ *usersdb.Queries) (usersdb.Account, error) {
		return q.GetAccountByEmail(ctx, folded)
	})
	return visible(caller, account, deleted, err)
}

func mayAskForDeleted(caller Actor, deleted bool) error {
	if deleted && !caller.HasRole(RoleAdmin) {
		return fault.ErrForbidden
	}
	return nil
}

// visible decides what the caller may see of what was found.
func visible(caller Actor, account usersdb.Account, deleted bool, err error) (usersdb.Account, error) {
	switch {
	case postgres.IsNoRows(err):
		return usersdb.Account{}, fault.ErrNotFound
	case err != nil:
		return usersdb.Account{}, postgres.Fault(err)
	case account.DeletedAt != nil && !deleted:
		return usersdb.Account{}, fault.ErrNotFound
	case !mayRead(caller) && caller.Subject != account.ID.String():
		return usersdb.Account{}, fault.ErrNotFound
	}
	return account, nil
}

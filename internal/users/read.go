package users

import (
	"context"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// Get finds an account by id or, where ref is not an id, by username: one
// statement. A caller who may not read accounts finds their own only; for any
// other it returns fault.ErrNotFound, as for one that does not exist.
func (s *Service) Get(ctx context.Context, caller *token.Claims, ref string) (usersdb.Account, error) {
	if id, err := uuid.Parse(ref); err == nil && len(ref) == len(uuid.Nil.String()) { // Parse takes other spellings
		account, err := s.queries.GetAccount(ctx, id)
		return visible(caller, account, err)
	}
	username, err := foldUsername(ref)
	if err != nil {
		return usersdb.Account{}, at("path.user", err)
	}
	account, err := s.queries.GetAccountByUsername(ctx, username)
	return visible(caller, account, err)
}

// GetByEmail finds an account by its address; otherwise it is as Get.
func (s *Service) GetByEmail(ctx context.Context, caller *token.Claims, email string) (usersdb.Account, error) {
	folded, err := foldEmail(email)
	if err != nil {
		return usersdb.Account{}, at("path.email", err)
	}
	account, err := s.queries.GetAccountByEmail(ctx, folded)
	return visible(caller, account, err)
}

// visible decides what the caller may see of what was found.
func visible(caller *token.Claims, account usersdb.Account, err error) (usersdb.Account, error) {
	switch {
	case postgres.IsNoRows(err):
		return usersdb.Account{}, fault.ErrNotFound
	case err != nil:
		return usersdb.Account{}, postgres.Fault(err)
	case account.DeletedAt != nil:
		return usersdb.Account{}, fault.ErrNotFound
	case !mayRead(caller) && caller.Subject != account.ID.String():
		return usersdb.Account{}, fault.ErrNotFound
	}
	return account, nil
}

// Page is one page of a list.
type Page struct {
	Items []usersdb.Account
	// Next is the cursor of the next page; empty on the last.
	Next string
}

// List gives live accounts, newest first, at most limit of them, from where
// cursor points ("" is the start).
func (s *Service) List(ctx context.Context, limit int32, cursor string) (Page, error) {
	below := uuid.Max
	if cursor != "" {
		var err error
		if below, err = s.cursors.decode(cursor); err != nil {
			return Page{}, at("query.cursor", err)
		}
	}
	// One more than asked for tells whether there is a next page.
	rows, err := s.queries.ListAccounts(ctx, usersdb.ListAccountsParams{Below: below, PageSize: limit + 1})
	if err != nil {
		return Page{}, postgres.Fault(err)
	}
	if len(rows) <= int(limit) {
		return Page{Items: rows}, nil
	}
	rows = rows[:limit]
	return Page{Items: rows, Next: s.cursors.encode(rows[limit-1].ID)}, nil
}

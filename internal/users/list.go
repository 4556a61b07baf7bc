package users

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Filter says which accounts a list holds. What is zero does not filter.
type Filter struct {
	Prefix             string // of username or email, in any case
	Role               string
	Verified, Disabled *bool
	IncludeDeleted     bool
}

// Page is one page of a list.
type Page struct {
	Items []usersdb.Account
	// Next is the cursor of the next page; empty on the last.
	Next string
}

// List gives accounts, newest first, at most limit of them, from where cursor
// points ("" is the start).
func (s *Service) List(ctx context.Context, caller Actor, f Filter, limit int32, cursor string) (Page, error) {
	if err := mayAskForDeleted(caller, f.IncludeDeleted); err != nil {
		return Page{}, err
	}
	below := uuid.Max
	if cursor != "" {
		var err error
		if below, err = s.cursors.Decode(cursor); err != nil {
			return Page{}, err
		}
	}
	// One more than asked for tells whether there is a next page.
	rows, err := read(ctx, s, caller, []string{callerThing(caller)}, func(ctx context.Context, _, lists *usersdb.Queries) ([]usersdb.Account, error) {
		return list(ctx, lists, f, below, limit+1)
	})
	if err != nil {
		return Page{}, postgres.Fault(err)
	}
	if len(rows) <= int(limit) {
		return Page{Items: rows}, nil
	}
	rows = rows[:limit]
	return Page{Items: rows, Next: s.cursors.Encode(rows[limit-1].ID)}, nil
}

// list takes the query whose index serves the filter best.
func list(ctx context.Context, lists *usersdb.Queries, f Filter, below uuid.UUID, size int32) ([]usersdb.Account, error) {
	switch {
	case f.Prefix != "":
		prefix := strings.ToLower(f.Prefix)
		var role *string
		if f.Role != "" {
			role = &f.Role
		}
		// Names are ASCII, so a byte above it bounds what begins with the prefix.
		return lists.SearchAccounts(ctx, usersdb.SearchAccountsParams{
			Low: prefix, High: prefix + "\x7f", Role: role, Below: below, PageSize: size,
			Verified: f.Verified, Disabled: f.Disabled, IncludeDeleted: f.IncludeDeleted,
		})
	case f.Role != "":
		return lists.ListAccountsByRole(ctx, usersdb.ListAccountsByRoleParams{
			Role: f.Role, Below: below, PageSize: size,
			Verified: f.Verified, Disabled: f.Disabled, IncludeDeleted: f.IncludeDeleted,
		})
	}
	return lists.ListAccounts(ctx, usersdb.ListAccountsParams{
		Below: below, PageSize: size, Verified: f.Verified, Disabled: f.Disabled, IncludeDeleted: f.IncludeDeleted,
	})
}

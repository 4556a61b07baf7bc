package users

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ErrRoleInUse is returned for a role that an account holds, and for the two
// that are built in.
var ErrRoleInUse = fault.New(fault.Conflict, fault.CodeRoleInUse, "The role is built in, or an account holds it.")

// Roles lists all roles, by name.
func (s *Service) Roles(ctx context.Context, caller Actor) ([]usersdb.Role, error) {
	rows, err := read(ctx, s, caller, []string{rolesThing}, func(ctx context.Context, q, _ *usersdb.Queries) ([]usersdb.Role, error) {
		return q.ListRoles(ctx)
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return rows, nil
}

// PutRole makes a role or describes it anew; Inserted tells which.
func (s *Service) PutRole(ctx context.Context, caller Actor, name, description string) (row usersdb.PutRoleRow, err error) {
	err = postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		if row, err = q.PutRole(ctx, usersdb.PutRoleParams{Name: name, Description: description}); err != nil {
			return err
		}
		kind := map[bool]string{true: "role.created", false: "role.updated"}[row.Inserted]
		return s.record(ctx, q, caller, audit.Event{Kind: kind, After: audit.Values{"role": name, "description": description}})
	})
	if err != nil {
		return usersdb.PutRoleRow{}, postgres.Fault(err)
	}
	s.reads.changed(ctx, rolesThing, callerThing(caller))
	return row, nil
}

// DeleteRole removes a role that nobody holds. It returns ErrRoleInUse or
// fault.ErrNotFound.
func (s *Service) DeleteRole(ctx context.Context, caller Actor, name string) error {
	if name == RoleAdmin || name == RoleUser {
		return ErrRoleInUse
	}
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		removed, err := q.DeleteRole(ctx, name)
		if err != nil {
			return err
		}
		if removed == 0 {
			return fault.ErrNotFound
		}
		return s.record(ctx, q, caller, audit.Event{Kind: "role.deleted", Before: audit.Values{"role": name}})
	})
	if postgres.IsForeignKey(err, "user_roles_role_fkey") {
		return ErrRoleInUse
	}
	if err == nil {
		s.reads.changed(ctx, rolesThing, callerThing(caller))
	}
	return postgres.Fault(err)
}

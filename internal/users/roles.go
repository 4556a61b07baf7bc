package users

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ErrRoleInUse is returned for a role that an account holds, and for the two
// that are built in.
var ErrRoleInUse = fault.New(fault.Conflict, fault.CodeRoleInUse, "The role is built in, or an account holds it.")

// Roles lists all roles, by name.
func (s *Service) Roles(ctx context.Context) ([]usersdb.Role, error) {
	rows, err := s.queries.ListRoles(ctx)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return rows, nil
}

// PutRole makes a role or describes it anew; Inserted tells which.
func (s *Service) PutRole(ctx context.Context, name, description string) (usersdb.PutRoleRow, error) {
	row, err := s.queries.PutRole(ctx, usersdb.PutRoleParams{Name: name, Description: description})
	if err != nil {
		return usersdb.PutRoleRow{}, postgres.Fault(err)
	}
	return row, nil
}

// DeleteRole removes a role that nobody holds. It returns ErrRoleInUse or
// fault.ErrNotFound.
func (s *Service) DeleteRole(ctx context.Context, name string) error {
	if name == RoleAdmin || name == RoleUser {
		return ErrRoleInUse
	}
	removed, err := s.queries.DeleteRole(ctx, name)
	switch {
	case postgres.IsForeignKey(err, "user_roles_role_fkey"):
		return ErrRoleInUse
	case err != nil:
		return postgres.Fault(err)
	case removed == 0:
		return fault.ErrNotFound
	}
	return nil
}

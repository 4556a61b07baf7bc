package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ErrNoAdmin is returned where there is no admin and none may be made up.
var ErrNoAdmin = errors.New("there is no admin yet: set ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD")

// AdminExists says whether the system has an admin, deleted ones included: who
// deleted the last one by hand shall not get a new one by surprise.
func (s *Service) AdminExists(ctx context.Context) (bool, error) {
	exists, err := s.queries.AdminExists(ctx)
	if err != nil {
		return false, postgres.Fault(err)
	}
	return exists, nil
}

// SeedAdmin makes the first admin where there is none. Of several instances
// that start together one makes it; the others find it made. It is the only
// one who may use a reserved username.
func (s *Service) SeedAdmin(ctx context.Context, username, email, password string) (made bool, err error) {
	exists, err := s.AdminExists(ctx)
	if err != nil || exists {
		return false, err
	}
	if email == "" || password == "" {
		return false, ErrNoAdmin
	}
	folded, err := foldUsername(username)
	if err != nil {
		return false, fmt.Errorf("ADMIN_USERNAME: %w", err)
	}
	_, err = s.create(ctx, system("seed"), NewAccount{
		Username: folded, Email: email, Password: &password, Verified: true, Roles: []string{RoleAdmin, RoleUser},
	})
	if err == nil {
		return true, nil
	}
	if exists, existsErr := s.AdminExists(ctx); existsErr == nil && exists {
		return false, nil
	}
	return false, seedFault(err)
}

// seedFault names the variable that is to blame.
func seedFault(err error) error {
	f := fault.As(err)
	switch {
	case errors.Is(err, ErrUsernameTaken):
		return errors.New("ADMIN_USERNAME: somebody who is no admin has it")
	case errors.Is(err, ErrEmailTaken):
		return errors.New("ADMIN_EMAIL: somebody who is no admin has it")
	case f != nil && f.Code == fault.CodePasswordRejected:
		return fmt.Errorf("ADMIN_PASSWORD: is refused: %v", f.Reasons)
	case f != nil && len(f.Fields) > 0 && f.Fields[0].Pointer == "/email":
		return errors.New("ADMIN_EMAIL: is not an email address")
	}
	return fmt.Errorf("the first admin could not be made: %w", err)
}

package auth

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// Account is what this service knows of an account: nothing but what the users
// service just said.
type Account struct {
	ID        uuid.UUID
	Username  string
	Email     string
	Verified  bool
	Disabled  bool
	Roles     []string
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt *time.Time
	Version   int64
	// Epoch moves when the account's credentials do. Zero where it was not asked.
	Epoch int64
}

// Registration is a new account, as the person typed it.
type Registration struct {
	Username, Email, Password string
}

// Accounts is the users service as this one needs it. Each method returns a
// fault: the domain's own (409, 422, ErrInvalidCredentials, not found), or
// Unavailable for anything that is the users service's trouble.
type Accounts interface {
	// Create makes an account with the role user.
	Create(ctx context.Context, r Registration) (Account, error)
	// Verify checks a login and a password and says whose they are, with the
	// epoch. It returns ErrInvalidCredentials.
	Verify(ctx context.Context, login, password string) (Account, error)
	// Standing says how an account stands now, with the epoch; deleted ones too.
	Standing(ctx context.Context, id uuid.UUID) (Account, error)
}

// Faults of this domain.
var (
	ErrInvalidCredentials = fault.New(fault.Unauthenticated, fault.CodeInvalidCredentials, "The login or the password is wrong.")
	ErrInvalidToken       = fault.New(fault.Unauthenticated, fault.CodeInvalidToken, "The token is not valid.")
)

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

// Credentials are what an account signs in with, as far as they are to change;
// what is nil stays.
type Credentials struct {
	Password, Email, Username *string
	Verified                  *bool
}

// Accounts is the users service as this one needs it. Each method returns a
// fault: the domain's own (409, 422, ErrInvalidCredentials, not found), or
// Unavailable for anything that is the users service's trouble. It is then
// unknown whether a change was made: the same call under the same key is safe,
// and tells.
type Accounts interface {
	// Create makes an account with the role user. The key, of 1 to 255 visible
	// ASCII characters, makes the same call within a day give the same account.
	Create(ctx context.Context, r Registration, key string) (Account, error)
	// Verify checks a login and a password and says whose they are, with the
	// epoch. It returns ErrInvalidCredentials. A call that may have arrived is
	// not repeated: it may have been counted as a guess.
	Verify(ctx context.Context, login, password string) (Account, error)
	// Standing says how an account stands now, with the epoch; deleted ones too.
	Standing(ctx context.Context, id uuid.UUID) (Account, error)
	// FindByEmail finds a live account, without its epoch. What can't be an
	// address is nobody's: fault.ErrNotFound.
	FindByEmail(ctx context.Context, email string) (Account, error)
	// FindByUsername is the same by username.
	FindByUsername(ctx context.Context, username string) (Account, error)
	// SetCredentials changes a live account, also an admin's, if its epoch is
	// still the given one, and gives it with the epoch that it has then. It
	// returns ErrEpochMoved, or not found. The key is as for Create.
	SetCredentials(ctx context.Context, id uuid.UUID, epoch int64, c Credentials, key string) (Account, error)
	// Delete is the soft delete, also of an admin's account. It returns not
	// found, or a conflict, fault.CodeLastAdmin.
	Delete(ctx context.Context, id uuid.UUID) error
	// PurgeUnverified removes, for good, an account that is as Create made it
	// and whose address nobody confirmed. It returns ErrEpochMoved for one that
	// has become somebody's, or is gone.
	PurgeUnverified(ctx context.Context, id uuid.UUID) error
}

// Faults of this domain.
var (
	ErrInvalidCredentials = fault.New(fault.Unauthenticated, fault.CodeInvalidCredentials, "The login or the password is wrong.")
	// ErrEpochMoved is for a caller here to handle: no operation of this
	// service answers with it.
	ErrEpochMoved = fault.New(fault.PreconditionFailed, fault.CodeVersionMismatch, "The account's credentials have changed.")
	// ErrEmailNotVerified is the right password of an account whose address
	// nobody confirmed, where sign-in asks for that.
	ErrEmailNotVerified = fault.New(fault.Forbidden, fault.CodeEmailNotVerified, "Confirm the address by the link that was mailed to it, then sign in.")
	ErrUsernameTaken    = fault.New(fault.Conflict, fault.CodeUsernameTaken, "Another account has this username.")
	ErrEmailTaken       = fault.New(fault.Conflict, fault.CodeEmailTaken, "Another account has this email.")
	ErrInvalidToken     = fault.New(fault.Unauthenticated, fault.CodeInvalidToken, "The token is not valid.")
)

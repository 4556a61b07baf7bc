package users

import (
	"log/slog"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/cursor"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Rights that the contract names.
const (
	ScopeRead  = "users:read"
	ScopeWrite = "users:write"
	// ScopeOwner is the auth service's right to act for an account's owner.
	ScopeOwner = "credentials:write"

	RoleAdmin = "admin"
	RoleUser  = "user"
)

// Faults of this domain.
var (
	ErrUsernameTaken   = fault.New(fault.Conflict, fault.CodeUsernameTaken, "Another account has this username.")
	ErrEmailTaken      = fault.New(fault.Conflict, fault.CodeEmailTaken, "Another account has this email.")
	ErrLastAdmin       = fault.New(fault.Conflict, fault.CodeLastAdmin, "This is the last admin who can sign in.")
	ErrVersionMismatch = fault.New(fault.PreconditionFailed, fault.CodeVersionMismatch, "The account has changed since the version in If-Match.")
	// ErrCredentialsMoved is ErrVersionMismatch for an epoch.
	ErrCredentialsMoved   = fault.New(fault.PreconditionFailed, fault.CodeVersionMismatch, "The account's credentials have changed since this credential_epoch.")
	ErrInvalidCredentials = fault.New(fault.Unauthenticated, fault.CodeInvalidCredentials, "The login or the password is wrong.")
)

// Service is the users domain. It is safe for concurrent use.
type Service struct {
	pool    *pgxpool.Pool
	queries *usersdb.Queries
	lists   *usersdb.Queries // planned for the filters at hand
	hasher  *password.Hasher
	cursors cursor.Codec
	// auditCursors are those of the other list; neither reads the other's.
	auditCursors cursor.Codec
	throttle     throttle
	rejected     audit.Tally[uuid.UUID]
	reads        *reads // nil where there is no replica
	log          *slog.Logger
	outcomes     *observe.Outcomes
	newID        func() uuid.UUID
}

// Options are a Service's parts.
type Options struct {
	Pool   *pgxpool.Pool
	Hasher *password.Hasher
	// Key authenticates page cursors and names throttles; KeyPrevious is still
	// accepted for cursors. 32 bytes.
	Key, KeyPrevious []byte
	// ThrottleAddresses counts failed sign-ins per address too.
	ThrottleAddresses bool
	// Reads is a replica; nil is none.
	Reads    *Reads
	Log      *slog.Logger
	Outcomes *observe.Outcomes // nil: not counted
}

// New joins the parts.
func New(o Options) (*Service, error) {
	codec, err := cursor.New("users", o.Key, o.KeyPrevious)
	if err != nil {
		return nil, err
	}
	auditCodec, err := cursor.New("audit", o.Key, o.KeyPrevious)
	if err != nil {
		return nil, err
	}
	guesses, err := newThrottle(o.Key, o.ThrottleAddresses)
	if err != nil {
		return nil, err
	}
	return &Service{
		throttle:     guesses,
		pool:         o.Pool,
		queries:      usersdb.New(o.Pool),
		lists:        usersdb.New(postgres.PlannedEachTime{Pool: o.Pool}),
		hasher:       o.Hasher,
		cursors:      codec,
		auditCursors: auditCodec,
		reads:        newReads(o.Reads),
		log:          o.Log,
		outcomes:     o.Outcomes,
		newID:        func() uuid.UUID { return uuid.Must(uuid.NewV7()) },
	}, nil
}

// mayRead reports whether caller may see accounts other than their own.
func mayRead(caller Actor) bool {
	return caller.HasScope(ScopeRead) || caller.HasRole(RoleAdmin)
}

// guardAdmin keeps users:write from granting admin and from changing a holder
// of it: both need the role itself. Where the account's owner may ask, see
// target.guard.
func guardAdmin(caller Actor, roles ...[]string) error {
	if caller.HasRole(RoleAdmin) {
		return nil
	}
	for _, set := range roles {
		if slices.Contains(set, RoleAdmin) {
			return fault.ErrForbidden
		}
	}
	return nil
}

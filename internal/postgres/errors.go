package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// SQLSTATEs that the package tells apart (PostgreSQL manual, appendix A).
const (
	foreignKeyViolation = "23503"
	uniqueViolation     = "23505"
	checkViolation      = "23514"
	readOnlyTransaction = "25006"
	undefinedDatabase   = "3D000"
	undefinedSchema     = "3F000"
	serialization       = "40001"
	deadlock            = "40P01"
	insufficientRights  = "42501"
	duplicateObject     = "42710"
	undefinedTable      = "42P01"
	duplicateDatabase   = "42P04"
	duplicateSchema     = "42P06"
	lockNotAvailable    = "55P03"
	queryCanceled       = "57014"
	adminShutdown       = "57P01"
	crashShutdown       = "57P02"
	cannotConnectNow    = "57P03"
)

// IsUnique says whether err is the violation of the named unique constraint or
// unique index.
func IsUnique(err error, constraint string) bool { return violates(err, uniqueViolation, constraint) }

// IsForeignKey says whether err is the violation of the named foreign key.
func IsForeignKey(err error, constraint string) bool {
	return violates(err, foreignKeyViolation, constraint)
}

// IsCheck says whether err is the violation of the named check constraint.
func IsCheck(err error, constraint string) bool { return violates(err, checkViolation, constraint) }

// ConstraintName gives the constraint that err violates, or "".
func ConstraintName(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return ""
}

// IsNoRows says whether a :one query found nothing.
func IsNoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// IsUndefined says whether err is that a table, or the schema that it would be
// in, does not exist.
func IsUndefined(err error) bool {
	code := state(err)
	return code == undefinedTable || code == undefinedSchema
}

// IsDenied says whether err is that the role lacks a right.
func IsDenied(err error) bool { return state(err) == insufficientRights }

func violates(err error, state, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == state && pg.ConstraintName == constraint
}

// state gives err's SQLSTATE, or "" when the server did not send one.
func state(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// Fault turns what is left of a database error, after its constraints have been
// matched by name, into a fault: nil and faults pass through; a server that
// cannot be reached, is overloaded, shuts down, stands by, or did not answer in
// time is fault.ErrDependency; all else is a defect of ours, fault.ErrInternal.
// The error itself is kept as the cause, for the log.
func Fault(err error) error {
	if err == nil {
		return nil
	}
	if f := fault.As(err); f != nil {
		return f
	}
	if isDependency(err) {
		return fault.ErrDependency.Because(err)
	}
	return fault.ErrInternal.Because(err)
}

func isDependency(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	if code := state(err); code != "" {
		return isDependencyState(code)
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func isDependencyState(code string) bool {
	switch code {
	case readOnlyTransaction, serialization, deadlock, lockNotAvailable, queryCanceled:
		return true
	}
	if len(code) != 5 {
		return false
	}
	// 08: connection; 53: out of connections, memory, disk; 57P: the operator
	// stops or starts the server; 58: its files can't be read or written.
	return code[:2] == "08" || code[:2] == "53" || code[:3] == "57P" || code[:2] == "58"
}

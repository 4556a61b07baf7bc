package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// PlannedEachTime runs statements that PostgreSQL plans for the very values
// they come with, which takes it some 0.1 ms: for lists with filters. A
// prepared statement gets one plan for all values from its sixth use on, and
// the plan for a common value may read a whole table for a rare one.
type PlannedEachTime struct {
	Pool *pgxpool.Pool
}

// mode sends the statement unnamed, in one round trip, its description cached.
func mode(args []any) []any { return append([]any{pgx.QueryExecModeCacheDescribe}, args...) }

// Exec runs a statement without rows.
func (p PlannedEachTime) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return p.Pool.Exec(ctx, sql, mode(args)...)
}

// Query runs a statement.
func (p PlannedEachTime) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return p.Pool.Query(ctx, sql, mode(args)...) //nolint:rowserrcheck // the caller reads them
}

// QueryRow runs a statement of at most one row.
func (p PlannedEachTime) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return p.Pool.QueryRow(ctx, sql, mode(args)...)
}

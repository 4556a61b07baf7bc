package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// session is the one connection of a migrator. The advisory lock and the
// migrations share it, so that the lock lives exactly as long as the work: the
// server ends both together, also when the process is killed in the middle of a
// long statement.
type session struct {
	Migrations
	pool *pgxpool.Pool // of one connection, which is never replaced
	conn *pgconn.PgConn
}

// lockPoll is how often a waiting migrator asks for the lock.
const lockPoll = 50 * time.Millisecond

var errSessionLost = errors.New("the connection that held the migration lock was lost")

func openSession(ctx context.Context, m Migrations) (*session, error) {
	if !identifier.MatchString(m.Schema) || (m.Role != "" && !identifier.MatchString(m.Role)) {
		return nil, fmt.Errorf("migrate: schema %q and role %q must be plain lower-case identifiers", m.Schema, m.Role)
	}
	if m.Log == nil {
		m.Log = slog.New(slog.DiscardHandler)
	}
	if m.LockWaits == nil {
		m.LockWaits = lockWaits
	}
	cfg, err := pgxpool.ParseConfig(m.URL)
	if err != nil {
		return nil, ErrBadURL
	}
	cfg.MinConns, cfg.MinIdleConns, cfg.MaxConns = 0, 0, 1
	cfg.MaxConnLifetime, cfg.MaxConnIdleTime = 24*time.Hour, 24*time.Hour
	conn := cfg.ConnConfig
	// Nothing cached: the tables change under the statements.
	conn.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	conn.RuntimeParams["application_name"] = "latchkey-migrate"
	conn.RuntimeParams["timezone"] = "UTC"
	defaultTo(conn.RuntimeParams, "statement_timeout", "0") // an index may take hours
	defaultTo(conn.RuntimeParams, "lock_timeout", lockTimeout)
	var connected atomic.Bool
	cfg.BeforeConnect = func(context.Context, *pgx.ConnConfig) error {
		if connected.Swap(true) {
			return errSessionLost
		}
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("migrate schema %s: %w", m.Schema, err)
	}
	c, err := pool.Acquire(ctx)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("migrate schema %s: %w", m.Schema, err)
	}
	defer c.Release()
	through, err := pooled(ctx, c)
	if err == nil && through {
		err = errMigratePooled
	}
	if err != nil {
		c.Release() // Close waits for it
		pool.Close()
		return nil, fmt.Errorf("migrate schema %s: %w", m.Schema, err)
	}
	return &session{Migrations: m, pool: pool, conn: c.Conn().PgConn()}, nil
}

// close ends the session and with it the lock.
func (s *session) close() { s.pool.Close() }

// lock takes the session's advisory lock for the schema. It polls, because a
// blocking pg_advisory_lock holds a snapshot that CREATE INDEX CONCURRENTLY in
// the working session waits for, while the waiter waits for that session.
func (s *session) lock(ctx context.Context) error {
	h := fnv.New64a()
	_, _ = h.Write([]byte("latchkey migrate " + s.Schema))
	query := "SELECT pg_try_advisory_lock(" + strconv.FormatInt(int64(h.Sum64()), 10) + ")"
	for {
		var held bool
		if err := s.pool.QueryRow(ctx, query, pgx.QueryExecModeSimpleProtocol).Scan(&held); err != nil {
			return fmt.Errorf("wait for the migration lock of schema %s: %w", s.Schema, err)
		}
		if held {
			// The server then ends a statement whose client died within a second,
			// instead of finishing it under the lock. Where it cannot (before
			// PostgreSQL 14, or on some systems) the lock is only freed later.
			_, _ = s.pool.Exec(ctx, "SET client_connection_check_interval = '1s'")
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the migration lock of schema %s: %w", s.Schema, ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}

// prepare makes the lesser role and the schema where they are missing. Roles
// belong to the whole cluster, beyond the reach of this database's lock, so one
// that appears meanwhile is as good.
func (s *session) prepare(ctx context.Context) error {
	var hasRole, hasSchema bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
		EXISTS (SELECT FROM pg_namespace WHERE nspname = $2)`, s.Role, s.Schema).Scan(&hasRole, &hasSchema)
	if err != nil {
		return fmt.Errorf("migrate schema %s: %w", s.Schema, err)
	}
	role, schema := pgx.Identifier{s.Role}.Sanitize(), pgx.Identifier{s.Schema}.Sanitize()
	if s.Role != "" && !hasRole {
		if err := s.create(ctx, "role "+s.Role, "CREATE ROLE "+role+" NOLOGIN"); err != nil {
			return err
		}
	}
	if !hasSchema {
		if err := s.create(ctx, "schema "+s.Schema, "CREATE SCHEMA "+schema); err != nil {
			return err
		}
	}
	if s.Role == "" {
		return nil
	}
	if _, err := s.pool.Exec(ctx, "GRANT USAGE ON SCHEMA "+schema+" TO "+role); err != nil {
		return fmt.Errorf("migrate schema %s: %w", s.Schema, err)
	}
	return nil
}

// create runs one CREATE. Existing already is success; too few rights is an
// error that says what a superuser has to run.
func (s *session) create(ctx context.Context, what, sql string) error {
	_, err := s.pool.Exec(ctx, sql)
	switch state(err) {
	case duplicateObject, duplicateSchema, uniqueViolation:
		return nil
	case insufficientRights:
		if user := s.pool.Config().ConnConfig.User; what == "schema "+s.Schema {
			sql += " AUTHORIZATION " + pgx.Identifier{user}.Sanitize()
		}
		return fmt.Errorf("the %s does not exist and this login may not create it; as a superuser run: %s", what, sql)
	}
	if err != nil {
		return fmt.Errorf("create the %s: %w", what, err)
	}
	return nil
}

// grantRead lets the lesser role see, and only see, what is applied, whatever
// the migrations granted on all tables of the schema.
func (s *session) grantRead(ctx context.Context) error {
	if s.Role == "" {
		return nil
	}
	role, table := pgx.Identifier{s.Role}.Sanitize(), pgx.Identifier{s.Schema, "schema_migrations"}.Sanitize()
	_, err := s.pool.Exec(ctx, "REVOKE ALL ON "+table+" FROM "+role+"; GRANT SELECT ON "+table+" TO "+role)
	if err != nil {
		return fmt.Errorf("migrate schema %s: %w", s.Schema, err)
	}
	return nil
}

// await gives what do gives. The end of ctx cancels its statement at the
// server, again and again until it gives up: to cut it off on this side would
// end the connection, and with it the lock, while the server still works.
func (s *session) await(ctx context.Context, do func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- do(context.WithoutCancel(ctx)) }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("migrate schema %s: %w", s.Schema, err)
		}
		return nil
	case <-ctx.Done():
	}
	for {
		s.cancelStatement(ctx)
		select {
		case <-done:
			return fmt.Errorf("migrate schema %s: %w", s.Schema, ctx.Err())
		case <-time.After(2 * lockPoll):
		}
	}
}

func (s *session) cancelStatement(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	_ = s.conn.CancelRequest(ctx)
}

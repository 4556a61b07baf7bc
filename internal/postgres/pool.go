package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
)

// What a pool gets when neither the URL nor Options say otherwise.
const (
	defaultMaxConns       = 16
	warmConns             = 2
	connectTimeout        = 2 * time.Second
	statementTimeout      = "5000"  // milliseconds
	idleInTransactionTime = "10000" // milliseconds
)

// ErrBadURL says that a database URL cannot be read. The URL and the parser's
// words stay out of the message: either may hold the password.
var ErrBadURL = errors.New("the database URL is not of the form postgres://user:password@host:5432/database?sslmode=…")

// Options say how a pool connects. The zero value is usable.
type Options struct {
	// Role is the role that statements run as. When the URL's user is another,
	// it is given to the server as the startup parameter role, so that a service
	// with a stronger login still runs with the lesser rights.
	Role string
	// ApplicationName is what pg_stat_activity shows.
	ApplicationName string
	// MaxConns bounds the pool. Zero takes the URL's pool_max_conns, else 16.
	MaxConns int32
	// QueueLimit bounds the wait for a connection while all are in use. Zero waits
	// as long as the caller's context lasts.
	QueueLimit time.Duration
	// Tracer sees every statement. Nil is none.
	Tracer pgx.QueryTracer
	// Lazy leaves out the ping, for a caller that starts before its database.
	Lazy bool
}

// Open makes a pool and, unless o.Lazy, pings the server within ctx. An error
// leaves nothing open and never holds the password. Parameters that the URL
// itself sets (statement_timeout, connect_timeout, …) win over the house's. Of
// several hosts in the URL it takes the first that can be written to, whatever
// becomes of them later; connect_timeout is for each.
func Open(ctx context.Context, url string, o Options) (*pgxpool.Pool, error) {
	cfg, err := poolConfig(url, o)
	if err != nil {
		return nil, err
	}
	evicts := evictFrom(cfg)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	evicts.pool.Store(pool)
	if o.Lazy {
		return pool, nil
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return pool, nil
}

func poolConfig(url string, o Options) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, ErrBadURL
	}
	if err := checkExecMode(cfg.ConnConfig.DefaultQueryExecMode); err != nil {
		return nil, err
	}
	switch {
	case o.MaxConns > 0:
		cfg.MaxConns = o.MaxConns
	case !strings.Contains(url, "pool_max_conns"):
		cfg.MaxConns = defaultMaxConns
	}
	cfg.MinIdleConns = min(warmConns, cfg.MaxConns)
	// pgx by itself has google/uuid write each id out as text, and parses that.
	cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		return nil
	}
	conn := cfg.ConnConfig
	conn.Tracer = o.Tracer
	if o.QueueLimit > 0 {
		conn.Tracer = (&queue{limit: o.QueueLimit, most: cfg.MaxConns}).through(o.Tracer)
	}
	if !strings.Contains(url, "connect_timeout") {
		conn.ConnectTimeout = connectTimeout
	}
	if conn.ValidateConnect == nil && severalHosts(&conn.Config) {
		conn.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	params := conn.RuntimeParams
	defaultTo(params, "statement_timeout", statementTimeout)
	defaultTo(params, "idle_in_transaction_session_timeout", idleInTransactionTime)
	defaultTo(params, "timezone", "UTC")
	if o.ApplicationName != "" {
		params["application_name"] = o.ApplicationName
	}
	if o.Role != "" && conn.User != o.Role {
		params["role"] = o.Role
	}
	return cfg, nil
}

func defaultTo(params map[string]string, name, value string) {
	if _, set := params[name]; !set {
		params[name] = value
	}
}

// lesserSQL asks what the effective role may do. pg_has_role counts a role that
// merely inherits from the owner as the owner, for it has the same rights.
const lesserSQL = `
SELECT current_user::text,
       r.rolsuper,
       EXISTS (SELECT FROM pg_namespace n
               WHERE n.nspname = $1 AND pg_has_role(current_user, n.nspowner, 'USAGE')),
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                 AND pg_has_role(current_user, c.relowner, 'USAGE'))
FROM pg_roles r WHERE r.rolname = current_user`

// CheckLesser refuses a pool whose effective role is a superuser or has the
// owner's rights over schema or anything in it: a hole in a query must not be
// able to alter a table or switch a constraint off.
func CheckLesser(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	var role string
	var super, ownsSchema, ownsTable bool
	err := pool.QueryRow(ctx, lesserSQL, schema).Scan(&role, &super, &ownsSchema, &ownsTable)
	switch {
	case err != nil:
		return fmt.Errorf("check the rights of the database role: %w", err)
	case super:
		return fmt.Errorf("the service must not run as %q, a superuser: connect as latchkey_%s", role, schema)
	case ownsSchema:
		return fmt.Errorf("the service must not run as %q, which owns schema %s: connect as latchkey_%s", role, schema, schema)
	case ownsTable:
		return fmt.Errorf("the service must not run as %q, which owns tables of schema %s: connect as latchkey_%s", role, schema, schema)
	}
	return nil
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// execMode is pgx's parameter of a URL for how statements are sent.
const execMode = "default_query_exec_mode"

// Errors of a URL that leads through a pooler, or is for one.
var (
	// errExecMode refuses what can't work, or not safely. simple_protocol puts
	// values into the SQL's text (CVE-2024-27289 came of that). exec guesses
	// types from Go's and fails where the guess is wrong. describe_exec asks
	// twice, of two servers where a pooler likes.
	errExecMode = errors.New(execMode + " in the database URL must be cache_describe, or cache_statement where prepared statements are kept")
	errPooled   = errors.New("the database URL leads through a pooler: add " + execMode + "=cache_describe to it " +
		"(or cache_statement, where the pooler keeps prepared statements)")
	errMigratePooled = errors.New("the URL for migrations leads through a pooler, which keeps no lock: " +
		"set MIGRATE_DATABASE_URL to the server itself")
)

// checkExecMode refuses a mode that neither a server nor a pooler is fit for.
func checkExecMode(mode pgx.QueryExecMode) error {
	if mode == pgx.QueryExecModeCacheStatement || mode == pgx.QueryExecModeCacheDescribe {
		return nil
	}
	return errExecMode
}

// pooled says whether a pooler answers for the server: it gives each client a
// process number of its own invention, for that is how one cancels.
func pooled(ctx context.Context, conn *pgxpool.Conn) (bool, error) {
	var pid int64
	// As text, without a value in it: good whatever the pooler keeps.
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid); err != nil {
		return false, err
	}
	return pid != int64(conn.Conn().PgConn().PID()), nil
}

// checkPooler refuses a pooler that the URL does not provide for: statements
// that are prepared on one server fail on the next, now and then and under load.
func checkPooler(ctx context.Context, pool *pgxpool.Pool, url string) error {
	if strings.Contains(url, execMode) {
		return nil
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer conn.Release()
	through, err := pooled(ctx, conn)
	switch {
	case err != nil:
		return fmt.Errorf("look for a pooler: %w", err)
	case through:
		return errPooled
	}
	return nil
}

// warnOfTimeouts tells where no statement is ever cut off: a pooler drops the
// parameters that ask for it.
func warnOfTimeouts(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) error {
	var role, limit string
	err := pool.QueryRow(ctx, "SELECT current_user::text, current_setting('statement_timeout')").Scan(&role, &limit)
	if err != nil {
		return fmt.Errorf("read statement_timeout: %w", err)
	}
	if limit == "0" && log != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "statement_timeout is not set; as an administrator run: ALTER ROLE "+role+" SET statement_timeout = '5s'")
	}
	return nil
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"slices"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"
)

// Migrations names the migrations of one schema and where they go.
type Migrations struct {
	// URL is a direct connection as the schema's owner, or as a role that may
	// create the schema. No pooler in transaction mode: the lock is a session's.
	URL string
	// FS holds dbmate files at its root: <version>_<name>.sql.
	FS fs.FS
	// Schema is made if absent and holds the table schema_migrations.
	Schema string
	// Role is the lesser role, made NOLOGIN if absent; it may use the schema and
	// read which migrations are applied. Empty is none.
	Role string
	// After follows the files, in this order.
	After []Step
	// LockWaits are the pauses after which a migration that was refused a lock
	// is tried again. Nil is lockWaits.
	LockWaits []time.Duration
	// Log gets a line for each migration. Nil is silent.
	Log *slog.Logger
}

var (
	// migrationFile is dbmate's own pattern for files and versions.
	migrationFile = regexp.MustCompile(`^(\d+).*\.sql$`)
	// identifier keeps a schema's name free of the dot at which dbmate would cut.
	identifier = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
)

// Migrate applies what is pending and returns how many migrations it applied;
// that is not zero with an error too, when an earlier one had succeeded. Any
// number of instances may call it at once: one works, the others wait until ctx
// ends and then find nothing to do. When nothing is pending it costs one
// connection and one query, and another for each step.
func Migrate(ctx context.Context, m Migrations) (applied int, err error) {
	s, err := openSession(ctx, m)
	if err != nil {
		return 0, err
	}
	defer s.close()
	pending, err := s.pending(ctx)
	if err != nil || len(pending) == 0 {
		return 0, err
	}
	if err := s.lock(ctx); err != nil {
		return 0, err
	}
	// Again: another instance may have done it while this one waited.
	if pending, err = s.pending(ctx); err != nil || len(pending) == 0 {
		return 0, err
	}
	if err := s.prepare(ctx); err != nil {
		return 0, err
	}
	err = s.apply(ctx)
	return len(pending) - s.left(ctx, len(pending)), err
}

// apply does all that may be pending; what is not, costs little.
func (s *session) apply(ctx context.Context) error {
	files, err := Pending(ctx, s.pool, s.FS, s.Schema)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := s.up(ctx, file); err != nil {
			return err
		}
	}
	if err := s.grantRead(ctx); err != nil {
		return err
	}
	for _, step := range s.After {
		if err := s.step(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) pending(ctx context.Context) ([]string, error) {
	return allPending(ctx, s.pool, s.FS, s.Schema, s.After)
}

// left counts what is still pending after a run, or gives before when the
// connection is gone.
func (s *session) left(ctx context.Context, before int) int {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	pending, err := s.pending(ctx)
	if err != nil {
		return before
	}
	return len(pending)
}

// Querier is a *pgxpool.Pool, a *pgx.Conn or a pgx.Tx.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Pending lists, in order, the migration files that schema lacks: all of them
// when the schema does not exist. The lesser role may ask. A version in the
// database that files does not have is no error: an older binary may run beside
// a newer one while a release rolls out.
func Pending(ctx context.Context, db Querier, files fs.FS, schema string) ([]string, error) {
	names, err := migrationNames(files)
	if err != nil {
		return nil, err
	}
	applied, err := appliedVersions(ctx, db, schema)
	if err != nil {
		return nil, fmt.Errorf("read the migrations of schema %s: %w", schema, err)
	}
	pending := []string{}
	for _, name := range names {
		if !slices.Contains(applied, version(name)) {
			pending = append(pending, name)
		}
	}
	return pending, nil
}

func migrationNames(files fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("read the migration files: %w", err)
	}
	names := []string{}
	for _, e := range entries {
		if !e.IsDir() && migrationFile.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, errors.New("there are no migration files")
	}
	sort.Strings(names)
	return names, nil
}

// version is what the database knows a file by.
func version(file string) string { return migrationFile.FindStringSubmatch(file)[1] }

// appliedVersions are those that the database has, the oldest first; none where
// the schema does not exist.
func appliedVersions(ctx context.Context, db Querier, schema string) ([]string, error) {
	table := pgx.Identifier{schema, "schema_migrations"}.Sanitize()
	// The simple protocol: one round trip, and no statement left behind.
	rows, err := db.Query(ctx, "SELECT version FROM "+table, pgx.QueryExecModeSimpleProtocol)
	if err == nil {
		var versions []string
		if versions, err = pgx.CollectRows(rows, pgx.RowTo[string]); err == nil {
			sort.Strings(versions) // not by the database's collation
			return versions, nil
		}
	}
	if IsUndefined(err) {
		return nil, nil
	}
	return nil, err
}

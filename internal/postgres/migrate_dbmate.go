package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/amacneil/dbmate/v2/pkg/dbmate"
	dbmatepg "github.com/amacneil/dbmate/v2/pkg/driver/postgres"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// scheme selects the driver below. dbmate's own opens its connections with
// lib/pq, which reads URLs otherwise than pgx (sslmode, sockets) and would work
// beside the lock instead of under it.
const scheme = "latchkey"

func init() {
	dbmate.RegisterDriver(func(c dbmate.DriverConfig) dbmate.Driver {
		own, _ := dbmatepg.NewDriver(c).(*dbmatepg.Driver)
		// The log is the only value of the caller's that dbmate hands on.
		s, _ := c.Log.(*session)
		return &driver{Driver: own, session: s}
	}, scheme)
}

// driver is dbmate's PostgreSQL driver over a session's one connection.
type driver struct {
	*dbmatepg.Driver
	session *session
}

// Open gives a view of the session's pool. Closing it gives the connection back.
func (d *driver) Open() (*sql.DB, error) { return stdlib.OpenDBFromPool(d.session.pool), nil }

// Ping asks nothing: the session is open.
func (d *driver) Ping() error { return nil }

// QueryError adds the place in the migration at which the server stopped.
func (d *driver) QueryError(query string, err error) error {
	var pg *pgconn.PgError
	position := 0
	if errors.As(err, &pg) {
		position = int(pg.Position)
	}
	return &queryError{dbmate.QueryError{Err: err, Query: query, Position: position}}
}

// queryError lets the server's error be found inside of dbmate's.
type queryError struct{ dbmate.QueryError }

func (e *queryError) Unwrap() error { return e.Err }

// Write takes dbmate's progress, one line a call, and logs what begins.
func (s *session) Write(line []byte) (int, error) {
	for begins, message := range map[string]string{"Applying: ": "applying migration", "Rolling back: ": "undoing migration"} {
		if name, ok := strings.CutPrefix(strings.TrimSpace(string(line)), begins); ok {
			s.Log.Info(message, "schema", s.Schema, "migration", name)
		}
	}
	return len(line), nil
}

// oneFile shows dbmate one file, so that it does that one and no other.
type oneFile struct {
	fs.FS
	name string
}

func (o oneFile) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, dir)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() != o.name }), err
}

// parse reads a file's two sections.
func (s *session) parse(file string) (*dbmate.ParsedMigration, error) {
	one := dbmate.Migration{FileName: file, FilePath: file, FS: s.FS}
	sections, err := one.Parse()
	if err == nil && len(sections) != 1 {
		err = errors.New("it has more than one up section")
	}
	if err != nil {
		return nil, fmt.Errorf("migration %s: %w", file, err)
	}
	return sections[0], nil
}

// up applies one file, which is pending.
func (s *session) up(ctx context.Context, file string) error {
	parsed, err := s.parse(file)
	if err != nil {
		return err
	}
	return s.run(ctx, file, parsed.Up, (*dbmate.DB).Migrate)
}

// down undoes one file, which is applied.
func (s *session) down(ctx context.Context, file string) error {
	parsed, err := s.parse(file)
	if err != nil {
		return err
	}
	return s.run(ctx, file, parsed.Down, (*dbmate.DB).Rollback)
}

// run lets dbmate do with one file, whose section sql is run. It knows no context.
func (s *session) run(ctx context.Context, file, sql string, do func(*dbmate.DB) error) error {
	db := dbmate.New(&url.URL{Scheme: scheme})
	db.AutoDumpSchema, db.WaitBefore, db.Verbose = false, false, false
	db.FS, db.MigrationsDir = oneFile{s.FS, file}, []string{"."}
	db.MigrationsTableName = s.Schema + ".schema_migrations"
	db.Log = s
	return s.patiently(ctx, file, func() error {
		if err := s.bound(ctx, sql); err != nil {
			return err
		}
		return s.await(ctx, func(context.Context) error { return do(db) })
	})
}

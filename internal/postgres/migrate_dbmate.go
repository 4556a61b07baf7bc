package postgres

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
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
	return &dbmate.QueryError{Err: err, Query: query, Position: position}
}

// Write takes dbmate's progress, one line a call, and logs what begins.
func (s *session) Write(line []byte) (int, error) {
	if name, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "Applying: "); ok {
		s.Log.Info("applying migration", "schema", s.Schema, "migration", name)
	}
	return len(line), nil
}

// run lets dbmate apply what is pending. It knows no context.
func (s *session) run(ctx context.Context) error {
	db := dbmate.New(&url.URL{Scheme: scheme})
	db.AutoDumpSchema, db.WaitBefore, db.Verbose = false, false, false
	db.FS, db.MigrationsDir = s.FS, []string{"."}
	db.MigrationsTableName = s.Schema + ".schema_migrations"
	db.Log = s
	return s.await(ctx, func(context.Context) error { return db.Migrate() })
}

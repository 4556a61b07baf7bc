package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// lockTimeout is how long a migration waits for a lock. While it waits, all
// that asks for the same table later waits behind it, so this is also the
// longest that a long transaction and a migration together can hold up
// traffic. A lock_timeout in the URL takes its place.
const lockTimeout = "2s"

// lockWaits let the traffic through that has piled up, and the transaction end
// that was in the way: eight attempts in about 75 s.
var lockWaits = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
	15 * time.Second, 15 * time.Second, 15 * time.Second,
}

// patiently does what may be refused a lock, again and again. What was refused
// has left nothing behind: do is one transaction, or can go on where it ended.
func (s *session) patiently(ctx context.Context, name string, do func() error) error {
	for attempt := 0; ; attempt++ {
		err := do()
		if code := state(err); code != lockNotAvailable && code != deadlock {
			return err
		}
		holders := s.holders(ctx)
		if attempt == len(s.LockWaits) {
			return fmt.Errorf("%s was refused a lock %d times and is not applied (on the schema's tables: %s): %w", name, attempt+1, holders, err)
		}
		wait := s.LockWaits[attempt]
		s.Log.Warn("migration was refused a lock", "schema", s.Schema, "migration", name, "holders", holders, "again_in", wait.String())
		select {
		case <-ctx.Done():
			return fmt.Errorf("migrate schema %s: %s: %w", s.Schema, name, errors.Join(err, ctx.Err()))
		case <-time.After(wait):
		}
	}
}

// holdersSQL names who has locks on the schema's tables, whoever began first
// first. When they began is shown to few roles, who they are to all.
const holdersSQL = `
SELECT a.pid || ' ' || coalesce(nullif(a.application_name, ''), a.usename, '')
FROM pg_stat_activity a
WHERE a.pid <> pg_backend_pid() AND EXISTS (
    SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = a.pid AND l.granted AND c.relnamespace = $1::text::regnamespace
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY a.xact_start, a.pid LIMIT 5`

// holders gives "pid application", up to five, for whoever looks for the
// transaction that is in the way.
func (s *session) holders(ctx context.Context) string {
	rows, err := s.pool.Query(ctx, holdersSQL, s.Schema)
	if err != nil {
		return "unknown"
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "unknown"
	}
	if len(all) == 0 {
		return "nobody any more"
	}
	return strings.Join(all, ", ")
}

// madeConcurrently finds the name of an index that is made without a lock.
var madeConcurrently = regexp.MustCompile(`(?i)\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_][a-z0-9_]*)`)

// bound sets how long what follows may wait for a lock. CONCURRENTLY waits for
// every transaction that began before it and has nobody waiting behind it, so
// it may; cut off, it would leave an index that is not valid. Such a one, of an
// earlier attempt that died, goes first: IF NOT EXISTS would take it for done.
func (s *session) bound(ctx context.Context, sql string) error {
	set := "RESET lock_timeout"
	if strings.Contains(strings.ToUpper(sql), "CONCURRENTLY") {
		set = "SET lock_timeout = 0"
	}
	if _, err := s.pool.Exec(ctx, set); err != nil {
		return fmt.Errorf("migrate schema %s: %w", s.Schema, err)
	}
	made := madeConcurrently.FindStringSubmatch(sql)
	if made == nil {
		return nil
	}
	var invalid bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE NOT i.indisvalid AND c.relname = $1 AND c.relnamespace = $2::text::regnamespace)`, strings.ToLower(made[1]), s.Schema).Scan(&invalid)
	if err != nil || !invalid {
		return err
	}
	name := pgx.Identifier{s.Schema, strings.ToLower(made[1])}.Sanitize()
	s.Log.Warn("dropping what an earlier attempt left", "schema", s.Schema, "index", name)
	return s.await(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+name)
		return err
	})
}

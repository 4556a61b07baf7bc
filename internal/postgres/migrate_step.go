package postgres

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Step is what a library migrates by itself, after the files, in the same
// schema and under the same lock. What it names counts like a migration file.
type Step struct {
	// Names are its migrations in order, such as "river 008".
	Names []string
	// Applied lists, in order, what the database has, also what Names does not.
	Applied func(ctx context.Context, db Querier) ([]string, error)
	// Pending lists, in order, what is missing: everything where the schema or
	// its tables do not exist. One query, which the lesser role may ask too.
	Pending func(ctx context.Context, db Querier) ([]string, error)
	// Apply does what is pending, as the owner, and calls begin with each name
	// before it does that one. The pool has a single connection, which holds the
	// lock: no two may be asked for at once. ctx does not end; a statement is
	// cancelled at the server instead.
	Apply func(ctx context.Context, pool *pgxpool.Pool, begin func(name string)) error
}

// allPending lists what is missing of the files and then of each step.
func allPending(ctx context.Context, db Querier, files fs.FS, schema string, after []Step) ([]string, error) {
	pending, err := Pending(ctx, db, files, schema)
	if err != nil {
		return nil, err
	}
	for _, step := range after {
		more, err := step.Pending(ctx, db)
		if err != nil {
			return nil, fmt.Errorf("read the migrations of schema %s: %w", schema, err)
		}
		pending = append(pending, more...)
	}
	return pending, nil
}

// step applies one step.
func (s *session) step(ctx context.Context, step Step) error {
	begin := func(name string) { s.Log.Info("applying migration", "schema", s.Schema, "migration", name) }
	return s.patiently(ctx, step.Names[len(step.Names)-1], func() error {
		return s.await(ctx, func(ctx context.Context) error { return step.Apply(ctx, s.pool, begin) })
	})
}

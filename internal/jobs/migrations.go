package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// schema holds River's tables; its lesser role works on them.
const schema = "auth"

// River's tables, but for river_migration, and their sequences.
var (
	tables    = []string{"river_job", "river_leader", "river_queue", "river_notification"}
	sequences = []string{"river_job_id_seq", "river_notification_id_seq"}
)

// rights is what is pending where all versions are applied and the lesser role
// has not got its rights: their migrator was killed in between.
const rights = "river rights"

// Migrations are River's own, with the rights of the lesser role, as a step
// after the migrations of schema auth.
func Migrations() postgres.Step {
	var names []string
	for _, v := range versions() {
		names = append(names, name(v))
	}
	return postgres.Step{Names: names, Applied: appliedNames, Pending: pending, Apply: apply}
}

// versions are those that this River brings, in order.
var versions = sync.OnceValue(func() (all []int) {
	for _, v := range migrator(nil).AllVersions() {
		all = append(all, v.Version)
	}
	return all
})

func name(version int) string { return fmt.Sprintf("river %03d", version) }

func migrator(pool *pgxpool.Pool) *rivermigrate.Migrator[pgx.Tx] {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil { // only of a migration line that does not exist, and we name none
		panic(err)
	}
	return m
}

// pendingSQL gives each applied version, and whether the lesser role has its
// rights. The column line is younger than the table and not asked for.
var pendingSQL = fmt.Sprintf(`
SELECT version, (SELECT count(*) = %d FROM pg_roles r, unnest(ARRAY['%s']) t
                 WHERE r.rolname = '%s' AND has_table_privilege(r.oid, to_regclass('%[4]s.' || t), 'DELETE'))
FROM %[4]s.river_migration`, len(tables), strings.Join(tables, "','"), postgres.LesserRole(schema), schema)

func pending(ctx context.Context, db postgres.Querier) ([]string, error) {
	applied, granted, err := applied(ctx, db)
	switch {
	case postgres.IsDenied(err):
		return []string{rights}, nil
	case err != nil && !postgres.IsUndefined(err):
		return nil, err
	}
	missing := []string{}
	for _, v := range versions() {
		if !applied[v] {
			missing = append(missing, name(v))
		}
	}
	if len(missing) == 0 && !granted {
		missing = append(missing, rights)
	}
	return missing, nil
}

// appliedNames names what the database has, also versions of a newer River.
func appliedNames(ctx context.Context, db postgres.Querier) ([]string, error) {
	applied, _, err := applied(ctx, db)
	if err != nil && !postgres.IsUndefined(err) && !postgres.IsDenied(err) {
		return nil, err
	}
	var names []string
	for _, v := range slices.Sorted(maps.Keys(applied)) {
		names = append(names, name(v))
	}
	return names, nil
}

func applied(ctx context.Context, db postgres.Querier) (applied map[int]bool, granted bool, err error) {
	// The simple protocol: one round trip, and no statement left behind.
	rows, err := db.Query(ctx, pendingSQL, pgx.QueryExecModeSimpleProtocol) //nolint:rowserrcheck // ForEachRow does
	if err != nil {
		return nil, false, err
	}
	applied = map[int]bool{}
	var version int
	_, err = pgx.ForEachRow(rows, []any{&version, &granted}, func() error {
		applied[version] = true
		return nil
	})
	return applied, granted, err
}

// apply works version by version, each in a transaction of River's own.
func apply(ctx context.Context, pool *pgxpool.Pool, begin func(string)) error {
	names, err := pending(ctx, pool)
	if err != nil || len(names) == 0 {
		return err
	}
	m := migrator(pool)
	for _, one := range names {
		begin(one)
		if one == rights {
			continue
		}
		if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{MaxSteps: 1}); err != nil {
			return fmt.Errorf("%s: %w", one, err)
		}
	}
	if _, err := pool.Exec(ctx, grants()); err != nil {
		return fmt.Errorf("%s: %w", rights, err)
	}
	return nil
}

// grants is one script and so one transaction: all rights or none.
func grants() string {
	all := func(names []string) string { return schema + "." + strings.Join(names, ", "+schema+".") }
	return strings.NewReplacer("TABLES", all(tables), "SEQUENCES", all(sequences),
		"MIGRATION", schema+".river_migration", "ROLE", postgres.LesserRole(schema)).Replace(`
		REVOKE ALL ON TABLES, MIGRATION FROM ROLE;
		REVOKE ALL ON SEQUENCE SEQUENCES FROM ROLE;
		GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ROLE;
		GRANT USAGE ON SEQUENCE SEQUENCES TO ROLE;
		GRANT SELECT ON MIGRATION TO ROLE;`)
}

package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// bootstrapSQL counts what is there of the roles and schemas wanted: one round
// trip tells a second start that nothing is to do.
const bootstrapSQL = `
SELECT (SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1) AND rolcanlogin)
     + (SELECT count(*) FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
        WHERE n.nspname = ANY ($2) AND r.rolname = 'latchkey_' || n.nspname || '_owner')`

// OwnerRole is the role that owns schema and runs its migrations.
func OwnerRole(schema string) string { return "latchkey_" + schema + "_owner" }

// LesserRole is the role that the service of schema runs as.
func LesserRole(schema string) string { return "latchkey_" + schema }

// Bootstrap makes, as superuser over the socket in socketDir, whatever is
// missing of: the database, and for each schema its two login roles and the
// schema itself. It is for embedded servers, where the socket is the guard:
// the roles get no passwords.
func Bootstrap(ctx context.Context, socketDir, database string, schemas ...string) error {
	conn, err := connectOrCreate(ctx, socketDir, database)
	if err != nil {
		return fmt.Errorf("prepare database %s: %w", database, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var roles []string
	for _, s := range schemas {
		if !identifier.MatchString(s) {
			return fmt.Errorf("prepare database %s: schema %q must be a plain lower-case identifier", database, s)
		}
		roles = append(roles, OwnerRole(s), LesserRole(s))
	}
	var found int
	if err := conn.QueryRow(ctx, bootstrapSQL, pgx.QueryExecModeExec, roles, schemas).Scan(&found); err != nil {
		return fmt.Errorf("prepare database %s: %w", database, err)
	}
	if found == len(roles)+len(schemas) {
		return nil
	}
	if _, err := conn.Exec(ctx, bootstrapStatements(database, schemas)); err != nil {
		return fmt.Errorf("prepare database %s: %w", database, err)
	}
	return nil
}

func connectOrCreate(ctx context.Context, socketDir, database string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, SocketURL(socketDir, superuser, database))
	if state(err) != undefinedDatabase {
		return conn, err
	}
	maintenance, err := pgx.Connect(ctx, SocketURL(socketDir, superuser, "postgres"))
	if err != nil {
		return nil, err
	}
	_, err = maintenance.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize())
	_ = maintenance.Close(ctx)
	if code := state(err); err != nil && code != duplicateDatabase && code != uniqueViolation {
		return nil, err
	}
	return pgx.Connect(ctx, SocketURL(socketDir, superuser, database))
}

// bootstrapStatements is one script, one round trip, one transaction. The owner
// may create in the database, for the extensions that migrations bring. A role
// that may sign in already is not altered: roles belong to the whole server,
// and of two that alter one at the same time PostgreSQL refuses one.
func bootstrapStatements(database string, schemas []string) string {
	var b strings.Builder
	for _, s := range schemas {
		// Both names hold an identifier, as Bootstrap has seen to.
		owner, lesser := OwnerRole(s), LesserRole(s)
		schema := pgx.Identifier{s}.Sanitize()
		for _, role := range []string{owner, lesser} {
			fmt.Fprintf(&b, `DO $$ BEGIN CREATE ROLE "%[1]s" LOGIN;
				EXCEPTION WHEN duplicate_object OR unique_violation THEN
					IF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = '%[1]s') THEN ALTER ROLE "%[1]s" LOGIN; END IF;
				END $$;`, role)
		}
		fmt.Fprintf(&b, "CREATE SCHEMA IF NOT EXISTS %s; ALTER SCHEMA %s OWNER TO %q;", schema, schema, owner)
		fmt.Fprintf(&b, "GRANT USAGE ON SCHEMA %s TO %q;", schema, lesser)
		fmt.Fprintf(&b, "GRANT CREATE ON DATABASE %s TO %q;", pgx.Identifier{database}.Sanitize(), owner)
	}
	return b.String()
}

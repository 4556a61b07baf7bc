package db_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/db"
)

// excused are files from before the first release, which no table in use has
// ever met, with the rules that they break: these and no others.
var excused = map[string][]string{
	"20261124000002_roles_and_purge.sql": {indexBlocks},
	"20261125000001_self_service.sql":    {indexBlocks, scansTable},
	"20261126000001_key_ring.sql":        {needsContract, scansTable},
}

// excusedUntil is the newest version that may be among them.
const excusedUntil = "20261127"

func TestMigrationsAreSafe(t *testing.T) {
	t.Parallel()
	met := 0
	for schema, files := range map[string]fs.FS{"users": db.Users, "auth": db.Auth} {
		names, err := fs.Glob(files, "*.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", schema, len(names), err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			want, ok := excused[name]
			if ok {
				met++
			}
			if ok && name >= excusedUntil {
				t.Errorf("%s: no file from %s on is excused", name, excusedUntil)
			}
			if got := lint(string(text)); !slices.Equal(got, want) {
				t.Errorf("db/%s/migrations/%s breaks %q, want %q: see docs/migrations.md", schema, name, got, want)
			}
		}
	}
	if met != len(excused) {
		t.Errorf("%d of %d excused files are there", met, len(excused))
	}
}

const withDown = "\n-- migrate:down\nSELECT 1;"

// Each file is the up section alone, on tables that earlier files made.
func TestLint(t *testing.T) {
	t.Parallel()
	const bare = " transaction:false\n"
	for sql, want := range map[string]string{
		"\nCREATE TABLE users.t (id int); CREATE INDEX t_idx ON users.t (id); ALTER TABLE users.t ADD CHECK (id > 0); DELETE FROM users.t;": "",
		"\nCREATE INDEX t_idx ON users.users (id);":                                                                                    indexBlocks,
		"\nCREATE UNIQUE INDEX ON users.users (id);":                                                                                   indexBlocks,
		"\nDROP INDEX users.t_idx;":                                                                                                    indexBlocks,
		"\nCREATE TABLE users.t (id int); CREATE INDEX u_idx ON users.users (id);":                                                     indexBlocks,
		bare + "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_idx ON users.users (id);":                                                    "",
		bare + "create unique index concurrently if not exists t_idx\n\ton users.users (id);":                                          "",
		bare + "DROP INDEX CONCURRENTLY IF EXISTS users.t_idx;":                                                                        "",
		bare + "CREATE INDEX CONCURRENTLY t_idx ON users.users (id);":                                                                  resumable,
		bare + "DROP INDEX CONCURRENTLY users.t_idx;":                                                                                  resumable,
		"\nCREATE INDEX CONCURRENTLY IF NOT EXISTS t_idx ON users.users (id);":                                                         alone,
		bare + "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON users.users (id); CREATE INDEX CONCURRENTLY IF NOT EXISTS b ON u.u (id);": alone,
		bare + "CREATE TABLE users.t (id int);":                                                                                        alone,
		bare + "DO $$ BEGIN UPDATE users.users SET id = 1; COMMIT; END $$;":                                                            "",
		bare + "DO $$ BEGIN COMMIT; END $$; DO $$ BEGIN COMMIT; END $$;":                                                               alone,
		"\nALTER TABLE users.users ALTER COLUMN id SET NOT NULL;":                                                                      notNull,
		"\nALTER TABLE users.users ALTER id SET NOT NULL;":                                                                             notNull,
		"\nALTER TABLE users.users ADD COLUMN c text NOT NULL;":                                                                        notNull,
		"\nALTER TABLE users.users ADD COLUMN c text;":                                                                                 "",
		"\nALTER TABLE users.users ADD c text NOT NULL DEFAULT '';":                                                                    "",
		"\nALTER TABLE users.users ADD COLUMN c numeric(5,2) NOT NULL DEFAULT 0, ADD COLUMN d jsonb DEFAULT '{}'::jsonb;":              "",
		"\nALTER TABLE users.users ADD COLUMN c timestamptz NOT NULL DEFAULT now();":                                                   "",
		"\nALTER TABLE users.users ADD COLUMN c uuid DEFAULT gen_random_uuid();":                                                       rewritesTable,
		"\nALTER TABLE users.users ADD COLUMN c timestamptz DEFAULT clock_timestamp();":                                                rewritesTable,
		"\nALTER TABLE users.users ADD COLUMN a int, ADD COLUMN c bigserial;":                                                          rewritesTable,
		"\nALTER TABLE users.users ADD COLUMN c int GENERATED ALWAYS AS (1) STORED;":                                                   rewritesTable,
		"\nALTER TABLE users.users ALTER COLUMN id TYPE bigint;":                                                                       rewritesTable,
		"\nALTER TABLE users.users ALTER COLUMN id SET DATA TYPE bigint USING id::bigint;":                                             rewritesTable,
		"\nALTER TABLE users.users ADD COLUMN c int CHECK (c > 0);":                                                                    scansTable,
		"\nALTER TABLE users.users ADD COLUMN c uuid REFERENCES users.roles (name);":                                                   scansTable,
		"\n-- contract: v1.2.0\nALTER TABLE users.users ADD CONSTRAINT c CHECK (id > 0);":                                              scansTable,
		"\n-- contract: v1.2.0\nALTER TABLE users.users ADD UNIQUE (id);":                                                              scansTable,
		"\n-- contract: v1.2.0\nALTER TABLE users.users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;":                                    "",
		"\n-- contract: v1.2.0\nALTER TABLE users.users ADD CONSTRAINT c UNIQUE USING INDEX c_idx;":                                    "",
		"\nALTER TABLE users.users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;":                                                         needsContract,
		"\nALTER TABLE users.users DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (id > -1) NOT VALID;":                                     "",
		"\nALTER TABLE users.users VALIDATE CONSTRAINT c;":                                                                             "",
		"\n-- contract: v1.2.0\nALTER TABLE u.u ADD CONSTRAINT c CHECK (id > 0) NOT VALID; ALTER TABLE u.u VALIDATE CONSTRAINT c;":     validateApart,
		"\nALTER TABLE users.users DROP COLUMN c;":                                                                                     needsContract,
		"\nALTER TABLE users.users DROP c;":                                                                                            needsContract,
		"\n-- contract: soon\nALTER TABLE users.users DROP COLUMN c;":                                                                  needsContract,
		"\n-- contract: v1.4.0 was the last that read it\nALTER TABLE users.users DROP COLUMN c;":                                      "",
		"\nALTER TABLE users.users RENAME COLUMN a TO b;":                                                                              needsContract,
		"\nALTER TABLE users.users RENAME TO people;":                                                                                  needsContract,
		"\nALTER TABLE users.users ALTER COLUMN c DROP DEFAULT;":                                                                       needsContract,
		"\nDROP TABLE users.users;":                                                                                                    needsContract,
		"\nDROP VIEW users.accounts; CREATE VIEW users.accounts AS SELECT 1;":                                                          needsContract,
		"\nREVOKE UPDATE ON users.users FROM latchkey_users;":                                                                          needsContract,
		"\nREVOKE ALL ON FUNCTION users.f(uuid) FROM PUBLIC;":                                                                          "",
		"\nTRUNCATE users.users;":                                                                                                      needsContract,
		"\nUPDATE users.users SET verified = true;":                                                                                    allRowsAtOnce,
		"\nDELETE FROM users.users;":                                                                                                   allRowsAtOnce,
		"\nALTER TABLE users.users SET UNLOGGED;":                                                                                      unknownToRules,
		"\nLOCK TABLE users.users;":                                                                                                    unknownToRules,
		"\nVACUUM FULL users.users;":                                                                                                   unknownToRules,
		"\nINSERT INTO users.roles VALUES ('x; DROP TABLE users.users');":                                                              "",
		"\n-- DROP TABLE users.users;\nGRANT SELECT ON users.users TO latchkey_users; /* UPDATE users.users; */":                       "",
		"\nCREATE FUNCTION users.f() RETURNS int LANGUAGE sql AS $$ DELETE FROM users.users; SELECT 1 $$;":                             "",
	} {
		if got := strings.Join(lint("-- migrate:up"+sql+withDown), ", "); got != want {
			t.Errorf("%s\nbreaks %q, want %q", strings.TrimSpace(sql), got, want)
		}
	}
	for _, file := range []string{
		"-- migrate:up\nCREATE TABLE users.t (id int);\n",
		"-- migrate:up\nCREATE TABLE users.t (id int);\n-- migrate:down\n-- cannot be undone\n",
		"-- migrate:up\n" + withDown,
	} {
		if got := lint(file); !slices.Contains(got, noDown) {
			t.Errorf("%q breaks %q", file, got)
		}
	}
}

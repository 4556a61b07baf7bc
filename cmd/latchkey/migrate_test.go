package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// migrateOn runs `latchkey migrate …` on a database, as owners.
func migrateOn(t *testing.T, url func(string) string, code int, args ...string) *apitest.Process {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"migrate"}, args...), Env: []string{
		"USERS_MIGRATE_DATABASE_URL=" + url("latchkey_users_owner"), "AUTH_MIGRATE_DATABASE_URL=" + url("latchkey_auth_owner"),
	}})
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("migrate %v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// migrationsOf counts what status says, by service and state.
func migrationsOf(t *testing.T, url func(string) string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, line := range migrateOn(t, url, 0, "status", "--json").Stdout.Lines() {
		var one struct{ Service, Migration, State string }
		if err := json.Unmarshal([]byte(line), &one); err != nil || one.Migration == "" {
			t.Fatalf("%q: %v", line, err)
		}
		counts[one.Service+" "+one.State]++
	}
	return counts
}

func TestMigrateCommand(t *testing.T) {
	t.Parallel()
	url, files := emptyDatabase(t, true), migrationFiles(t)
	is := func(when string, want map[string]int) {
		t.Helper()
		if got := migrationsOf(t, url); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	all := map[string]int{"users applied": files["users"], "auth applied": files["auth"] + riverVersions}
	is("at first", map[string]int{"users pending": files["users"], "auth pending": files["auth"] + riverVersions})
	migrateOn(t, url, 3, "status", "--exit-code")

	// Plain migrate is up, of one service or of all.
	wantWords(t, migrateOn(t, url, 0, "users").Stdout.String(), fmt.Sprintf("users: %d migrations applied", files["users"]))
	is("with users", map[string]int{"users applied": files["users"], "auth pending": files["auth"] + riverVersions})
	migrateOn(t, url, 0)
	is("up", all)
	wantWords(t, migrateOn(t, url, 0, "up").Stdout.String(), "users: 0 migrations applied", "auth: 0 migrations applied")
	table := migrateOn(t, url, 0, "status", "--exit-code").Stdout.String()
	wantWords(t, table, "20261124000001_accounts.sql", "river 008", fmt.Sprintf("%d applied, 0 pending\n", files["users"]+files["auth"]+riverVersions))

	// Down says what it would do, and does it when told.
	refusal := migrateOn(t, url, 1, "down", "auth", "--to", "20261126000001")
	wantWords(t, refusal.Stdout.String(), "20261126000002_clients.sql\n\tDROP TABLE auth.revoked_tokens;")
	wantWords(t, refusal.Stderr.String(), "--yes", "be lost")
	wantWords(t, migrateOn(t, url, 1, "down", "auth", "--to", "0", "--steps", "2", "--yes").Stderr.String(), "--steps")
	is("refused", all)
	wantWords(t, migrateOn(t, url, 0, "down", "users", "--yes").Stdout.String(), "users: 1 migrations undone")
	wantWords(t, migrateOn(t, url, 0, "down", "auth", "--to", "0", "--yes").Stdout.String(), fmt.Sprintf("auth: %d migrations undone", files["auth"]))
	wantWords(t, migrateOn(t, url, 0, "down", "auth", "--to", "0", "--yes").Stdout.String(), "auth: nothing to undo")
	is("down", map[string]int{"users applied": files["users"] - 1, "users pending": 1, "auth pending": files["auth"], "auth applied": riverVersions})
	migrateOn(t, url, 0)
	is("up again", all)
}

func TestMigrateUnderANewerRelease(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t, true)
	migrateOn(t, url, 0)
	conn, err := pgx.Connect(t.Context(), url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), `INSERT INTO users.schema_migrations VALUES ('29990101000001');
		INSERT INTO auth.river_migration (line, version) VALUES ('main', 900)`); err != nil {
		t.Fatal(err)
	}
	table := migrateOn(t, url, 0, "status", "--exit-code").Stdout.String()
	for _, line := range []string{"users 29990101000001 unknown", "auth river 900 unknown"} {
		if !strings.Contains(strings.Join(strings.Fields(table), " "), line) {
			t.Errorf("%q is not in\n%s", line, table)
		}
	}
	wantWords(t, table, "2 unknown: a newer latchkey applied them")
	wantWords(t, migrateOn(t, url, 1, "down", "users", "--yes").Stderr.String(), "29990101000001", "does not know")
}

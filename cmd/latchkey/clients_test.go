package main_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

var clientSecret = regexp.MustCompile(`^lks_[A-Za-z0-9_-]{43}$`)

// startClients starts `latchkey clients …`.
func startClients(t *testing.T, db dbtest.DB, args ...string) *apitest.Process {
	t.Helper()
	return apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"clients"}, args...), Env: []string{"AUTH_DATABASE_URL=" + db.URL}})
}

// clients runs it to its end.
func clients(t *testing.T, db dbtest.DB, code int, args ...string) *apitest.Process {
	t.Helper()
	p := startClients(t, db, args...)
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// shownSecret is the one line of --quiet.
func shownSecret(t *testing.T, p *apitest.Process) string {
	t.Helper()
	secret := strings.TrimSuffix(p.Stdout.String(), "\n")
	if !clientSecret.MatchString(secret) || p.Stderr.String() != "" {
		t.Fatalf("it prints %q and %q", p.Stdout, p.Stderr)
	}
	return secret
}

// hashes are what is stored of a client's secrets, the newest first.
func hashes(t *testing.T, db dbtest.DB, id string) (newest string, before *string) {
	t.Helper()
	err := db.Pool.QueryRow(t.Context(), `SELECT encode(secret_hash, 'hex'), encode(previous_secret_hash, 'hex') FROM auth.clients WHERE id = $1`, id).
		Scan(&newest, &before)
	if err != nil {
		t.Fatal(err)
	}
	return newest, before
}

func TestClients(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	t.Run("create", func(t *testing.T) { createClients(t, db) })
	t.Run("what is refused", func(t *testing.T) { refuseClients(t, db) })
	t.Run("rotate", func(t *testing.T) { rotateClients(t, db) })
	t.Run("revoke and list", func(t *testing.T) { revokeClients(t, db) })
	t.Run("twice at once", func(t *testing.T) { clientsAtOnce(t, db) })
	var events []string
	rows, err := db.Pool.Query(t.Context(), `SELECT type || ' ' || actor_kind || ' ' || actor || ' ' || (after->>'client_id')
		FROM auth.audit_events WHERE after->>'client_id' IN ('billing', 'reports') ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var event string
		if err := rows.Scan(&event); err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	const by = " system latchkey clients "
	want := []string{
		"client.created" + by + "billing", "client.created" + by + "reports", "client.secret_rotated" + by + "billing",
		"client.secret_rotated" + by + "billing", "client.secret_rotated" + by + "billing", "client.revoked" + by + "billing",
	}
	if !slices.Equal(events, want) || rows.Err() != nil {
		t.Errorf("the audit has %q, want %q", events, want)
	}
}

func createClients(t *testing.T, db dbtest.DB) {
	wantWords(t, clients(t, db, 0, "create", "billing", "--scope", "users:read", "--dry-run").Stdout.String(), "billing would get a secret")
	if text := clients(t, db, 0, "list", "--all", "--json").Stdout.String(); text != "" {
		t.Errorf("a dry run has made %s", text)
	}
	shownSecret(t, clients(t, db, 0, "create", "billing", "--scope", "users:write,users:read", "--scope", "users:read", "--description", "Invoices", "--quiet"))
	p := clients(t, db, 3, "create", "billing", "--scope", "users:read")
	if wantWords(t, p.Stderr.String(), "billing: the id is taken"); p.Stdout.String() != "" {
		t.Errorf("it prints %s", p.Stdout)
	}
	clients(t, db, 3, "create", "billing", "--scope", "users:read", "--dry-run")
	var shown struct {
		ID     string   `json:"client_id"`
		Secret string   `json:"client_secret"`
		Scopes []string `json:"scopes"`
	}
	text := clients(t, db, 0, "create", "reports", "--scope", "users:read", "--json").Stdout.String()
	if err := json.Unmarshal([]byte(text), &shown); err != nil || shown.ID != "reports" || !clientSecret.MatchString(shown.Secret) || len(shown.Scopes) != 1 {
		t.Errorf("%s, %v", text, err)
	}
	wantWords(t, clients(t, db, 0, "list").Stdout.String(), "billing", "users:read users:write", "Invoices", "reports", "live")
}

func refuseClients(t *testing.T, db dbtest.DB) {
	wantWords(t, clients(t, db, 1, "create", "latchkey-auth", "--scope", "users:read").Stderr.String(), "latchkey's own")
	wantWords(t, clients(t, db, 1, "create", "another", "--scope", "credentials:verify").Stderr.String(), "none that a client may have")
	clients(t, db, 3, "rotate-secret", "another")
	clients(t, db, 1, "rotate-secret", "billing", "--grace=-1s")
	wantWords(t, clients(t, db, 3, "revoke", "another").Stderr.String(), "there is no such client")
	if text := clients(t, db, 0, "list", "--all").Stdout.String(); strings.Contains(text, "another") {
		t.Errorf("there is now %s", text)
	}
	// Nor does the table take what the command refuses.
	for column, value := range map[string]string{"id": "'latchkey-auth'", "scopes": "'{credentials:verify}'", "description": "repeat('x', 201)", "secret_hash": `'\x00'`} {
		if _, err := db.Pool.Exec(t.Context(), "UPDATE auth.clients SET "+column+" = "+value); err == nil || !strings.Contains(err.Error(), "clients_") {
			t.Errorf("%s = %s: %v", column, value, err)
		}
	}
}

func rotateClients(t *testing.T, db dbtest.DB) {
	first, _ := hashes(t, db, "billing")
	wantWords(t, clients(t, db, 0, "rotate-secret", "billing", "--dry-run").Stdout.String(), "would get a secret")
	if same, _ := hashes(t, db, "billing"); same != first {
		t.Fatal("a dry run rotates")
	}
	wantWords(t, clients(t, db, 0, "rotate-secret", "billing").Stdout.String(), "lks_", "is good until "+time.Now().UTC().Add(24*time.Hour).Format("2006-01-02"))
	wantWords(t, clients(t, db, 0, "list").Stdout.String(), "rotating until")
	second, before := hashes(t, db, "billing")
	if before == nil || *before != first || second == first {
		t.Error("the secret before is not kept")
	}
	wantWords(t, clients(t, db, 3, "rotate-secret", "billing").Stderr.String(), "--again")
	clients(t, db, 3, "rotate-secret", "billing", "--dry-run")
	shownSecret(t, clients(t, db, 0, "rotate-secret", "billing", "--again", "--quiet"))
	third, before := hashes(t, db, "billing")
	if before == nil || *before != first || third == second {
		t.Error("--again ends the secret that is in use")
	}
	shownSecret(t, clients(t, db, 0, "rotate-secret", "billing", "--grace", "0", "--quiet"))
	if _, before := hashes(t, db, "billing"); before != nil {
		t.Error("--grace 0 leaves a secret")
	}
}

func revokeClients(t *testing.T, db dbtest.DB) {
	wantWords(t, clients(t, db, 0, "revoke", "billing", "--dry-run").Stdout.String(), "would be revoked")
	wantWords(t, clients(t, db, 0, "revoke", "billing").Stdout.String(), "is revoked", "up to 10m0s")
	wantWords(t, clients(t, db, 0, "revoke", "billing").Stdout.String(), "has been revoked before")
	wantWords(t, clients(t, db, 0, "revoke", "billing", "--json").Stdout.String(), `"revoked":false`)
	wantWords(t, clients(t, db, 3, "rotate-secret", "billing").Stderr.String(), "has been revoked")
	clients(t, db, 3, "create", "billing", "--scope", "users:read")
	if text := clients(t, db, 0, "list").Stdout.String(); strings.Contains(text, "billing") {
		t.Errorf("a revoked client is listed: %s", text)
	}
	var listed struct {
		ID        string     `json:"client_id"`
		RevokedAt *time.Time `json:"revoked_at"`
	}
	lines := clients(t, db, 0, "list", "--all", "--json").Stdout.Lines()
	if len(lines) != 2 || json.Unmarshal([]byte(lines[0]), &listed) != nil || listed.ID != "billing" || listed.RevokedAt == nil {
		t.Errorf("all of them are %q", lines)
	}
	if text := strings.Join(lines, ""); strings.Contains(text, "hash") || strings.Contains(text, "lks_") {
		t.Errorf("the list tells of secrets: %s", text)
	}
}

// clientsAtOnce: of two that do the same at once, one does it.
func clientsAtOnce(t *testing.T, db dbtest.DB) {
	for _, args := range [][]string{{"create", "shared", "--scope", "users:read", "--quiet"}, {"rotate-secret", "shared", "--quiet"}} {
		one, other := startClients(t, db, args...), startClients(t, db, args...)
		codes := []int{one.Wait(t, commandLimit), other.Wait(t, commandLimit)}
		if slices.Sort(codes); !slices.Equal(codes, []int{0, 3}) {
			t.Errorf("%v: exit codes %v", args, codes)
		}
	}
	if _, before := hashes(t, db, "shared"); before == nil {
		t.Error("two rotations at once have ended the secret that is in use")
	}
}

package main_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

// keysOn runs `latchkey keys …` on a database.
type keysOn struct {
	db  dbtest.DB
	env []string
}

func onKeys(t *testing.T) keysOn {
	t.Helper()
	db := dbtest.Auth(t)
	return keysOn{db: db, env: []string{"AUTH_DATABASE_URL=" + db.URL, "KEY_ENCRYPTION_KEY=" + apitest.RandomKey(), "KEY_ALG=ES256"}}
}

func (k keysOn) run(t *testing.T, code int, stdin string, args ...string) *apitest.Process {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"keys"}, args...), Env: k.env, Stdin: stdin})
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// list gives the ring, the newest key first.
func (k keysOn) list(t *testing.T) (keys []keyring.Key) {
	t.Helper()
	lines := strings.TrimSpace(k.run(t, 0, "", "list", "--all", "--json").Stdout.String())
	for line := range strings.SplitSeq(lines, "\n") {
		var key keyring.Key
		if line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &key); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		keys = append(keys, key)
	}
	return keys
}

func (k keysOn) states(t *testing.T) string {
	t.Helper()
	var all []string
	for _, key := range slices.Backward(k.list(t)) {
		all = append(all, string(key.State))
	}
	return strings.Join(all, " ")
}

// older makes all keys so old that verifiers have seen them.
func (k keysOn) older(t *testing.T) {
	t.Helper()
	_, err := k.db.Pool.Exec(t.Context(), `UPDATE auth.signing_keys
		SET created_at = created_at - interval '1 hour', activated_at = activated_at - interval '1 hour'`)
	if err != nil {
		t.Fatal(err)
	}
}

func (k keysOn) is(t *testing.T, want string) {
	t.Helper()
	if got := k.states(t); got != want {
		t.Fatalf("the ring is %q, want %q", got, want)
	}
}

func TestS84KeysCommands(t *testing.T) {
	t.Parallel()
	k := onKeys(t)
	k.run(t, 3, "", "rotate") // nothing is pending
	k.run(t, 0, "", "generate", "--dry-run")
	k.is(t, "")
	k.run(t, 0, "", "generate")
	wantWords(t, k.run(t, 0, "", "list").Stdout.String(), "KID", "ES256", "pending")
	wantWords(t, k.run(t, 3, "", "rotate").Stderr.String(), "key_too_young", "--force")
	k.older(t)
	k.run(t, 0, "", "rotate", "--dry-run")
	k.is(t, "pending")
	k.run(t, 0, "", "rotate")
	k.is(t, "active pending")
	first := k.list(t)[1].KID
	wantWords(t, k.run(t, 0, "", "rotate", "--kid", first).Stdout.String(), "already")
	k.run(t, 3, "", "rotate") // right after the other
	k.older(t)
	k.run(t, 0, "", "rotate", "--json")
	k.is(t, "retiring active pending")

	active := k.list(t)[1].KID
	wantWords(t, k.run(t, 0, "", "revoke", active, "--dry-run").Stdout.String(), "would be revoked", "would be active")
	for _, answer := range []string{"", "no\n", "y\n", "yes"} { // nobody there, no, not yes, cut off
		wantWords(t, k.run(t, 3, answer, "revoke", active).Stderr.String(), "is the active key", "0 tokens", "key_active")
	}
	k.is(t, "retiring active pending")
	wantWords(t, k.run(t, 0, "yes\n", "revoke", active).Stdout.String(), "is revoked", "is active", "is pending")
	k.is(t, "retiring revoked active pending")
	k.run(t, 0, "", "revoke", active) // again
	k.run(t, 0, "", "revoke", "--yes", k.list(t)[1].KID)
	k.run(t, 0, "", "revoke", first)
	k.is(t, "revoked revoked revoked active pending")
	k.run(t, 3, "", "revoke", strings.Repeat("x", 43))
	k.run(t, 3, "", "rotate", "--kid", active)
}

func TestKeysImportAndRewrap(t *testing.T) {
	t.Parallel()
	k := onKeys(t)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	k.run(t, 0, text, "import", "--dry-run")
	k.is(t, "")
	k.run(t, 0, text, "import")
	wantWords(t, k.run(t, 0, text, "import").Stdout.String(), "already")
	k.is(t, "pending")
	k.run(t, 1, "nonsense", "import")
	k.run(t, 0, "", "revoke", k.list(t)[0].KID)
	k.run(t, 3, text, "import")
	k.is(t, "revoked pending")

	old := k.env[1]
	k.env[1] = "KEY_ENCRYPTION_KEY=" + apitest.RandomKey()
	wantWords(t, k.run(t, 1, "", "rewrap").Stderr.String(), "cannot decrypt", k.list(t)[0].KID)
	k.env = append(k.env, strings.Replace(old, "KEY=", "KEY_PREVIOUS=", 1))
	wantWords(t, k.run(t, 0, "", "rewrap", "--dry-run").Stdout.String(), "1 private keys would be put")
	wantWords(t, k.run(t, 0, "", "rewrap").Stdout.String(), "1 private keys are put")
	wantWords(t, k.run(t, 0, "", "rewrap").Stdout.String(), "0 private keys are put", "1 were before")
	k.env = k.env[:len(k.env)-1]
	wantWords(t, k.run(t, 0, "", "rewrap").Stdout.String(), "0 private keys are put", "1 were before")
}

// S84: interrupted or killed at any moment, a command leaves a ring that is whole.
func TestS84KeysKilled(t *testing.T) {
	t.Parallel()
	k := onKeys(t)
	k.run(t, 0, "", "generate")
	k.run(t, 0, "", "rotate", "--force")
	holder, err := pgx.Connect(t.Context(), k.db.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close(context.Background()) }()
	for _, args := range [][]string{{"rotate", "--force"}, {"revoke", "--yes", k.list(t)[1].KID}, {"generate"}} {
		// It waits in the middle of its move, and dies there.
		tx, err := holder.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "LOCK TABLE auth.audit_events IN EXCLUSIVE MODE"); err != nil {
			t.Fatal(err)
		}
		command := apitest.Command{Program: "latchkey", Args: append([]string{"keys"}, args...), Env: k.env}
		p := apitest.Run(t, command)
		k.awaitWaiting(t)
		if code, _ := p.Stop(t, os.Interrupt, commandLimit); code != 1 {
			t.Errorf("%v: interrupted, with exit code %d, want 1", args, code)
		}
		k.is(t, "active pending")
		p = apitest.Run(t, command)
		k.awaitWaiting(t)
		p.Kill()
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.is(t, "active pending")
	}
	k.run(t, 0, "", "rotate", "--force")
	k.is(t, "retiring active pending")
}

// awaitWaiting waits until somebody waits for a lock.
func (k keysOn) awaitWaiting(t *testing.T) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		var waits bool
		err := k.db.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
			WHERE d.datname = current_database() AND NOT l.granted)`).Scan(&waits)
		if err != nil || time.Since(began) > commandLimit {
			t.Fatalf("no command waits: %v", err)
		}
		if waits {
			return
		}
	}
}

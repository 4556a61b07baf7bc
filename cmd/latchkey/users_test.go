package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

const commandLimit = 30 * time.Second

// usersCommand runs `latchkey users …` to its end.
func usersCommand(t *testing.T, db dbtest.DB, env []string, code int, args ...string) *apitest.Process {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"users"}, args...), Env: append(env, "USERS_DATABASE_URL="+db.URL)})
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

func TestSeedAdmin(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("an operator's long passphrase\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantWords(t, usersCommand(t, db, nil, 1, "seed-admin", "--email", "a@example.com").Stderr.String(), "no password")
	wantWords(t, usersCommand(t, db, []string{"ADMIN_PASSWORD=short"}, 1, "seed-admin", "--email", "a@example.com").Stderr.String(), "ADMIN_PASSWORD", "refused")
	seed := []string{"seed-admin", "--username", "Root", "--email", "a@example.com", "--password-file", file}
	wantWords(t, usersCommand(t, db, nil, 0, seed...).Stdout.String(), "the first admin is Root")
	wantWords(t, usersCommand(t, db, nil, 0, seed...).Stdout.String(), "nothing was changed")
}

func TestImportAndExportCommands(t *testing.T) {
	t.Parallel()
	db, dir := dbtest.Users(t), t.TempDir()
	in, out, report := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out"), filepath.Join(dir, "report")
	if err := os.WriteFile(in, []byte("username,email\nada,ada@example.com\nroot,root@example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantWords(t, usersCommand(t, db, nil, 3, "import", in, "--dry-run").Stderr.String(), "line 3: username: is reserved")
	wantWords(t, usersCommand(t, db, nil, 3, "import", in, "--report", report).Stdout.String(), "1 accounts imported, 1 lines rejected")
	if text, err := os.ReadFile(report); err != nil || string(text) != "line 3: username: is reserved\n" {
		t.Errorf("the report: %q, %v", text, err)
	}
	usersCommand(t, db, nil, 0, "export", "--out", out)
	text, err := os.ReadFile(out)
	if info, statErr := os.Stat(out); err != nil || statErr != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, %v", info, err, statErr)
	}
	if !strings.Contains(string(text), `"username":"ada"`) {
		t.Errorf("exported %s", text)
	}
	usersCommand(t, db, nil, 1, "import", filepath.Join(dir, "none"))
}

// A kill in the middle and a second run end with every line once.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	const total = 60_000
	db := dbtest.Users(t)
	var text strings.Builder
	for i := range total {
		fmt.Fprintf(&text, `{"username":"user%d","email":"user%d@example.com"}`+"\n", i, i)
	}
	file := filepath.Join(t.TempDir(), "people.ndjson")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	made := func() (n int) {
		if err := db.Pool.QueryRow(t.Context(), "SELECT count(*) FROM users.users").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: []string{"users", "import", file}, Env: []string{"DATABASE_URL=" + db.URL}})
	for deadline := time.Now().Add(commandLimit); made() == 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond) // between two questions
	}
	p.Kill()
	t.Logf("killed after %d of %d", made(), total)
	usersCommand(t, db, nil, 0, "import", file, "--resume")
	if n := made(); n != total {
		t.Errorf("%d accounts, want %d", n, total)
	}
}

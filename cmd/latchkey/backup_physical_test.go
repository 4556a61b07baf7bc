package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// A copy of the whole server, taken while it works, is a server: roles, both
// schemas, keys. It is verified before it is believed.
func TestPhysicalBackup(t *testing.T) {
	t.Parallel()
	dir, copied, backups := dataDir(t, nil), dataDir(t, nil), t.TempDir()
	first := startUp(t, dir, nil)
	password := first.password(t)
	auth := apitest.NewAuthClient(first.auth)
	ada := apitest.Body{"username": "ada", "email": "ada@example.com", "password": apitest.Password}
	auth.Post(t, "/auth/register", "", ada).Is(http.StatusCreated)
	grant := loginAt(t, auth, "ada", apitest.Password)

	env := libpq(t, postgres.SocketURL(filepath.Join(dir, "postgres", "run"), "postgres", "postgres"), "postgres")
	t.Logf("backup: %s", backupScript(t, "backup-physical.sh", env, 0, backups).Stdout)
	backup := only(t, filepath.Join(backups, "latchkey-base-*"))
	first.stop(t, dir, syscall.SIGTERM)

	data := filepath.Join(copied, "postgres", "data")
	if err := os.Mkdir(filepath.Dir(data), 0o755); err != nil {
		t.Fatal(err)
	}
	wantWords(t, backupScript(t, "restore-physical.sh", nil, 1, backup, dir).Stderr.String(), "not empty")
	damage(t, filepath.Join(backup, "global", "pg_control"), func() {
		backupScript(t, "restore-physical.sh", nil, 1, backup, data)
		if _, err := os.Stat(data); err == nil {
			t.Error("a damaged backup was restored")
		}
	})
	began := time.Now()
	t.Logf("restore: %s", backupScript(t, "restore-physical.sh", nil, 0, backup, data).Stdout)
	for _, key := range []string{"session.key", "key-encryption.key"} { // which are in no backup
		text, err := os.ReadFile(filepath.Join(dir, key))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, key), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	second := startUp(t, copied, nil)
	t.Logf("from the loss to the service: %s", time.Since(began).Round(time.Millisecond))
	auth = apitest.NewAuthClient(second.auth)
	auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": grant.RefreshToken}).Is(http.StatusOK)
	loginAt(t, auth, "ada", apitest.Password)
	loginAt(t, auth, "admin", password)
	second.stop(t, copied, syscall.SIGTERM)
}

func loginAt(t *testing.T, auth *apitest.Client, name, password string) (grant apitest.Grant) {
	t.Helper()
	auth.Post(t, "/auth/login", "", apitest.Body{"login": name, "password": password}).Is(http.StatusOK).JSON(&grant)
	return grant
}

// damage changes a byte of a file while f runs.
func damage(t *testing.T, file string, f func()) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Clone(string(text[:len(text)-1])) + "x"
	if err := os.WriteFile(file, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	f()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

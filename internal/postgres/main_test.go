package postgres_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Either makes the test binary a process to be killed: a latchkey with a server
// in that directory, or a migrator of schema public at that URL.
const (
	orphanEnv   = "LATCHKEY_TEST_ORPHAN_DIR"
	migratorEnv = "LATCHKEY_TEST_MIGRATOR_URL"
)

// shared serves the tests that are not about servers themselves.
var shared *postgres.Server

func TestMain(m *testing.M) {
	if dir := os.Getenv(orphanEnv); dir != "" {
		beOrphaned(dir)
	}
	if url := os.Getenv(migratorEnv); url != "" {
		_, err := postgres.Migrate(context.Background(), postgres.Migrations{URL: url, FS: sleepy("60"), Schema: "public"})
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lk")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err == nil {
		shared, err = postgres.StartServer(context.Background(), postgres.ServerOptions{Dir: dir, Fast: true})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		_ = shared.Stop(context.Background())
		_ = os.RemoveAll(dir)
	}()
	return m.Run()
}

// beOrphaned starts a server, says so and never returns.
func beOrphaned(dir string) {
	s, err := postgres.StartServer(context.Background(), postgres.ServerOptions{Dir: dir, Fast: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	<-s.Done()
	os.Exit(1)
}

// serverDir is a directory that the server's user can reach, unlike t.TempDir
// under root, and short enough for a socket.
func serverDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lk")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

var databases atomic.Int32

// database makes a database on the shared server, with the schemas in it, and
// gives its name.
func database(t *testing.T, schemas ...string) string {
	t.Helper()
	name := fmt.Sprintf("d%d", databases.Add(1))
	if err := shared.Bootstrap(t.Context(), name, schemas...); err != nil {
		t.Fatal(err)
	}
	return name
}

// schemaName is a schema of this test's own, for the roles named after it
// belong to the whole cluster.
func schemaName() string { return fmt.Sprintf("s%d", databases.Add(1)) }

func open(t *testing.T, url string, o postgres.Options) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func exec(t *testing.T, db interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}, sql string) {
	t.Helper()
	rows, err := db.Query(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
	if err == nil {
		rows.Close()
		err = rows.Err()
	}
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func count(t *testing.T, pool *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

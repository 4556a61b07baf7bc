package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

func start(t *testing.T, dir string) *postgres.Server {
	t.Helper()
	return startWith(t, postgres.ServerOptions{Dir: dir, Fast: true})
}

func startWith(t *testing.T, o postgres.ServerOptions) *postgres.Server {
	t.Helper()
	began := time.Now()
	s, err := postgres.StartServer(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %v", time.Since(began))
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

func stop(t *testing.T, s *postgres.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

// put writes a row that holds must find again.
func put(t *testing.T, s *postgres.Server) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	exec(t, conn, "CREATE TABLE kept AS SELECT 7 AS n")
}

func holds(t *testing.T, s *postgres.Server) {
	t.Helper()
	if n := count(t, open(t, s.URL("postgres", "postgres"), postgres.Options{}), "SELECT n FROM kept"); n != 7 {
		t.Errorf("n is %d", n)
	}
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestServerKeepsData(t *testing.T) {
	t.Parallel()
	dir := serverDir(t)
	first := start(t, dir)
	put(t, first)
	stop(t, first)
	stop(t, first) // a second time does nothing
	if _, err := os.Stat(filepath.Join(dir, "postgres", "data", "postmaster.pid")); err == nil {
		t.Error("the server still runs after Stop")
	}
	second := start(t, dir)
	holds(t, second)
}

func TestServerTwoAtOnce(t *testing.T) {
	t.Parallel()
	dir := serverDir(t)
	start(t, dir)
	_, err := postgres.StartServer(t.Context(), postgres.ServerOptions{Dir: dir, Fast: true})
	if !errors.Is(err, postgres.ErrInUse) {
		t.Fatalf("got %v", err)
	}
	wantError(t, err, "process "+strconv.Itoa(os.Getpid()), dir)
}

// What was committed survives, so this is not a Fast one.
func TestServerAfterKilledPostmaster(t *testing.T) {
	t.Parallel()
	dir := serverDir(t)
	first := startWith(t, postgres.ServerOptions{Dir: dir})
	put(t, first)
	if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-first.Done()
	stop(t, first)
	holds(t, startWith(t, postgres.ServerOptions{Dir: dir}))
}

// The pid in a stale postmaster.pid may belong to anybody by now.
func TestServerAfterPidWasReused(t *testing.T) {
	t.Parallel()
	dir := serverDir(t)
	first := start(t, dir)
	put(t, first)
	file := filepath.Join(dir, "postgres", "data", "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stranger := osexec.Command("sleep", "60")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Process.Kill(); _ = stranger.Wait() }()
	stop(t, first)
	_, rest, _ := strings.Cut(string(text), "\n")
	stale := strconv.Itoa(stranger.Process.Pid) + "\n" + rest
	if err := os.WriteFile(file, []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "postgres", "data", "PG_VERSION"))
	if err != nil {
		t.Fatal(err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		if err := os.Chown(file, int(st.Uid), int(st.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, start(t, dir))
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error("the stranger was ended")
	}
}

// A latchkey that is killed takes its server along, or leaves it to the next.
func TestServerAfterKilledParent(t *testing.T) {
	t.Parallel()
	dir := serverDir(t)
	parent := osexec.Command(os.Args[0])
	parent.Env = append(os.Environ(), orphanEnv+"="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other latchkey said %q", line)
	}
	_, err = postgres.StartServer(t.Context(), postgres.ServerOptions{Dir: dir, Fast: true})
	wantError(t, err, "process "+strconv.Itoa(parent.Process.Pid))
	old := postmaster(t, dir)
	_ = parent.Process.Kill()
	_ = parent.Wait()
	put(t, start(t, dir)) // at once: the old server may still be shutting down
	if postmaster(t, dir) == old {
		t.Error("the old server still runs")
	}
}

func TestServerLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(serverDir(t), strings.Repeat("long-", 20), "and \"quoted, path")
	s := start(t, dir)
	put(t, s)
	if strings.HasPrefix(s.SocketDir(), dir) {
		t.Errorf("the socket is in %s", s.SocketDir())
	}
	stop(t, s)
	if _, err := os.Stat(s.SocketDir()); err == nil {
		t.Error("the temporary socket directory is still there")
	}
	holds(t, start(t, dir))
}

// Root's own directories are closed to the server's user: the data lie
// elsewhere then. Anybody else's server reaches them where they are.
func TestServerBelowClosedDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "closed", "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	put(t, s)
	stop(t, s)
	home, err := os.Readlink(filepath.Join(dir, "postgres"))
	if elsewhere := err == nil; elsewhere != (os.Geteuid() == 0) {
		t.Errorf("the data lie elsewhere: %v, for the user %d", elsewhere, os.Geteuid())
	}
	if home != "" {
		t.Cleanup(func() { _ = os.RemoveAll(home) })
	}
	holds(t, start(t, dir))
}

func TestServerWithoutPrograms(t *testing.T) {
	t.Setenv("PGBIN", t.TempDir())
	_, err := postgres.StartServer(t.Context(), postgres.ServerOptions{Dir: serverDir(t)})
	if !errors.Is(err, postgres.ErrNoBinaries) {
		t.Fatalf("got %v", err)
	}
	wantError(t, err, "PGBIN", "apt-get install postgresql", "DATABASE_URL")
}

func TestBootstrapTwice(t *testing.T) {
	t.Parallel()
	schema := schemaName()
	name := database(t, schema)
	owner := open(t, shared.URL(postgres.OwnerRole(schema), name), postgres.Options{})
	exec(t, owner, "CREATE TABLE "+schema+".t (n int)")
	began := time.Now()
	if err := shared.Bootstrap(t.Context(), name, schema); err != nil {
		t.Fatal(err)
	}
	t.Logf("nothing to do: %v", time.Since(began))
	if n := count(t, owner, "SELECT count(*) FROM "+schema+".t"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// Databases of one server share their roles: whoever prepares a further one
// must not stumble over another that does the same.
func TestBootstrapManyAtOnce(t *testing.T) {
	t.Parallel()
	schema := schemaName()
	first := make(chan error)
	const many = 12
	for range many {
		name := fmt.Sprintf("d%d", databases.Add(1))
		go func() { first <- shared.Bootstrap(t.Context(), name, schema) }()
	}
	for range many {
		if err := <-first; err != nil {
			t.Error(err)
		}
	}
}

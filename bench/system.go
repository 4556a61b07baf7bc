package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

const (
	adminName     = "benchadmin"
	adminPassword = "a benchmark has an administrator"
	database      = "latchkey"
	connections   = "16" // of each server to its database: DATABASE_MAX_CONNS's default, and the floor's
)

// system is a PostgreSQL, both services and the floor, as processes.
type system struct {
	dir      string // logs, data; removed at the end
	bin      string // where the programs are
	postgres *postgres.Server
	admin    *pgxpool.Pool // as superuser
	session  []byte        // SESSION_KEY
	secrets  []string
	env      []string // the services' further settings

	auth, users, floor  *process
	authOps, usersOps   string
	authAddr, usersAddr string
	peakAuth, peakUsers float64 // MiB, the most that any process of the run had
}

// openSystem starts PostgreSQL and migrates, and starts no service. Fast is a
// PostgreSQL that loses data in a crash, for what is too large to wait for;
// buffers are its shared_buffers.
func openSystem(ctx context.Context, bin string, fast bool, buffers string) (s *system, err error) {
	dir, err := os.MkdirTemp("", "latchkey-bench-")
	if err != nil {
		return nil, err
	}
	s = &system{dir: dir, bin: bin}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := os.Chmod(dir, 0o711); err != nil {
		return s, err
	}
	// Autovacuum would come when it likes; the benchmark does it between operations.
	settings := []string{
		"shared_preload_libraries=pg_stat_statements", "pg_stat_statements.save=off", "autovacuum=off",
		"shared_buffers=" + buffers, "max_wal_size=8GB", "checkpoint_timeout=1h",
	}
	if s.postgres, err = postgres.StartServer(ctx, postgres.ServerOptions{Dir: filepath.Join(dir, "data"), Fast: fast, Settings: settings}); err != nil {
		return s, err
	}
	if err := s.postgres.Bootstrap(ctx, database, "users", "auth"); err != nil {
		return s, err
	}
	if s.admin, err = pgxpool.New(ctx, s.postgres.URL("postgres", database)); err != nil {
		return s, err
	}
	if _, err := s.admin.Exec(ctx, "CREATE EXTENSION pg_stat_statements"); err != nil {
		return s, fmt.Errorf("%w (Debian has it in postgresql-N)", err)
	}
	if err := s.track(ctx, "none"); err != nil {
		return s, err
	}
	s.session = randomKey()
	s.secrets = []string{"SESSION_KEY=" + base64.StdEncoding.EncodeToString(s.session), "KEY_ENCRYPTION_KEY=" + base64.StdEncoding.EncodeToString(randomKey())}
	for _, addr := range []*string{&s.authAddr, &s.usersAddr, &s.authOps, &s.usersOps} {
		if *addr, err = freeAddr(); err != nil {
			return s, err
		}
	}
	return s, s.migrate(ctx)
}

func randomKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return key
}

func (s *system) migrate(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "latchkey"), "migrate")
	cmd.Env = []string{
		"USERS_MIGRATE_DATABASE_URL=" + s.postgres.URL(postgres.OwnerRole("users"), database),
		"AUTH_MIGRATE_DATABASE_URL=" + s.postgres.URL(postgres.OwnerRole("auth"), database),
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("latchkey migrate: %w\n%s", err, said)
	}
	return nil
}

// environment is what both services are configured by: the defaults, but for
// limits, and logs that go to a file.
func (s *system) environment() []string {
	return slices.Concat([]string{
		"ENV=production", "RATE_LIMITS=off", "ACCESS_TTL=2h", "DRAIN_DELAY=0s",
		"USERS_DATABASE_URL=" + s.postgres.URL(postgres.LesserRole("users"), database),
		"AUTH_DATABASE_URL=" + s.postgres.URL(postgres.LesserRole("auth"), database),
		"ADMIN_USERNAME=" + adminName, "ADMIN_EMAIL=operator@example.com", "ADMIN_PASSWORD=" + adminPassword,
		"PUBLIC_URL=http://" + s.authAddr, "USERS_URL=http://" + s.usersAddr, "JWKS_URL=http://" + s.authAddr + "/.well-known/jwks.json",
		"DATA_DIR=" + s.dir, "DATABASE_MAX_CONNS=" + connections,
		"AUTH_ADDR=" + s.authAddr, "AUTH_OPS_ADDR=" + s.authOps, "USERS_ADDR=" + s.usersAddr, "USERS_OPS_ADDR=" + s.usersOps,
	}, s.secrets, s.env)
}

// serve starts both services with further settings, anew where they run.
func (s *system) serve(ctx context.Context, env ...string) (err error) {
	s.stopServices()
	s.env = env
	if s.users, err = s.startService("users", s.usersAddr); err != nil {
		return err
	}
	if s.auth, err = s.startService("auth", s.authAddr); err != nil {
		return err
	}
	for _, p := range []*process{s.auth, s.users} {
		if err := p.awaitReady(ctx, "/readyz"); err != nil {
			return err
		}
	}
	return nil
}

func (s *system) startService(name, addr string) (*process, error) {
	return start(name, filepath.Join(s.bin, name), addr, s.dir, s.environment())
}

// stopServices stops both and keeps what they needed at most.
func (s *system) stopServices() {
	s.notePeaks()
	s.auth.stop()
	s.users.stop()
	s.auth, s.users = nil, nil
}

func (s *system) notePeaks() {
	if s.auth != nil && s.users != nil {
		_, auth := memory(s.auth.pid())
		_, users := memory(s.users.pid())
		s.peakAuth, s.peakUsers = max(s.peakAuth, auth), max(s.peakUsers, users)
	}
}

// used is the CPU that each has used so far.
func (s *system) used() usage {
	u := usage{postgres: cpuOfPostgres(s.postgres.PID())}
	if s.auth != nil {
		u.auth = cpuOf(s.auth.pid())
	}
	if s.users != nil {
		u.users = cpuOf(s.users.pid())
	}
	if s.floor != nil {
		u.floor = cpuOf(s.floor.pid())
	}
	return u
}

// usage is CPU time by who used it; PostgreSQL's by process.
type usage struct {
	auth, users, floor time.Duration
	postgres           map[int]time.Duration
}

// since is what was used between two moments, in microseconds, divided by n.
func (u usage) since(before usage, n int64) map[string]float64 {
	var server time.Duration
	for pid, used := range u.postgres {
		server += used - before.postgres[pid]
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(max(n, 1)) }
	return map[string]float64{
		"auth": each(u.auth - before.auth), "users": each(u.users - before.users), "floor": each(u.floor - before.floor), "postgres": each(server),
	}
}

// close ends all that was started.
func (s *system) close() {
	s.stopServices()
	s.floor.stop()
	if s.admin != nil {
		s.admin.Close()
	}
	if s.postgres != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.postgres.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}
	_ = os.RemoveAll(s.dir)
}

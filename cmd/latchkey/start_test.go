package main_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

const (
	startLimit = 300 * time.Millisecond // on a migrated and seeded database
)

// sizeLimits are in bytes. In users nothing may call methods by name, as
// text/template does, or all that go-redis can do is in it: 10 MB.
var sizeLimits = map[string]int64{"users": 26 << 20, "auth": 36 << 20, "latchkey": 40 << 20}

func TestProgramSizes(t *testing.T) {
	t.Parallel()
	for name, limit := range sizeLimits {
		info, err := os.Stat(filepath.Join(apitest.Programs(t), name))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f MB", name, float64(info.Size())/1e6)
		if info.Size() >= limit {
			t.Errorf("%s has %d bytes, %d are allowed", name, info.Size(), limit)
		}
	}
}

// Not parallel: it measures. Other packages' tests may run all the same, so
// the best of three rounds counts.
func TestStartsFast(t *testing.T) {
	d := apitest.Deploy(t, "DRAIN_DELAY=0s")
	for _, service := range []struct {
		name, addr string
		run        func(testing.TB, string) *apitest.Process
	}{{"users", d.UsersAddr, d.RunUsers}, {"auth", d.AuthAddr, d.RunAuth}} {
		start := func() time.Duration {
			p := service.run(t, service.addr)
			took := p.AwaitReady(t, service.addr, 30*time.Second)
			if code, _ := p.Stop(t, syscall.SIGTERM, 20*time.Second); code != 0 {
				t.Fatalf("%s: exit code %d\n%s", service.name, code, p.Stderr)
			}
			return took
		}
		t.Logf("%s, which seeds: %s", service.name, start())
		best := time.Hour
		for round := 0; round < 3 && best >= startLimit; round++ {
			var times []time.Duration
			for range 5 {
				times = append(times, start())
			}
			slices.Sort(times)
			t.Logf("%s: median %s of %v", service.name, times[2], times)
			best = min(best, times[2])
		}
		if best >= startLimit {
			t.Errorf("%s needs %s to start, %s are allowed", service.name, best, startLimit)
		}
	}
}

// emptyDatabase makes one beside the test's own, and gives its URL for user.
func emptyDatabase(t *testing.T, bootstrap bool) func(user string) string {
	t.Helper()
	clone := dbtest.Users(t)
	u, err := url.Parse(clone.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	socket, name := u.Query().Get("host"), strings.Trim(u.Path, "/")+"_empty"
	conn, err := pgx.Connect(t.Context(), clone.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		_ = conn.Close(ctx)
	})
	if bootstrap {
		if err := postgres.Bootstrap(t.Context(), socket, name, "users", "auth"); err != nil {
			t.Fatal(err)
		}
	}
	return func(user string) string { return postgres.SocketURL(socket, user, name) }
}

// riverVersions is how many migrations River brings to schema auth.
const riverVersions = 8

var appliedLine = regexp.MustCompile(`(?m)^(\w+): (\d+) migrations applied$`)

// Five migrators at once, and one that is killed among them.
func TestF15FiveMigrators(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]struct{ bootstrap, kill bool }{
		"owners":                {bootstrap: true},
		"owners, one killed":    {bootstrap: true, kill: true},
		"a superuser":           {},
		"a superuser, a killed": {kill: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := emptyDatabase(t, run.bootstrap)
			env := []string{"MIGRATE_DATABASE_URL=" + url("postgres")}
			if run.bootstrap {
				env = []string{"USERS_MIGRATE_DATABASE_URL=" + url("latchkey_users_owner"), "AUTH_MIGRATE_DATABASE_URL=" + url("latchkey_auth_owner")}
			}
			command := apitest.Command{Program: "latchkey", Args: []string{"migrate"}, Env: env}
			if run.kill {
				killWhileMigrating(t, command)
			}
			applied := migrateAtOnce(t, command, 5)
			files := migrationFiles(t)
			for schema, n := range map[string]int{"users": files["users"], "auth": files["auth"] + riverVersions} {
				if !run.kill && applied[schema] != n {
					t.Errorf("%s: the five applied %d migrations, there are %d", schema, applied[schema], n)
				}
			}
			t.Logf("applied %v", applied)
			checkMigrated(t, url("postgres"), files)
		})
	}
}

// killWhileMigrating kills a migrator once it says that it applies something.
func killWhileMigrating(t *testing.T, command apitest.Command) {
	t.Helper()
	p := apitest.Run(t, command)
	deadline := time.After(30 * time.Second)
	for !strings.Contains(p.Stderr.String(), "applying") {
		select {
		case <-p.Done():
			t.Logf("it was too fast to be killed")
			return
		case <-deadline:
			t.Fatalf("it applies nothing:\n%s", p.Stderr)
		case <-time.After(100 * time.Microsecond):
		}
	}
	p.Kill()
}

// migrateAtOnce sums up, by schema, what n migrators say that they applied.
func migrateAtOnce(t *testing.T, command apitest.Command, n int) map[string]int {
	t.Helper()
	var all []*apitest.Process
	for range n {
		all = append(all, apitest.Run(t, command))
	}
	applied := map[string]int{}
	for _, p := range all {
		if code := p.Wait(t, time.Minute); code != 0 {
			t.Errorf("exit code %d\n%s", code, p.Stderr)
		}
		for _, found := range appliedLine.FindAllStringSubmatch(p.Stdout.String(), -1) {
			var count int
			_, _ = fmt.Sscan(found[2], &count) // digits
			applied[found[1]] += count
		}
	}
	return applied
}

func migrationFiles(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, schema := range []string{"users", "auth"} {
		files, err := filepath.Glob("../../db/" + schema + "/migrations/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("no migrations of %s: %v", schema, err)
		}
		counts[schema] = len(files)
	}
	return counts
}

func checkMigrated(t *testing.T, superURL string, files map[string]int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), superURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for schema, n := range files {
		var rows, different int
		err := conn.QueryRow(t.Context(), "SELECT count(*), count(DISTINCT version) FROM "+schema+".schema_migrations").Scan(&rows, &different)
		if err != nil || rows != n || different != n {
			t.Errorf("%s: %d rows of %d versions, want %d (%v)", schema, rows, different, n, err)
		}
	}
	var versions int
	err = conn.QueryRow(t.Context(), "SELECT count(*) FROM auth.river_migration").Scan(&versions)
	if err != nil || versions != riverVersions {
		t.Errorf("%d versions of River, want %d (%v)", versions, riverVersions, err)
	}
	var locks int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
		WHERE l.locktype = 'advisory' AND d.datname = current_database()`).Scan(&locks); err != nil {
		t.Error(err)
	}
	faults.None(t, "locks_stuck", locks)
}

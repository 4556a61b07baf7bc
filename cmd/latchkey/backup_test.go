package main_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// scriptLimit bounds a script of deploy/backup.
const scriptLimit = time.Minute

// backupScript runs one to its end.
func backupScript(t *testing.T, name string, env []string, code int, args ...string) *apitest.Process {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../deploy/backup", name))
	if err != nil {
		t.Fatal(err)
	}
	p := apitest.Run(t, apitest.Command{Program: path, Args: args, Env: env})
	if got := p.Wait(t, scriptLimit); got != code {
		t.Fatalf("%s %v: exit code %d, want %d\n%s%s", name, args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// libpq are the variables by which a script reaches what a URL names.
func libpq(t *testing.T, address, database string) []string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	return []string{
		"PGHOST=" + q.Get("host"), "PGPORT=" + q.Get("port"), "PGUSER=" + u.User.Username(), "PGDATABASE=" + database, "PGSSLMODE=disable",
	}
}

// only gives the one file of a pattern.
func only(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[0]
}

// asSuper runs one statement as the superuser on some database.
func asSuper(t *testing.T, address, database, sql string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + database
	ctx, cancel := context.WithTimeout(context.Background(), scriptLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// drill is a deployment that is backed up while it works.
type drill struct {
	*apitest.Deployment
	name    string   // of the database
	backups string   // a directory
	super   []string // how scripts get in
}

func newDrill(t *testing.T) *drill {
	t.Helper()
	d := &drill{Deployment: apitest.Deploy(t, "SMTP_URL="), backups: t.TempDir()}
	u, err := url.Parse(d.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	d.name = strings.TrimPrefix(u.Path, "/")
	d.super = libpq(t, d.AuthDB.SuperURL, d.name)
	return d
}

func (d *drill) start(t *testing.T) (users, auth *apitest.Process) {
	t.Helper()
	users, auth = d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	return users, auth
}

// underLoad registers people while f runs, and gives the names of those who
// were acknowledged before it began, and of all.
func (d *drill) underLoad(t *testing.T, f func()) (before, all []string) {
	t.Helper()
	load := faults.NewLoad(t)
	for range 2 {
		load.Run(faults.Registers, d.Auth)
	}
	load.Await(t, faults.Registration, 10)
	before = load.Made(t)
	f()
	load.Stop()
	for _, fault := range load.Faults() {
		t.Error(fault)
	}
	return before, load.Made(t)
}

// lose drops the database: the disaster.
func (d *drill) lose(t *testing.T) {
	t.Helper()
	d.UsersDB.Pool.Reset()
	d.AuthDB.Pool.Reset()
	asSuper(t, d.AuthDB.SuperURL, "postgres", "DROP DATABASE "+d.name+" WITH (FORCE)")
}

// command runs latchkey with the deployment's databases, as owner and as lesser
// roles.
func (d *drill) command(t *testing.T, code int, args ...string) *apitest.Process {
	t.Helper()
	return d.run(t, []string{"USERS_MIGRATE_DATABASE_URL=" + d.UsersDB.OwnerURL, "AUTH_MIGRATE_DATABASE_URL=" + d.AuthDB.OwnerURL}, code, args...)
}

// run is command with what else the environment has; the lesser roles alone,
// where that is nothing.
func (d *drill) run(t *testing.T, env []string, code int, args ...string) *apitest.Process {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: args, Env: append(slices.Clone(d.Env), env...)})
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// keys are the published keys' ids.
func (d *drill) keys(t *testing.T) (ids []string) {
	t.Helper()
	var set struct {
		Keys []struct {
			KID string `json:"kid"`
		} `json:"keys"`
	}
	d.Auth.Get(t, "/.well-known/jwks.json", "").Is(200).JSON(&set)
	for _, k := range set.Keys {
		ids = append(ids, k.KID)
	}
	return ids
}

// The drill: a backup under load, the database lost, restored by the script, and
// the same services with the same keys on it. What was acknowledged before the
// backup began is there, whole.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	users, auth := d.start(t)
	person, other := d.Person(t), d.Person(t)
	stale := other.RefreshToken
	keys := d.keys(t)
	before, all := d.underLoad(t, func() {
		said := backupScript(t, "backup-logical.sh", d.super, 0, d.backups).Stdout
		t.Logf("backup: %s", said)
	})
	other = d.Refresh(t, other.RefreshToken) // after the backup: the row goes on to the next generation
	file := only(t, filepath.Join(d.backups, "*.dump"))
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(d.backups, "*.part")); len(left) > 0 { // a good pattern
		t.Errorf("left behind: %v", left)
	}
	restore := libpq(t, d.AuthDB.SuperURL, "postgres")
	wantWords(t, backupScript(t, "restore-logical.sh", restore, 1, file, d.name).Stderr.String(), "exists")
	users.Kill()
	auth.Kill()
	d.lose(t)
	began := time.Now()
	t.Logf("restore: %s", backupScript(t, "restore-logical.sh", restore, 0, file, d.name).Stdout)
	_, auth = d.start(t)
	t.Logf("from the loss to the service: %s", time.Since(began).Round(time.Millisecond))

	now := d.keys(t)
	for _, kid := range keys {
		if !slices.Contains(now, kid) {
			t.Errorf("the key %s is gone: %v", kid, now)
		}
	}
	d.Auth.Get(t, "/auth/me", person.AccessToken).Is(200) // signed before, and the session is there
	d.Refresh(t, person.RefreshToken)
	d.Login(t, person.User.Username, apitest.Password)
	d.checkPeople(t, before, all)

	// Why after-restore is not optional: an exchanged token is current again.
	d.Refresh(t, stale)
	wantWords(t, d.command(t, 1, "after-restore").Stderr.String(), "is connected")
	auth.Kill()
	d.command(t, 0, "after-restore", "--force")
	d.RunAuth(t, d.AuthAddr).AwaitReady(t, d.AuthAddr, refusalLimit)
	for _, token := range []string{stale, other.RefreshToken} {
		d.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": token}).Problem(401, "invalid_token")
	}
	d.Login(t, person.User.Username, apitest.Password)
}

// checkPeople: those of before are there, each with a password and a role; there
// are none but those who registered.
func (d *drill) checkPeople(t *testing.T, before, all []string) {
	t.Helper()
	rows, err := d.UsersDB.Pool.Query(t.Context(), `SELECT u.username FROM users.users u
		WHERE u.password_hash IS NOT NULL AND EXISTS (SELECT FROM users.user_roles r WHERE r.user_id = u.id)`)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, name := range before {
		if !slices.Contains(whole, name) {
			missing++
		}
	}
	var rowsInAll int
	if err := d.UsersDB.Pool.QueryRow(t.Context(), "SELECT count(*) FROM users.users").Scan(&rowsInAll); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people acknowledged before the backup began, %d in it, %d when it was over", len(before), rowsInAll-3, len(all))
	if missing > 0 || rowsInAll != len(whole) || rowsInAll < len(before)+3 { // the admin, the person, the other
		t.Errorf("%d of %d are missing; %d accounts, %d whole", missing, len(before), rowsInAll, len(whole))
	}
}

// What is damaged, empty or not a backup is refused, and a restore that fails
// leaves nothing behind.
func TestBackupScriptsRefuse(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	postgres := libpq(t, d.AuthDB.SuperURL, "postgres")
	for _, script := range []string{"backup-logical.sh", "restore-logical.sh", "backup-physical.sh", "restore-physical.sh"} {
		wantWords(t, backupScript(t, script, nil, 0, "--help").Stdout.String(), script, "--help")
		backupScript(t, script, nil, 1)
		backupScript(t, script, nil, 1, "--nonsense")
	}
	wantWords(t, backupScript(t, "backup-logical.sh", postgres, 1, d.backups).Stderr.String(), "no matching schemas")
	if left, _ := filepath.Glob(filepath.Join(d.backups, "*")); len(left) > 0 {
		t.Errorf("a backup of a strange database leaves %v", left)
	}
	backupScript(t, "backup-logical.sh", d.super, 0, d.backups)
	file := only(t, filepath.Join(d.backups, "*.dump"))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(text)
	damaged[len(damaged)/2] ^= 0xff
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	wantWords(t, backupScript(t, "restore-logical.sh", postgres, 1, file, d.name+"_again").Stderr.String(), "SHA-256")
	// Cut short at its end and without its sum: pg_restore finds out, on the way.
	if err := os.WriteFile(filepath.Join(d.backups, "cut"), text[:len(text)-300], 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", backupScript(t, "restore-logical.sh", postgres, 1, filepath.Join(d.backups, "cut"), d.name+"_again").Stderr)
	var left int
	if err := d.UsersDB.Pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname LIKE $1", d.name+"\\_again%").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d databases left, %v", left, err)
	}
}

// openSuper opens a pool of the superuser's until the test ends.
func openSuper(t *testing.T, address string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

package main_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// bouncerPool is how many connections PgBouncer has for each role: fewer than
// its clients have among them.
const bouncerPool = "3"

// startBouncer runs PgBouncer by the configuration in docs/replicas.md, before
// the server of the database. It gives what turns a URL into one through it.
func startBouncer(t *testing.T, db dbtest.DB) func(direct string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer" // not in everybody's PATH
	}
	target, err := pgx.ParseConfig(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	account := ownerOf(t, target.Host)
	dir := dataDir(t, account)
	addr := apitest.FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	users := filepath.Join(dir, "userlist.txt")
	ini := documented(t, "../../docs/replicas.md", "ini")
	for setting, value := range map[string]string{
		"latchkey": target.Database + " = host=" + target.Host + " port=5432", "listen_port": "listen_port = " + port,
		"auth_type": "auth_type = trust\nunix_socket_dir =", "auth_file": "auth_file = " + users,
		"default_pool_size": "default_pool_size = " + bouncerPool,
	} {
		line := regexp.MustCompile(`(?m)^` + setting + ` = .*$`)
		if !line.MatchString(ini) {
			t.Fatalf("docs/replicas.md has no %s in its PgBouncer", setting)
		}
		ini = line.ReplaceAllLiteralString(ini, value)
	}
	for path, text := range map[string]string{
		filepath.Join(dir, "pgbouncer.ini"): ini, users: "\"latchkey_users\" \"\"\n\"latchkey_auth\" \"\"\n\"latchkey_users_owner\" \"\"\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	apitest.Run(t, apitest.Command{Program: program, Args: []string{filepath.Join(dir, "pgbouncer.ini")}, Dir: dir, Account: account})
	awaitListener(t, addr)
	return func(direct string) string {
		u, err := url.Parse(direct)
		if err != nil {
			t.Fatal(err)
		}
		return "postgres://" + u.User.String() + "@" + addr + "/" + target.Database + "?sslmode=disable"
	}
}

// ownerOf is whose directory it is, where that is another: the only one who may
// reach the socket in it, and PgBouncer won't run as root.
func ownerOf(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) == os.Geteuid() {
		return nil
	}
	return &syscall.Credential{Uid: st.Uid, Gid: st.Gid}
}

// documented is the first block of a kind in a document.
func documented(t *testing.T, path, kind string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "```"+kind+"\n")
	block, _, ended := strings.Cut(after, "```")
	if !found || !ended {
		t.Fatalf("%s has no block of %s", path, kind)
	}
	return block
}

func awaitListener(t *testing.T, addr string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("nobody listens: %v", err)
		}
	}
}

// TestBehindPgBouncer is all that the services do, two instances of each, with
// fewer connections to PostgreSQL than they have to PgBouncer.
func TestBehindPgBouncer(t *testing.T) {
	t.Parallel()
	users, auth := dbtest.Both(t)
	through := startBouncer(t, users)
	mode := "&default_query_exec_mode=cache_describe"
	d := apitest.DeployOn(t, users, auth, "USERS_DATABASE_URL="+through(users.URL)+mode, "AUTH_DATABASE_URL="+through(auth.URL)+mode)
	another := [2]string{apitest.FreeAddr(t), apitest.FreeAddr(t)}
	for _, addr := range []string{d.UsersAddr, another[0]} {
		p := d.RunUsers(t, addr)
		p.AwaitReady(t, addr, refusalLimit)
		wantWords(t, p.Stderr.String(), "ALTER ROLE latchkey_users SET statement_timeout")
	}
	for _, addr := range []string{d.AuthAddr, another[1]} {
		d.RunAuth(t, addr).AwaitReady(t, addr, refusalLimit)
	}
	d2 := *d.System
	d2.Users, d2.Auth = apitest.NewUsersClient("http://"+another[0]), apitest.NewAuthClient("http://"+another[1])
	admin := d.Admin(t)
	t.Run("together", func(t *testing.T) {
		for i := range 12 {
			first, second := d.System, &d2
			if i%2 == 1 {
				first, second = second, first
			}
			t.Run(fmt.Sprint("person ", i), func(t *testing.T) {
				t.Parallel()
				live(t, d.Mailbox, first, second, admin)
			})
		}
		t.Run("keys", func(t *testing.T) {
			t.Parallel()
			rotate(t, d, "AUTH_DATABASE_URL="+through(auth.URL)+mode)
		})
	})
	d.Users.Get(t, "/users", d.Admin(t)).Is(http.StatusOK) // by the new key
	report := apitest.Run(t, apitest.Command{Program: "latchkey", Args: []string{"doctor", "--window", "1s"}, Env: d.Env})
	report.Wait(t, time.Minute)
	wantWords(t, report.Stdout.String(), "users: all ", "auth: all ") // migrations, asked through PgBouncer
	var backends int
	err := users.Pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND usename LIKE 'latchkey%' AND application_name <> $1`, t.Name()).Scan(&backends)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d connections to PostgreSQL", backends)
	if backends > 6 {
		t.Errorf("%d connections to PostgreSQL: PgBouncer pools nothing", backends)
	}
}

// live is an account from its registration to its deletion, on two instances
// in turn.
func live(t *testing.T, mails *apitest.Mailbox, one, two *apitest.System, admin string) {
	t.Helper()
	user := one.Register(t)
	token := mails.Token(t, user.Email, mail.VerifyEmail, 1)
	two.Auth.Do(t, post("/auth/email/verify", "", apitest.Body{"token": token})).Is(http.StatusNoContent)
	grant := one.Login(t, user.Email, apitest.Password)
	for range 3 {
		grant = one.Refresh(t, two.Refresh(t, grant.RefreshToken).RefreshToken)
	}
	key := http.Header{"Idempotency-Key": {"key-of-" + user.Username}}
	create := apitest.Request{Method: http.MethodPost, Path: "/users", Token: admin, Header: key,
		Body: apitest.Body{"username": "made-" + user.Username, "email": "made-" + user.Email, "verified": true}}
	var made, again apitest.User
	first := one.Users.Do(t, create).Is(http.StatusCreated)
	first.JSON(&made)
	two.Users.Do(t, create).Is(http.StatusCreated).JSON(&again)
	if made.ID != again.ID {
		t.Errorf("the same request made %s and %s", made.ID, again.ID)
	}
	tag := first.Header.Get("ETag")
	two.Users.Patch(t, "/users/"+made.ID, admin, tag, apitest.Body{"roles": []string{"user"}, "email": "later-" + user.Email}).Is(http.StatusOK)
	one.Users.Patch(t, "/users/"+made.ID, admin, tag, apitest.Body{"disabled": true}).Problem(http.StatusPreconditionFailed, "version_mismatch")
	for _, query := range []string{"", "?role=user&verified=true", "?q=made-" + user.Username} {
		two.Users.Get(t, "/users"+query, admin).Is(http.StatusOK)
	}
	two.Users.Get(t, "/audit-events?user_id="+made.ID, admin).Is(http.StatusOK)
	two.Users.Delete(t, "/users/"+made.ID, admin, "").Is(http.StatusNoContent)
	one.Auth.Get(t, "/auth/sessions", grant.AccessToken).Is(http.StatusOK)
	one.Auth.Do(t, post("/auth/logout", "", apitest.Body{"refresh_token": grant.RefreshToken})).Is(http.StatusNoContent)
}

// rotate changes the signing key while the services work, through PgBouncer too.
func rotate(t *testing.T, d *apitest.Deployment, databaseURL string) {
	t.Helper()
	k := keysOn{db: d.AuthDB, env: append(append([]string{}, d.Env...), databaseURL)}
	for began := time.Now(); k.states(t) != "active pending"; {
		if time.Since(began) > time.Minute {
			t.Fatalf("no key is pending: %s", k.states(t))
		}
	}
	k.older(t)
	k.run(t, 0, "", "rotate")
	if states := k.states(t); !strings.HasPrefix(states, "retiring active") { // the next one may be pending already
		t.Errorf("the keys are %s", states)
	}
}

// A pooler that the URL says nothing of would break now and then; one before a
// migrator would let two work at once.
func TestPgBouncerIsNoticed(t *testing.T) {
	t.Parallel()
	users, auth := dbtest.Both(t)
	through := startBouncer(t, users)
	d := apitest.DeployOn(t, users, auth, "USERS_DATABASE_URL="+through(users.URL))
	wantWords(t, oneLine(t, d.RunUsers(t, d.UsersAddr), refusalLimit), "pooler", "default_query_exec_mode=cache_describe")
	migrator := apitest.Run(t, apitest.Command{Program: "latchkey", Args: []string{"migrate", "users"},
		Env: []string{"MIGRATE_DATABASE_URL=" + through(users.OwnerURL)}})
	wantWords(t, oneLine(t, migrator, refusalLimit), "pooler", "MIGRATE_DATABASE_URL")
}

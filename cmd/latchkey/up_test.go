package main_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// What the README and the page about accounts tell a newcomer to paste is run as
// it stands there. Not in parallel: a reader's curl does not try again when the
// machine is full and a sign-in is shed.
func TestREADMESession(t *testing.T) {
	for program, pack := range map[string]string{"curl": "curl", "bash": "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("this test needs %s: apt-get install %s", program, pack)
		}
	}
	dir := dataDir(t, nil)
	u := startUp(t, dir, nil)
	checkSession(t, runSession(t, u, dir, "../../README.md"))
	checkAccounts(t, runSession(t, u, dir, "../../docs/accounts.md"))
	u.stop(t, dir, syscall.SIGTERM)
}

// runSession runs a page's session against a system, and gives the lines that
// it prints.
func runSession(t *testing.T, u up, dir, page string) []string {
	t.Helper()
	script := strings.NewReplacer("http://127.0.0.1:8080", u.auth, "http://127.0.0.1:8081", u.users, ".latchkey", dir).Replace(sessionOf(t, page, "session"))
	return runScript(t, script, "TMPDIR="+dir, "ADMIN_PASSWORD="+u.password(t))
}

// runScript gives the lines that a script of bash prints; it may not complain.
func runScript(t *testing.T, script string, env ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail")
	cmd.Stdin = strings.NewReader(script)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	cmd.WaitDelay = time.Second
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("%v\n%s%s", err, &out, &complaints)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// sessionOf is the script of a page that stands behind a marker.
func sessionOf(t *testing.T, page, marker string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "<!-- "+marker+" -->\n```sh\n")
	session, _, closed := strings.Cut(rest, "```\n<!-- /"+marker+" -->")
	if !found || !closed {
		t.Fatalf("%s has no %s", page, marker)
	}
	return session
}

// printed is what a line of a session is for, and holds.
type printed struct {
	name  string
	parts []string
}

// checkSession holds each line of the session's output to what it is for.
func checkSession(t *testing.T, lines []string) {
	t.Helper()
	ada := []string{`"username":"ada"`, `"email":"ada@example.com"`, `"roles":["user"]`}
	checkLines(t, lines, []printed{
		{"register", append([]string{`"user":{`, `"version":1`}, ada...)},
		{"me", append([]string{`"version":1`}, ada...)},
		{"logout", []string{"204"}},
		{"refresh after it", []string{`"status":401`, `"code":"invalid_token"`}},
		{"by id, which came from by username", append([]string{`"version":1`, `"verified":false`}, ada...)},
		{"by email", append([]string{`"version":1`, `"verified":false`}, ada...)},
		{"patch", append([]string{`"version":2`, `"verified":true`}, ada...)},
		{"delete", []string{"204"}},
		{"after it", []string{`"status":404`, `"code":"not_found"`}},
	})
}

func checkAccounts(t *testing.T, lines []string) {
	t.Helper()
	checkLines(t, lines, []printed{
		{"register", []string{`"username":"grace"`, `"verified":false`}},
		{"verify", []string{"204"}},
		{"sessions", []string{`{"items":[{`, `"current":true`, `"user_agent":"curl/`}},
		{"forgot", []string{"202"}},
		{"a weak password", []string{`"code":"password_rejected"`, `"too_short"`, `"contains_username"`}},
		{"reset", []string{"204"}},
		{"refresh after it", []string{"401"}},
		{"another address", []string{"200"}},
		{"verify it", []string{"204"}},
		{"delete", []string{"204"}},
	})
}

func checkLines(t *testing.T, lines []string, want []printed) {
	t.Helper()
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), strings.Join(lines, "\n"))
	}
	for i, w := range want {
		for _, part := range w.parts {
			if !strings.Contains(lines[i], part) {
				t.Errorf("%s: no %s in %s", w.name, part, lines[i])
			}
		}
		if strings.HasPrefix(lines[i], "{") && !json.Valid([]byte(lines[i])) {
			t.Errorf("%s: not one JSON document: %s", w.name, lines[i])
		}
	}
}

// Root's PostgreSQL runs as another user, an ordinary user's as that user. A
// test that is not root can only be itself.
func TestUpAsRootAndOthers(t *testing.T) {
	t.Parallel()
	accounts := map[string]*syscall.Credential{"myself": nil}
	if os.Geteuid() == 0 {
		accounts["nobody"] = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	for name, account := range accounts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t, account)
			first := startUp(t, dir, account)
			password := first.password(t)
			id := signIn(t, first, password)
			first.stop(t, dir, syscall.SIGTERM)

			second := startUp(t, dir, account)
			if strings.Contains(second.Stdout.String()+second.Stderr.String(), "password "+password) ||
				passwordLine.MatchString(second.Stdout.String()) {
				t.Errorf("a password is printed again:\n%s", second.Stdout)
			}
			if again := signIn(t, second, password); again != id {
				t.Errorf("the admin was %s and is %s", id, again)
			}
			second.stop(t, dir, syscall.SIGINT)
		})
	}
}

// signIn signs the first admin in and gives their id.
func signIn(t *testing.T, u up, password string) string {
	t.Helper()
	var grant apitest.Grant
	answer := apitest.NewAuthClient(u.auth).Post(t, "/auth/login", "", apitest.Body{"login": "admin", "password": password})
	for began := time.Now(); answer.Status == http.StatusServiceUnavailable && time.Since(began) < upTimeout; {
		time.Sleep(time.Second) // Retry-After: the machine is full of tests, and sign-in is what gives way
		answer = apitest.NewAuthClient(u.auth).Post(t, "/auth/login", "", apitest.Body{"login": "admin", "password": password})
	}
	answer.Is(http.StatusOK).JSON(&grant)
	apitest.NewUsersClient(u.users).Get(t, "/users/admin", grant.AccessToken).Is(http.StatusOK)
	return grant.User.ID
}

func TestUpTwiceInOneDirectory(t *testing.T) {
	t.Parallel()
	dir := dataDir(t, nil)
	first := startUp(t, dir, nil)
	second := apitest.Run(t, upCommand(dir, nil))
	line := oneLine(t, second, upTimeout)
	wantWords(t, line, "in use", "process "+strconv.Itoa(first.PID()), dir)
	signIn(t, first, first.password(t)) // it was not disturbed
	first.stop(t, dir, syscall.SIGTERM)
}

func TestUpOnABusyPort(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	dir := dataDir(t, nil)
	for _, name := range []string{"AUTH_ADDR", "USERS_OPS_ADDR"} {
		p := apitest.Run(t, upCommand(dir, nil, name+"="+busy.Addr().String()))
		wantWords(t, oneLine(t, p, upTimeout), busy.Addr().String(), "in use")
		nothingRuns(t, dir)
	}
}

// A signal while everything is still coming up is obeyed as well.
func TestUpStoppedWhileStarting(t *testing.T) {
	t.Parallel()
	dir := dataDir(t, nil)
	p := apitest.Run(t, upCommand(dir, nil))
	for { // the lock is the first thing that it makes, under its signal handler
		if _, err := os.Stat(dir + "/lock"); err == nil {
			break
		}
		select {
		case <-p.Done():
			t.Fatalf("it ended:\n%s", p.Stderr)
		case <-time.After(time.Millisecond):
		}
	}
	code, took := p.Stop(t, syscall.SIGTERM, 4*stopLimit)
	t.Logf("ended with %d after %s: %s", code, took, p.Stderr)
	if took > stopLimit {
		t.Errorf("it took %s", took)
	}
	nothingRuns(t, dir)
	startUp(t, dir, nil).stop(t, dir, syscall.SIGTERM) // what it left is no obstacle
}

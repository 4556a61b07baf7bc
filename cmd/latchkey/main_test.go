package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m)) }

const (
	upTimeout = time.Minute     // initdb, on a machine that is full of tests
	stopLimit = 5 * time.Second // of everything under `latchkey up`
)

var (
	readyLine    = regexp.MustCompile(`^latchkey is ready: auth (https?://\S+) users (https?://\S+)$`)
	passwordLine = regexp.MustCompile(`(?m)^The first admin is (\S+) with the password (\S+)$`)
)

// up is a `latchkey up` that is ready.
type up struct {
	*apitest.Process
	auth, users string
}

// upCommand is `latchkey up` on dir, with ports that are free, for
// a machine that is full of tests.
func upCommand(dir string, account *syscall.Credential, env ...string) apitest.Command {
	ports := []string{"DATA_DIR=" + dir, "HOME=" + dir, "BCRYPT_COST=10", "HASH_QUEUE=3s", "HASH_NICE=off"}
	for _, name := range []string{"AUTH_ADDR", "AUTH_OPS_ADDR", "USERS_ADDR", "USERS_OPS_ADDR"} {
		ports = append(ports, name+"=127.0.0.1:0")
	}
	return apitest.Command{Program: "latchkey", Args: []string{"up"}, Env: append(ports, env...), Dir: dir, Account: account}
}

// startUp runs it and waits for its last line.
func startUp(t *testing.T, dir string, account *syscall.Credential) up {
	t.Helper()
	p := apitest.Run(t, upCommand(dir, account))
	line := p.AwaitLine(t, "latchkey is ready: ", upTimeout)
	t.Logf("ready after %s", time.Since(p.Began).Round(time.Millisecond))
	found := readyLine.FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("the last line is %q", line)
	}
	if lines := p.Stdout.Lines(); lines[len(lines)-1] != line {
		t.Errorf("it is not the last line but %q", lines[len(lines)-1])
	}
	return up{Process: p, auth: found[1], users: found[2]}
}

// password gives the first admin's, which must be there exactly once.
func (u up) password(t *testing.T) string {
	t.Helper()
	found := passwordLine.FindAllStringSubmatch(u.Stdout.String(), -1)
	if len(found) != 1 {
		t.Fatalf("%d lines have a password\n%s", len(found), u.Stdout)
	}
	if all := u.Stdout.String() + u.Stderr.String(); strings.Count(all, found[0][2]) != 1 {
		t.Errorf("the password is there %d times\n%s", strings.Count(all, found[0][2]), all)
	}
	return found[0][2]
}

// stop ends it by a signal and makes sure that nothing stays.
func (u up) stop(t *testing.T, dir string, s os.Signal) {
	t.Helper()
	code, took := u.Stop(t, s, 4*stopLimit)
	t.Logf("%v: ended after %s", s, took.Round(time.Millisecond))
	if code != 0 || took > stopLimit {
		t.Errorf("%v: exit code %d after %s\n%s", s, code, took, u.Stderr)
	}
	nothingRuns(t, dir)
}

// nothingRuns fails the test where a process names dir in its command line, as
// a postmaster does, or the server in dir did not end as it should.
func nothingRuns(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "postgres", "data", "postmaster.pid")); err == nil {
		t.Error("PostgreSQL left its postmaster.pid")
	}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range lines {
		line, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(line), dir) { // it may be gone by now
			t.Errorf("%s still runs: %q", file, line)
		}
	}
}

// dataDir is an empty directory that anybody may pass through, and that account
// owns.
func dataDir(t *testing.T, account *syscall.Credential) string {
	t.Helper()
	dir := apitest.OpenDir(t)
	if account != nil {
		if err := os.Chown(dir, int(account.Uid), int(account.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// oneLine gives the one line that a program wrote before it refused to start.
func oneLine(t *testing.T, p *apitest.Process, within time.Duration) string {
	t.Helper()
	if code := p.Wait(t, within); code == 0 {
		t.Errorf("exit code 0")
	}
	lines := p.Stderr.Lines()
	if len(lines) != 1 || p.Stdout.String() != "" {
		t.Fatalf("not one clear line:\n%s%s", p.Stdout, p.Stderr)
	}
	return lines[0]
}

func wantWords(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in %q", word, text)
		}
	}
}

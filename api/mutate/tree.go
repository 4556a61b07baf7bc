package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// tree is a copy of the repository that may be spoilt.
type tree struct{ dir string }

// checkTimeout ends a check that a change has made hang.
const checkTimeout = 10 * time.Minute

// check is one of CI's, run in the tree.
type check struct {
	name    string
	command string
}

// checks are in the order in which they are tried. `generate` comes first, as
// whoever changes a specification runs it.
var checks = []check{
	{"make generate", "make generate"},
	{"the compiler", "go build ./... && go vet ./internal/httpapi ./internal/users/... ./internal/auth/... ./internal/apitest/..."},
	{"make verify", "make verify"},
	{"make lint", "make lint-spec"},
	{"the specifications' tests", "go test ./api/... ./internal/httpapi"},
	{"the services' tests", "go build -o bin/ ./internal/dbtest/cluster && bin/cluster -- go test ./internal/users/rest ./internal/auth/rest ./internal/hammer -run '" + contractTests + "'"},
}

// catch is a check that refused a change.
type catch struct{ check, output string }

// interesting are lines that say why a test or a tool refused.
var interesting = regexp.MustCompile(`(?m)^\s*(\S+_test\.go:\d+: .*|.*\.go:\d+:\d+: .*|error\b.*|.*\berror\b.*|--- FAIL.*|gen/ differs.*|panic: .*)$`)

// reason is the first line that says something, cut to a terminal's width.
func (c *catch) reason() string {
	line := strings.TrimSpace(interesting.FindString(c.output))
	const most = 110
	if len(line) > most {
		line = line[:most] + "…"
	}
	return line
}

// cloneHead makes the copy afresh. What npm has fetched is taken over.
func cloneHead(dir string) (*tree, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if out, err := exec.Command("git", "clone", "-q", ".", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("git clone: %w\n%s", err, out)
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	t := &tree{dir: absolute}
	_, err = t.shell("if [ -d ../../api/tools/node_modules ]; then cp -r ../../api/tools/node_modules api/tools/; fi")
	return t, err
}

// try makes one change, looks who catches it, and takes it back.
func (t *tree) try(m mutation) (*catch, error) {
	if err := m.apply(t.dir); err != nil {
		return nil, err
	}
	if m.generated { // a person who edits gen/ by hand does not generate
		if out, err := t.shell("make generate && git add -A && git -c user.name=x -c user.email=x@example.com commit -qm mutated"); err != nil {
			return &catch{"make generate", out}, t.restore()
		}
	}
	return t.check(), t.restore()
}

func (t *tree) restore() error {
	_, err := t.shell("git reset -q --hard origin/HEAD && git clean -fdq")
	return err
}

// check runs the checks until one fails.
func (t *tree) check() *catch {
	for _, c := range checks {
		if out, err := t.shell(c.command); err != nil {
			return &catch{c.name, out}
		}
	}
	return nil
}

func (t *tree) shell(command string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir, cmd.WaitDelay = t.dir, 5*time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = errors.New("it hangs")
	}
	return string(out), err
}

// mutation is one change: in each file, old becomes new, once.
type mutation struct {
	name      string
	edits     []edit
	generated bool
}

type edit struct{ file, old, new string }

// apply fails where the text is not there just once: then the table is out of
// date, and the change would be another one or none.
func (m mutation) apply(dir string) error {
	for _, e := range m.edits {
		path := filepath.Join(dir, e.file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), e.old); n != 1 {
			return fmt.Errorf("%s holds %q %d times, want once", e.file, e.old, n)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), e.old, e.new, 1)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	// of says for which changes it is asked; nil is for all. What could never
	// refuse a change is left out to save time.
	of func(mutation) bool
	// near is where the changes are that it most likely catches; it goes first
	// for them.
	near string
}

// checks are in the order in which they are tried, the nearest first.
var checks = []check{
	{"make verify", "make verify", mutation.leavesGenBehind, ""},
	{"make lint", "make lint-spec", mutation.touchesSpecification, "api/"},
	{"the specifications' tests", "go test ./api ./internal/config", nil, "api/"},
	{"make test's list of statuses", "go run ./internal/apitest/statuses -seen ../statuses", mutation.touchesSpecification, "api/"},
	{"the chassis' tests", "go test ./internal/httpapi", nil, "internal/httpapi/"},
	{"users' examples", tests("./internal/users/rest", "ExamplesAreTrue|RoutesAreThePaths"), nil, "internal/"},
	{"auth's examples", tests("./internal/auth/rest", "ExamplesAreTrue|RoutesAreThePaths"), nil, "internal/auth/"},
	{"the compiler", "go build ./...", nil, ""},
	{"the services' walks", tests("./internal/users/rest ./internal/auth/rest", "Story|EveryOperation|S62|BadInput"), nil, ""},
	{"the hammer", tests("./internal/hammer", "ServicesAccept"), nil, ""},
}

// tests runs tests of packages on a PostgreSQL of their own.
func tests(packages, named string) string {
	return "go build -o bin/ ./internal/dbtest/cluster && bin/cluster -- go test " + packages + " -run '^Test(" + named + ")'"
}

// catch is a check that refused a change.
type catch struct{ check, output string }

// interesting are lines that say why a test or a tool refused: Go's tests and
// compiler, Redocly's findings, the list of statuses, make verify.
var interesting = regexp.MustCompile(`(?m)^\s*(\S+_test\.go:\d+: .*|\S+\.go:\d+:\d+: .*|\[\d+\] .*|no test produced .*|--- FAIL.*|gen/ differs.*|panic: .*)$`)

// reason is the first line that says something, or else the last but make's own,
// cut to a terminal's width.
func (c *catch) reason() string {
	line := strings.TrimSpace(interesting.FindString(c.output))
	if line == "" {
		for said := range strings.Lines(c.output) {
			if said = strings.TrimSpace(said); said != "" && !strings.HasPrefix(said, "make") {
				line = said
			}
		}
	}
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
	_, err = t.shell("mkdir -p bin; if [ -d ../../api/tools/node_modules ]; then cp -r ../../api/tools/node_modules api/tools/; fi")
	return t, err
}

// try makes one change, looks who catches it, and takes it back.
func (t *tree) try(m mutation) (*catch, error) {
	if err := m.apply(t.dir); err != nil {
		return nil, err
	}
	if m.generated {
		if out, err := t.shell("make generate"); err != nil {
			return &catch{"make generate", out}, t.restore()
		}
	}
	if out, err := t.shell("git -c user.name=x -c user.email=x@example.com commit -qam mutated"); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	return t.check(m), t.restore()
}

func (t *tree) restore() error {
	_, err := t.shell("git reset -q --hard origin/HEAD && git clean -fdq")
	return err
}

// check runs the checks of a change until one fails.
func (t *tree) check(m mutation) *catch {
	near := func(c check) int {
		if c.near != "" && slices.ContainsFunc(m.edits, func(e edit) bool { return strings.HasPrefix(e.file, c.near) }) {
			return -len(c.near)
		}
		return 0
	}
	ordered := slices.Clone(checks)
	slices.SortStableFunc(ordered, func(a, b check) int { return near(a) - near(b) })
	for _, c := range ordered {
		if c.of != nil && !c.of(m) {
			continue
		}
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

// nothing is what the untouched tree is asked about, by every check.
var nothing = mutation{edits: []edit{{file: "api/"}}}

func (m mutation) touchesSpecification() bool {
	return slices.ContainsFunc(m.edits, func(e edit) bool { return strings.HasPrefix(e.file, "api/") })
}

// leavesGenBehind says that somebody edited gen/ by hand, or forgot to generate.
func (m mutation) leavesGenBehind() bool {
	return !m.generated && slices.ContainsFunc(m.edits, func(e edit) bool {
		return strings.HasPrefix(e.file, "api/") || strings.HasPrefix(e.file, "gen/")
	})
}

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

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/latchkey-id/latchkey/internal/mutation/mutant"
)

// suites are the compiled tests, by the package that they are to guard.
type suites struct {
	work  string
	all   []*suite
	tests map[string][]*suite
}

// suite is the tests of one package.
type suite struct {
	dir, binary string
	cases       []*testCase // the quickest first
}

// testCase is a test, what it takes alone, and the changes whose places it reaches.
type testCase struct {
	name    string
	took    time.Duration
	reaches map[int]bool
}

// alone is what a test may take that nothing was changed for.
const alone = 2 * time.Minute

func (s *suites) compile(ctx context.Context, root, dir, overlay string) (*suite, error) {
	for _, known := range s.all {
		if known.dir == filepath.Join(root, dir) {
			return known, nil
		}
	}
	made := &suite{dir: filepath.Join(root, dir), binary: filepath.Join(s.work, strings.ReplaceAll(dir, "/", "-")+".test")}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", made.binary, "./"+dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s does not compile with the changes: %w\n%s", dir, err, out)
	}
	s.all = append(s.all, made)
	return made, nil
}

// observe runs each test alone, unchanged, and notes what it reaches. One that
// fails by itself is of no use here.
func (s *suites) observe(ctx context.Context) error {
	seen := filepath.Join(s.work, "seen")
	for _, of := range s.all {
		began := time.Now()
		listed := of.run(ctx, alone, nil, "-test.list", "^(Test|Fuzz|Example)")
		for name := range strings.FieldsSeq(listed.output) {
			if leftOut.MatchString(name) {
				continue
			}
			if err := os.RemoveAll(seen); err != nil {
				return err
			}
			began := time.Now()
			r := of.run(ctx, alone, []string{mutant.EnvSeen + "=" + seen}, "-test.run", "^"+name+"$")
			if err := ctx.Err(); err != nil {
				return err
			}
			if r.failed {
				fmt.Printf("%s fails as it is, and is left out:\n%s\n", name, r.output)
				continue
			}
			t := &testCase{name: name, took: time.Since(began), reaches: map[int]bool{}}
			if err := t.read(seen); err != nil {
				return err
			}
			of.cases = append(of.cases, t)
		}
		slices.SortFunc(of.cases, func(a, b *testCase) int { return int(a.took - b.took) })
		fmt.Printf("%s: %d tests pass alone (%s)\n", of.dir, len(of.cases), time.Since(began).Round(time.Second))
		if len(of.cases) == 0 {
			return errors.New(of.dir + " has no test that passes: " + listed.output)
		}
	}
	return nil
}

func (t *testCase) read(seen string) error {
	data, err := os.ReadFile(seen)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for line := range strings.FieldsSeq(string(data)) {
		n, err := strconv.Atoi(line)
		if err != nil {
			return err
		}
		t.reaches[n] = true
	}
	return err
}

// batches are how many tests are run at once: the quickest few find most.
var batches = []int{2, 8, 24, 1 << 20}

// try puts a change to the tests that reach it, until one fails.
func (s *suites) try(ctx context.Context, m *change) error {
	m.Outcome = notCovered
	for _, of := range s.tests[m.Package] {
		var reaching []*testCase
		for _, t := range of.cases {
			if t.reaches[m.ID] {
				reaching = append(reaching, t)
			}
		}
		for _, size := range batches {
			batch := reaching[:min(size, len(reaching))]
			if reaching = reaching[len(batch):]; len(batch) == 0 {
				break
			}
			if m.Outcome, m.By = of.judge(ctx, m, batch); m.Outcome != survived || ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

var failing = regexp.MustCompile(`(?m)^--- FAIL: (\S+)|^panic: (.*)|^fatal error: (.*)`)

// judge runs some tests with one change made.
func (s *suite) judge(ctx context.Context, m *change, batch []*testCase) (outcome, by string) {
	var names []string
	limit := 20 * time.Second
	for _, t := range batch {
		names = append(names, t.name)
		limit += 4 * t.took
	}
	r := s.run(ctx, limit, []string{mutant.EnvOn + "=" + strconv.Itoa(m.ID)},
		"-test.failfast", "-test.run", "^("+strings.Join(names, "|")+")$")
	switch found := failing.FindStringSubmatch(r.output); {
	case r.hung:
		return timedOut, strings.Join(names[:min(3, len(names))], " ")
	case !r.failed:
		return survived, ""
	case found != nil:
		return killed, found[1] + found[2] + found[3]
	}
	return killed, strings.Join(names[:min(3, len(names))], " ")
}

// ran is what became of a test binary.
type ran struct {
	output       string
	failed, hung bool
}

// run runs the binary in its package's directory, and ends all that it has started
// when the time is over.
func (s *suite) run(ctx context.Context, limit time.Duration, env []string, args ...string) ran {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, append(os.Environ(), env...), &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	return ran{out.String(), err != nil, errors.Is(ctx.Err(), context.DeadlineExceeded)}
}

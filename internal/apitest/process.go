package apitest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// Command says which program to start, and how. Of this process's own
// environment it gets PATH, TMPDIR and PGBIN, and nothing else.
type Command struct {
	Program string // users, auth or latchkey; anything with a slash is a path
	Args    []string
	Env     []string
	Dir     string
	Account *syscall.Credential // nil is this process's own
	Stdin   string              // what it reads; nothing where it is empty
	Root    string              // what it takes for /, with Program and Dir in it; root alone may set it
}

// Tmp is where programs under test and their data lie, by these beginnings of
// a name: unlike $TMPDIR and t.TempDir, any user may pass through it.
const (
	Tmp      = "/tmp"
	DataDir  = "latchkey-uptest-"
	programs = "latchkey-bin-"
)

// OpenDir is an empty directory that any user may pass through, down from the
// root, which t.TempDir is not. It goes with the test.
func OpenDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(Tmp, DataDir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Process is a program that runs. It ends with the test, and with the test's
// process, however that ends.
type Process struct {
	Stdout, Stderr *Output
	Began          time.Time // just before it was executed

	name string
	cmd  *exec.Cmd
	done chan struct{}
}

// Run starts a program.
func Run(t testing.TB, c Command) *Process {
	t.Helper()
	path := c.Program
	if filepath.Base(path) == path {
		path = filepath.Join(Programs(t), c.Program)
	}
	p := &Process{
		Stdout: newOutput(), Stderr: newOutput(), name: filepath.Base(path),
		cmd: exec.Command(path, c.Args...), done: make(chan struct{}),
	}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = p.Stdout, p.Stderr, c.Dir
	p.cmd.Env = slices.Concat(inherited(), c.Env)
	if c.Stdin != "" {
		p.cmd.Stdin = strings.NewReader(c.Stdin)
	}
	p.cmd.WaitDelay = 5 * time.Second // where a grandchild kept our pipes
	p.cmd.SysProcAttr = processAttributes()
	p.cmd.SysProcAttr.Credential, p.cmd.SysProcAttr.Chroot = c.Account, c.Root
	if err := p.start(); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s wrote:\n%s%s", p.name, p.Stdout.tail(), p.Stderr.tail())
		}
	})
	return p
}

// start executes from a thread that lives as long as the program does: the
// kernel takes that thread's end for its parent's.
func (p *Process) start() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		p.Began = time.Now()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // ProcessState has what it says
			close(p.done)
		}
	}()
	return <-started
}

func inherited() []string {
	var env []string
	for _, name := range []string{"PATH", "TMPDIR", "PGBIN"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// PID is the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Signal sends a signal; a program that has ended gets none.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends the program by SIGKILL and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Wait waits for the program's end and gives the exit code, which is -1 after
// a signal. It fails the test, and kills the program, when that takes longer.
func (p *Process) Wait(t testing.TB, within time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(within):
		p.Kill()
		t.Fatalf("%s had not ended after %s\n%s%s", p.name, within, p.Stdout, p.Stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

// Stop sends a signal and gives the exit code and how long the end took.
func (p *Process) Stop(t testing.TB, s os.Signal, within time.Duration) (code int, took time.Duration) {
	t.Helper()
	began := time.Now()
	p.Signal(s)
	code = p.Wait(t, within)
	return code, time.Since(began)
}

// Main runs the tests of a package that starts programs. They are removed
// afterwards, and so is the cluster where it is this process's own.
//
//	func TestMain(m *testing.M) { os.Exit(apitest.Main(m)) }
func Main(m *testing.M) (code int) {
	stop := func() error { return nil }
	if os.Getenv(dbtest.ClusterEnv) == "" {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		socket, stopCluster, err := dbtest.StartCluster(ctx)
		if err != nil {
			fmt.Fprintln(os.Stderr, "apitest:", err)
			return 1
		}
		stop = stopCluster
		_ = os.Setenv(dbtest.ClusterEnv, socket) // it has no NUL
	}
	code = m.Run()
	if err := errors.Join(removePrograms(), stop()); err != nil {
		fmt.Fprintln(os.Stderr, "apitest:", err)
	}
	return code
}

// built is where the programs are, once they are.
var built struct {
	sync.Mutex
	dir string
	err error
}

// Programs builds the three programs as `make build` does, once, and gives
// their directory, which any user may enter.
func Programs(t testing.TB) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if built.dir == "" && built.err == nil {
		built.dir, built.err = build()
	}
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

func build() (string, error) {
	sweep()
	dir, err := os.MkdirTemp(Tmp, programs)
	if err != nil {
		return "", err
	}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/latchkey-id/latchkey").Output()
	if err != nil {
		return "", fmt.Errorf("build the programs: %w", err)
	}
	profile := filepath.Join(strings.TrimSpace(string(root)), "bench", "default.pgo")
	args := []string{"build", "-trimpath", "-buildvcs=false", "-pgo=" + profile, "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}
	for _, name := range []string{"users", "auth", "latchkey"} {
		args = append(args, "github.com/latchkey-id/latchkey/cmd/"+name)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return dir, nil
}

// sweep removes what tests that were killed left behind: no test runs for an
// hour.
func sweep() {
	for _, pattern := range []string{programs + "*", DataDir + "*"} {
		left, _ := filepath.Glob(filepath.Join(Tmp, pattern)) // a good pattern
		for _, dir := range left {
			if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > time.Hour {
				_ = os.RemoveAll(dir)
			}
		}
	}
}

func removePrograms() error {
	built.Lock()
	defer built.Unlock()
	if built.dir == "" {
		return nil
	}
	return os.RemoveAll(built.dir)
}

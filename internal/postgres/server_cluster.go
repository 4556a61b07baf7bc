//go:build unix

package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// refuge holds the clusters of root whose own directory the server's user
// cannot reach, such as a checkout under /root.
const refuge = "/var/lib/latchkey"

// maxSocketPath is the shortest sun_path of the systems we know (macOS: 104
// bytes with the NUL; Linux has 108).
const maxSocketPath = 103

// cluster is a PostgreSQL data directory with what belongs to it:
//
//	<home>/data         the cluster itself
//	<home>/data.new     an initdb that was interrupted; removed
//	<home>/run          the socket, where its path is short enough
//	<home>/socket-dir   the path of the temporary directory used instead
type cluster struct {
	programs
	account
	home string
}

func (c *cluster) data() string { return filepath.Join(c.home, "data") }

func (c *cluster) exists() bool {
	_, err := os.Stat(filepath.Join(c.data(), "PG_VERSION"))
	return err == nil
}

// openCluster finds or makes the home of dir's cluster.
func openCluster(dir string) (*cluster, error) {
	link := filepath.Join(dir, "postgres")
	home, err := filepath.EvalSymlinks(link)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// Also a link to a cluster that is gone: a new one takes its place.
		return newCluster(dir, link)
	case err != nil:
		return nil, err
	}
	c := &cluster{home: home}
	if c.exists() {
		c.account, err = accountOf(c.data())
	} else {
		c.account, err = ownAccount()
	}
	return c, err
}

func newCluster(dir, link string) (*cluster, error) {
	a, err := ownAccount()
	if err != nil {
		return nil, err
	}
	c := &cluster{account: a, home: link}
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if !a.reaches(link+"/.") && !a.reaches(filepath.Join(dir, "lock")) {
		c.home = filepath.Join(refuge, strings.ToLower(rand.Text()[:12]))
		if err := os.MkdirAll(refuge, 0o711); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(c.home, 0o700); err != nil {
		return nil, err
	}
	if err := a.own(c.home); err != nil {
		return nil, err
	}
	if c.home == link {
		return c, nil
	}
	return c, os.Symlink(c.home, link)
}

// findPrograms takes the newest there are for a new cluster, and for an old one
// those of its own major version, for no other reads its files.
func (c *cluster) findPrograms(ctx context.Context) (err error) {
	if !c.exists() {
		c.programs, err = findPrograms(ctx, c.account, func(major int) bool { return major >= oldestMajor })
		return err
	}
	text, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err != nil {
		return err
	}
	made, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil {
		return fmt.Errorf("%s/PG_VERSION: %w", c.data(), err)
	}
	c.programs, err = findPrograms(ctx, c.account, func(major int) bool { return major == made })
	if err != nil {
		return fmt.Errorf("the cluster in %s was made by PostgreSQL %d, which is not there any more: %w", c.home, made, err)
	}
	return nil
}

// command prepares a program of PostgreSQL in a directory that its user may
// enter, and with none of our PG* variables.
func (c *cluster) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.dir, program), args...)
	cmd.Dir, cmd.Env = c.home, environ()
	return cmd
}

// create makes the cluster beside its place and moves it there when complete,
// so that an interrupted one is never taken for a cluster.
func (c *cluster) create(ctx context.Context, o ServerOptions) error {
	made := c.data() + ".new"
	if err := os.RemoveAll(made); err != nil {
		return err
	}
	var err error
	if o.ReplicaOf != "" {
		err = c.run(ctx, "pg_basebackup", "-D", made, "-h", o.ReplicaOf, "-p", "5432", "-U", superuser,
			"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	} else {
		err = c.initdb(ctx, made, o.Fast)
	}
	if err != nil {
		return err
	}
	return os.Rename(made, c.data())
}

// initdb makes an empty cluster. Collation C sorts by code point, lets a plain
// index serve LIKE 'prefix%', and is the same on every system. Trust is safe:
// the socket lies in a directory of mode 0700.
func (c *cluster) initdb(ctx context.Context, made string, fast bool) error {
	args := []string{"-D", made, "-U", superuser, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions"}
	if fast {
		args = append(args, "--no-sync")
	}
	return c.run(ctx, "initdb", args...)
}

// run runs a program of PostgreSQL to its end. The error has its last words.
func (c *cluster) run(ctx context.Context, program string, args ...string) error {
	cmd := c.command(program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	p, err := spawn(cmd, c.account, syscall.SIGKILL)
	if err != nil {
		return fmt.Errorf("run %s: %w", program, err)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("run %s: %w", program, ctx.Err())
	}
	if p.err != nil {
		return fmt.Errorf("run %s: %w: %s", program, p.err, lastLines(out.String()))
	}
	return nil
}

// makeSocketDir gives an empty directory that the server's user and we alone
// can enter, and whether it is a temporary one.
func (c *cluster) makeSocketDir() (dir string, temporary bool, err error) {
	note := filepath.Join(c.home, "socket-dir")
	if left, err := os.ReadFile(note); err == nil {
		_ = os.RemoveAll(string(left)) // of a server that was killed
	}
	_ = os.Remove(note)
	dir = filepath.Join(c.home, "run")
	if len(dir)+len("/.s.PGSQL.5432") <= maxSocketPath {
		if err := os.RemoveAll(dir); err != nil {
			return "", false, err
		}
		err = os.Mkdir(dir, 0o700)
	} else {
		temporary = true
		if dir, err = c.temporaryDir(); err == nil {
			err = os.WriteFile(note, []byte(dir), 0o600)
		}
	}
	if err != nil {
		return "", false, err
	}
	return dir, temporary, c.own(dir)
}

func (c *cluster) temporaryDir() (string, error) {
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		dir := filepath.Join(parent, "latchkey-1234567890")
		if len(dir)+len("/.s.PGSQL.5432") <= maxSocketPath && c.reaches(parent) {
			return os.MkdirTemp(parent, "latchkey-")
		}
	}
	return "", errors.New("there is no temporary directory with a path short enough for a unix socket: set TMPDIR")
}

// lastLines gives the end of a program's output on one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > 5 {
		lines = lines[len(lines)-5:]
	}
	return strings.Join(lines, "; ")
}

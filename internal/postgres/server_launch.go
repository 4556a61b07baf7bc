//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	readyPoll      = 5 * time.Millisecond
	previousPeriod = 10 * time.Second // for the server of an earlier run to end
	maxLogSize     = 10 << 20         // bytes; a longer log becomes postgres.log.1
)

// settings of the server; postgresql.conf stays as initdb made it.
func settings(socketDir string, o ServerOptions) []string {
	s := []string{
		"listen_addresses=", "port=5432", "unix_socket_directories=" + quoteList(socketDir),
		"unix_socket_permissions=0700", "max_connections=200", "jit=off", "timezone=UTC", "log_timezone=UTC",
		"logging_collector=off", "log_destination=stderr", "log_line_prefix=%m [%p] %q%u@%d ", "cluster_name=latchkey",
	}
	if o.Fast {
		s = append(s, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
	}
	return append(s, o.Settings...)
}

// quoteList makes one item of a comma-separated setting.
func quoteList(item string) string { return `"` + strings.ReplaceAll(item, `"`, `""`) + `"` }

// launch starts the postmaster and waits until it takes connections. Children
// of a postmaster that was killed may live a moment longer and hold its shared
// memory: the start is tried again until they are gone or ctx ends.
func (c *cluster) launch(ctx context.Context, socketDir, logFile string, o ServerOptions) (*process, error) {
	for {
		p, said, err := c.tryLaunch(ctx, socketDir, logFile, o)
		if err == nil || !strings.Contains(said, "shared memory block") {
			return p, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(10 * readyPoll):
		}
	}
}

// tryLaunch also gives what the server logged when it did not come up.
func (c *cluster) tryLaunch(ctx context.Context, socketDir, logFile string, o ServerOptions) (*process, string, error) {
	log, offset, err := openLog(logFile)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = log.Close() }()
	args := []string{"-D", c.data()}
	for _, s := range settings(socketDir, o) {
		args = append(args, "-c", s)
	}
	cmd := c.command("postgres", args...)
	cmd.Stdout, cmd.Stderr = log, log
	// SIGINT is PostgreSQL's fast shutdown: what is committed stays.
	p, err := spawn(cmd, c.account, syscall.SIGINT)
	if err != nil {
		return nil, "", err
	}
	if err := awaitReady(ctx, p, socketDir); err != nil {
		fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), killTimeout)
		defer cancel()
		if !p.signal(fresh, syscall.SIGINT) {
			p.kill()
		}
		said, _ := io.ReadAll(io.NewSectionReader(log, offset, 64<<10))
		return nil, string(said), fmt.Errorf("%w: %s", err, lastLines(string(said)))
	}
	return p, "", nil
}

func openLog(path string) (f *os.File, offset int64, err error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogSize {
		_ = os.Rename(path, path+".1")
	}
	if f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return nil, 0, err
	}
	offset, err = f.Seek(0, io.SeekEnd)
	return f, offset, err
}

// awaitReady polls until a connection succeeds.
func awaitReady(ctx context.Context, p *process, socketDir string) error {
	cfg, err := pgconn.ParseConfig(SocketURL(socketDir, superuser, "postgres"))
	if err != nil {
		return err
	}
	socket := filepath.Join(socketDir, ".s.PGSQL.5432")
	for {
		if _, err := os.Stat(socket); err == nil {
			if conn, err := pgconn.ConnectConfig(ctx, cfg); err == nil {
				return conn.Close(ctx)
			}
		}
		select {
		case <-p.done:
			return errors.New("the server ended at once")
		case <-ctx.Done():
			return fmt.Errorf("the server did not get ready: %w", ctx.Err())
		case <-time.After(readyPoll):
		}
	}
}

// endPrevious ends the server of an earlier run if it still lives. We hold the
// lock of the directory, so its own latchkey is gone.
func (c *cluster) endPrevious(ctx context.Context, log *slog.Logger) error {
	file := filepath.Join(c.data(), "postmaster.pid")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return nil //nolint:nilerr // half written by a crash; the server says so itself
	}
	if isPostmaster(pid, c.data()) {
		log.Warn("a postgresql of an earlier run is still there: ending it", "pid", pid)
		return c.endPostmaster(ctx, pid)
	}
	if syscall.Kill(pid, 0) == nil {
		// The number now belongs to a stranger, and the server would refuse to
		// start because of it. It takes its parent's number for a stale one, and
		// the rest of the file still lets it check for the old shared memory.
		return os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())+"\n"+rest), 0o600)
	}
	return nil
}

func (c *cluster) endPostmaster(ctx context.Context, pid int) error {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		_ = syscall.Kill(pid, sig) // it may end at this moment
		for deadline := time.Now().Add(previousPeriod); time.Now().Before(deadline); {
			if !isPostmaster(pid, c.data()) {
				return nil
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("wait for the PostgreSQL of an earlier run, process %d: %w", pid, ctx.Err())
			case <-time.After(readyPoll):
			}
		}
	}
	return fmt.Errorf("the PostgreSQL of an earlier run does not end: stop process %d", pid)
}

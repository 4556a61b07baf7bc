package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ClusterEnv names the directory with the unix socket of a cluster to use: port
// 5432, superuser postgres, trusted, and nothing in it worth keeping.
const ClusterEnv = "LATCHKEY_TEST_CLUSTER"

const (
	dirPrefix = "latchkey-test-"
	// shmNeeded is the free space, in bytes, that makes /dev/shm worth using.
	shmNeeded = 1 << 30
	// staleAge is how old a directory must be to be swept; a younger one may be
	// about to get its lock.
	staleAge = time.Minute
)

// connection is this process's view of the cluster.
type connection struct {
	socket   string
	admin    *pgxpool.Pool // superuser, on the maintenance database
	template string
	strategy string // how CREATE DATABASE copies, as SQL
}

// shared finds or starts the cluster and the template, once per process.
var shared = sync.OnceValues(func() (*connection, error) {
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	socket := os.Getenv(ClusterEnv)
	if socket == "" {
		s, stop, err := StartCluster(ctx)
		if err != nil {
			return nil, err
		}
		socket, stopCluster = s, stop
	}
	return open(ctx, socket)
})

// stopCluster ends the cluster that shared started, if it did.
var stopCluster func() error

func stopOwn() {
	if stopCluster == nil {
		return
	}
	if c, err := shared(); err == nil {
		c.admin.Close()
	}
	if err := stopCluster(); err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
	}
}

// StartCluster starts a cluster for tests in a temporary directory, in memory
// where there is room. It gives the directory of the socket, for ClusterEnv,
// and what stops the server and removes all trace.
func StartCluster(ctx context.Context) (socketDir string, stop func() error, err error) {
	parent := temporary()
	sweep(parent)
	dir, err := os.MkdirTemp(parent, dirPrefix)
	if err != nil {
		return "", nil, err
	}
	// As root the server runs as another user, who has to pass through.
	if err = os.Chmod(dir, 0o711); err != nil {
		return "", nil, err
	}
	server, err := postgres.StartServer(ctx, postgres.ServerOptions{Dir: dir, Fast: true})
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", nil, err
	}
	return server.SocketDir(), func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err := server.Stop(ctx)
		if removed := os.RemoveAll(dir); err == nil {
			err = removed
		}
		return err
	}, nil
}

// temporary is /dev/shm when it has room, else the system's directory.
func temporary() string {
	var st syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &st); err == nil && st.Bavail*uint64(st.Bsize) > shmNeeded {
		return "/dev/shm"
	}
	return os.TempDir()
}

// sweep removes what test processes without Main, or killed ones, left behind:
// directories whose lock is free and whose server has ended.
func sweep(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, dirPrefix+"*"))
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < staleAge {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "postgres", "data", "postmaster.pid")); err == nil {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = lock.Close()
	}
}

//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// makeDir makes the directory of a server and gives its real path. As root it
// may be passed through, not listed, by the lesser user that the server runs as.
func makeDir(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("no data directory is named")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// lockDir takes the directory for this process. The kernel gives it back when
// the process ends, however it ends; the file stays, with the last pid in it.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		// For the other's error message only, so its failure does not matter.
		_ = f.Truncate(0)
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
		return f, nil
	}
	defer func() { _ = f.Close() }()
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("start PostgreSQL: lock %s: %w", f.Name(), err)
	}
	holder, _ := io.ReadAll(io.LimitReader(f, 32))
	pid := strings.TrimSpace(string(holder))
	if pid == "" {
		pid = "unknown"
	}
	return nil, fmt.Errorf("%w: another latchkey, process %s, runs in %s", ErrInUse, pid, dir)
}

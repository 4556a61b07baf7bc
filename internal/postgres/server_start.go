//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// killTimeout is how long Stop waits after SIGQUIT, which makes no checkpoint.
const killTimeout = 5 * time.Second

// StartServer starts the PostgreSQL of this machine on a unix socket, makes its
// cluster first if there is none, and returns once it takes connections. The
// data of an earlier start in the same directory is kept, whatever ended it.
// Errors: ErrNoBinaries, ErrInUse, and what initdb or the server's log say.
func StartServer(ctx context.Context, o ServerOptions) (*Server, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, startTimeout)
		defer cancel()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := makeDir(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{lock: lock}
	if err := s.start(ctx, dir, o); err != nil {
		s.release()
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, dir string, o ServerOptions) error {
	began := time.Now()
	c, err := openCluster(dir)
	if err != nil {
		return err
	}
	if err := c.findPrograms(ctx); err != nil {
		return err
	}
	fresh := !c.exists()
	if fresh {
		if err := c.create(ctx, o); err != nil {
			return err
		}
	} else if err := c.endPrevious(ctx, o.Log); err != nil {
		return err
	}
	if s.socketDir, s.tempSocket, err = c.makeSocketDir(); err != nil {
		return err
	}
	if s.postmaster, err = c.launch(ctx, s.socketDir, filepath.Join(dir, "postgres.log"), o); err != nil {
		return err
	}
	o.Log.Info("postgresql started", "pid", s.postmaster.pid(), "version", c.major, "new_cluster", fresh,
		"data", c.data(), "took", time.Since(began).Round(time.Millisecond).String())
	return nil
}

// PID is the number of the server's first process.
func (s *Server) PID() int { return s.postmaster.pid() }

// Stop ends the server: at first with a checkpoint and as soon as the running
// statements are cancelled; when ctx ends before that, at once and with a
// recovery to come, which it reports as an error. A second call does nothing.
func (s *Server) Stop(ctx context.Context) error {
	defer s.release()
	if s.postmaster.signal(ctx, syscall.SIGINT) {
		return nil
	}
	fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), killTimeout)
	defer cancel()
	if s.postmaster.signal(fresh, syscall.SIGQUIT) {
		return errors.New("PostgreSQL did not stop in time and was ended without a checkpoint; the next start recovers")
	}
	s.postmaster.kill()
	return errors.New("PostgreSQL did not react and was killed; the next start recovers")
}

// release gives up the directory. The lock goes last.
func (s *Server) release() {
	if s.tempSocket {
		_ = os.RemoveAll(s.socketDir)
	}
	_ = s.lock.Close()
}

//go:build unix

package postgres

import (
	"context"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a child that ends with us.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // what Wait said; read it after done
}

// spawn starts cmd in a process group of its own, so that a terminal's Ctrl-C
// reaches the services and not the database under them.
//
// On Linux the kernel sends deathSignal to the child when the thread that
// forked it ends (prctl(2), PR_SET_PDEATHSIG). Go ends idle threads, so the
// goroutine that forks keeps its thread until the child has ended.
func spawn(cmd *exec.Cmd, a account, deathSignal syscall.Signal) (*process, error) {
	cmd.SysProcAttr = sysProcAttr(deathSignal)
	cmd.SysProcAttr.Setpgid = true
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal sends sig and waits until the process has ended (true) or ctx has.
func (p *process) signal(ctx context.Context, sig syscall.Signal) bool {
	if p.ended() {
		return true
	}
	_ = p.cmd.Process.Signal(sig) // it may end at this moment
	select {
	case <-p.done:
		return true
	case <-ctx.Done():
		return p.ended()
	}
}

// kill ends the process without asking.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

//go:build unix && !linux

package postgres

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// sysProcAttr has no death signal to set: after a SIGKILL of this process the
// server runs on, and the next start ends it.
func sysProcAttr(syscall.Signal) *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// isPostmaster says whether pid is a server on data, as ps(1) tells. A number
// alone proves nothing: pids are used again.
func isPostmaster(pid int, data string) bool {
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "-D "+data+" ")
}

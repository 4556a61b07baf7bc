package postgres

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

func sysProcAttr(deathSignal syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: deathSignal}
}

// isPostmaster says whether pid is a server on data. A number alone proves
// nothing: in a container the same ones come round at each start. The command
// line is readable across users, and that of a zombie is empty.
func isPostmaster(pid int, data string) bool {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return false
	}
	args := bytes.Split(line, []byte{0})
	for i := 1; i < len(args); i++ {
		if string(args[i-1]) == "-D" && string(args[i]) == data {
			return true
		}
	}
	return false
}

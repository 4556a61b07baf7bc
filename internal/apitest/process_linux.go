package apitest

import "syscall"

// processAttributes let the kernel end a program whose test was killed.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

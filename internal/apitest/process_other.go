//go:build unix && !linux

package apitest

import "syscall"

// processAttributes has no death signal to set here.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

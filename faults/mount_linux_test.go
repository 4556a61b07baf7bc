package faults_test

import (
	"strconv"
	"syscall"
)

func mountTmpfs(dir string, bytes int) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=0711,size="+strconv.Itoa(bytes))
}

func unmount(dir string) error { return syscall.Unmount(dir, 0) }

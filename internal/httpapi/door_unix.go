//go:build unix

package httpapi

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// closeDoor closes a listener and loses nobody who came in. Closing alone
// resets the connections that the kernel holds for Accept, and happens only
// once Accept has woken up; so this waits for a moment at which the queue is
// empty, and shuts the socket down at that moment.
func closeDoor(l net.Listener) {
	defer func() { _ = l.Close() }()
	t, ok := l.(*net.TCPListener)
	if !ok {
		return
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return
	}
	for range 1000 {
		shut := false
		_ = raw.Control(func(fd uintptr) {
			waiting, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			if shut = err == nil && waiting == 0; shut {
				_ = syscall.Shutdown(int(fd), syscall.SHUT_RD)
			}
		})
		if shut {
			return
		}
		time.Sleep(100 * time.Microsecond) // Accept takes them
	}
}

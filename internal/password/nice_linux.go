package password

import "golang.org/x/sys/unix"

// niceness is the kernel's lowest ordinary priority. SCHED_IDLE would be lower,
// and worse: the collector waits for threads that never run.
const niceness = 19

// lowerPriority gives the calling thread nice 19. On Linux setpriority(2) is
// about a thread, whatever POSIX says, and lowering needs no privilege. Where a
// sandbox forbids it the work runs at normal priority: slower neighbours, no
// failure, so the error is dropped.
func lowerPriority() {
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), niceness)
}

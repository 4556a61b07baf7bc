package password_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// niceOf reads a thread's nice value where the kernel keeps it: field 19 of
// stat, counted after the name in parentheses (proc_pid_stat(5)).
func niceOf(t *testing.T, tid int) string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/stat", tid))
	if err != nil {
		t.Error(err)
		return ""
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.Fields(rest)[19-3]
}

func TestWorkersAreNice(t *testing.T) {
	t.Parallel()
	p := newPool(t, 2, 0)
	for range 8 {
		var first, second int
		var nice string
		if err := p.Do(context.Background(), func() {
			first = unix.Gettid()
			nice = niceOf(t, first)
			_, _ = quickArgon2.Hash("correct horse") // in this thread too
			second = unix.Gettid()
		}); err != nil {
			t.Fatal(err)
		}
		if nice != "19" || first != second {
			t.Errorf("threads %d and %d, nice %s; want one, of nice 19", first, second, nice)
		}
	}
	if nice := niceOf(t, unix.Gettid()); nice == "19" {
		t.Error("the test's own thread is nice as well")
	}
}

package memory

import (
	"runtime"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 3100}, {1 << 20, 3100}, {8 << 20, 300}, {16 << 20, 100}, {20 << 20, 100}, {Floor, 100}, {1 << 40, 100}} {
		if got := percentFor(c.live); got != c.want {
			t.Errorf("%d bytes alive: %d %%, want %d", c.live, got, c.want)
		}
	}
}

// The pace follows the heap: back to Go's own when much is alive, and up again
// when little is.
func TestFollows(t *testing.T) {
	set := make(chan int, 100)
	p := &pacer{percent: goPercent, set: func(percent int) int { set <- percent; return 0 }}
	p.follow()
	await := func(what string, want func(percent int) bool) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		for {
			runtime.GC()
			select {
			case percent := <-set:
				if want(percent) {
					return
				}
			case <-deadline:
				t.Fatal(what)
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	await("a small heap has Go's pace", func(percent int) bool { return percent > 2*goPercent })
	much := make([]byte, 2*Floor)
	await("a large heap has another pace than Go's", func(percent int) bool { return percent == goPercent })
	runtime.KeepAlive(much)
	much = nil
	_ = much
	await("a heap that got small keeps Go's pace", func(percent int) bool { return percent > 2*goPercent })
}

// Package memory paces Go's collector for a small service under load.
//
// Go collects when the heap has doubled since the last time. A service of ours
// has some 8 MiB that live and makes 30 KiB for each request, so that it would
// collect ten times a second under load, for a tenth of its CPU. Pace lets a
// small heap grow to Floor before it is collected; a large one keeps Go's own
// pace, and so does a process with GOGC. GOMEMLIMIT is obeyed either way.
package memory

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// Floor is how far the heap grows before it is collected, in bytes.
const Floor = 32 << 20

// goPercent is Go's own pace: the heap may double.
const goPercent = 100

// settle is how long after Pace what a start leaves behind is given back.
const settle = 2 * time.Second

var once sync.Once

// Pace sets the pace of this process, once, and returns at once.
func Pace() {
	once.Do(func() {
		if os.Getenv("GOGC") != "" {
			return
		}
		p := &pacer{percent: goPercent, set: debug.SetGCPercent}
		p.follow()
		time.AfterFunc(settle, debug.FreeOSMemory)
	})
}

// pacer sets the pace anew after each collection.
type pacer struct {
	percent int // as set last
	set     func(percent int) int
}

// marker is an object of its own, which a tiny one would not be.
type marker struct{ _ [64]byte }

// follow has adjust called after each collection: something is made that nobody
// holds, and the collector tells when it is gone.
func (p *pacer) follow() {
	p.adjust(live())
	runtime.SetFinalizer(&marker{}, func(*marker) { p.follow() })
}

// adjust sets the pace for a heap of which so many bytes live. Setting it stops
// the world for a moment, so small changes are let be.
func (p *pacer) adjust(live uint64) {
	percent := percentFor(live)
	if math.Abs(float64(percent-p.percent)) > float64(p.percent)/4 {
		p.set(percent)
		p.percent = percent
	}
}

// percentFor is by how much a heap may grow, so that it is collected at Floor,
// or at double its size where that is more.
func percentFor(live uint64) int {
	live = max(live, 1<<20)
	if live >= Floor {
		return goPercent
	}
	return max(goPercent, int((Floor-live)*100/live))
}

// live is what the last collection found alive, in bytes.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

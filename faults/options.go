package faults

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"
)

// What `make faults` asks for: go test ./faults -args -full -seed 7.
var (
	full = flag.Bool("full", false, "run every fault at the length that docs/faults.md speaks of")
	soak = flag.Duration("soak", 0, "soak for so long")
	seed = flag.Uint64("seed", 0, "repeat the choices of a run: the seed that it logged")
)

// Length is short in `make test` and long in `make faults`.
func Length[T any](short, long T) T {
	if *full {
		return long
	}
	return short
}

// Soak is how long a soak takes: what -soak says, else as Length.
func Soak(short, long time.Duration) time.Duration {
	if *soak > 0 {
		return *soak
	}
	return Length(short, long)
}

// AnswerLimit is until when each request has its answer: its deadline and 100 ms. Where all tests
// run at once the test's own part is slower.
func AnswerLimit() time.Duration {
	return Deadline + Length(500*time.Millisecond, 100*time.Millisecond)
}

// Dice makes a test's choices: when to kill, what to delay. The test logs the seed that
// repeats them.
func Dice(t testing.TB) *rand.Rand {
	t.Helper()
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d makes the same choices", s)
	return rand.New(rand.NewPCG(s, 0))
}

// Package mutant holds the switches that internal/mutation writes into a program
// under test: all changes are compiled into one test binary, and the environment
// says which one of them is made. Nothing that is built for use imports it.
package mutant

import (
	"cmp"
	"os"
	"strconv"
	"sync"
)

// The variables by which the runner speaks to a test binary.
const (
	// EnvOn is the number of the change that is made; without it none is.
	EnvOn = "LATCHKEY_MUTANT"
	// EnvSeen is a file that takes the number of each change whose place is
	// reached, once each.
	EnvSeen = "LATCHKEY_MUTANTS_SEEN"
)

var (
	active = number(os.Getenv(EnvOn))
	seen   = openSeen(os.Getenv(EnvSeen))
	noted  sync.Map
)

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func openSeen(path string) *os.File {
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err) // a run whose notes are lost says nothing
	}
	return file
}

// On reports whether change n is made, and notes that its place was reached.
func On(n int) bool {
	if seen != nil {
		if _, again := noted.LoadOrStore(n, true); !again {
			_, _ = seen.WriteString(strconv.Itoa(n) + "\n")
		}
	}
	return n == active
}

// Not is v, or its opposite.
func Not(n int, v bool) bool { return v != On(n) }

// And is a && b, or a || b.
func And(n int, a bool, b func() bool) bool {
	if On(n) {
		return a || b()
	}
	return a && b()
}

// Or is a || b, or a && b.
func Or(n int, a bool, b func() bool) bool {
	if On(n) {
		return a && b()
	}
	return a || b()
}

// Wide is a strict comparison, or one that takes equal ones, too.
func Wide(n int, v bool, equal func() bool) bool { return v || On(n) && equal() }

// Strict is a comparison that takes equal ones, or one that does not.
func Strict(n int, v bool, equal func() bool) bool { return v && !(On(n) && equal()) }

// Number is what can be reckoned with.
type Number interface {
	cmp.Ordered
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// Add is a + b, or a - b.
func Add[T Number](n int, a, b T) T {
	if On(n) {
		return a - b
	}
	return a + b
}

// Sub is a - b, or a + b.
func Sub[T Number](n int, a, b T) T {
	if On(n) {
		return a + b
	}
	return a - b
}

// Mul is a * b, or a / b.
func Mul[T Number](n int, a, b T) T {
	if On(n) {
		return a / b
	}
	return a * b
}

// Quo is a / b, or a * b.
func Quo[T Number](n int, a, b T) T {
	if On(n) {
		return a * b
	}
	return a / b
}

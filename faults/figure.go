package faults

import (
	"cmp"
	"fmt"
	"testing"
	"time"
)

// Figure puts what a test measured beside its line of the report. The name is words with
// underscores between them.
func Figure(t testing.TB, name string, value any) {
	t.Helper()
	text := fmt.Sprint(value)
	if d, ok := value.(time.Duration); ok {
		text = d.Round(precision(d)).String()
	}
	t.Attr(name, text)
	t.Logf("%s: %s", name, text)
}

// precision leaves three or four digits.
func precision(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return 10 * time.Millisecond
	case d > 10*time.Millisecond:
		return time.Millisecond
	}
	return 10 * time.Microsecond
}

// Within is Figure for what must stay below a bound.
func Within[T cmp.Ordered](t testing.TB, name string, value, bound T) {
	t.Helper()
	Figure(t, name, value)
	if value >= bound {
		t.Errorf("%s: %v, and should stay below %v", name, value, bound)
	}
}

// None is Figure for what must not happen.
func None(t testing.TB, name string, count int) {
	t.Helper()
	Figure(t, name, count)
	if count != 0 {
		t.Errorf("%s: %d, and should be none", name, count)
	}
}

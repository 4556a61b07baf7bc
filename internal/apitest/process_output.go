package apitest

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// Output is what a program has written so far.
type Output struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // closed and replaced with each write
}

func newOutput() *Output { return &Output{changed: make(chan struct{})} }

// Write takes what the program wrote.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(b)
}

// String is all of it.
func (o *Output) String() string {
	text, _ := o.now()
	return text
}

// Lines are the lines that are not empty.
func (o *Output) Lines() []string {
	var lines []string
	for line := range strings.Lines(o.String()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// tail is the end of it, which is where programs say why.
func (o *Output) tail() string {
	const most = 4 << 10
	text := o.String()
	if len(text) <= most {
		return text
	}
	return "…" + text[len(text)-most:]
}

func (o *Output) now() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.changed
}

// AwaitLine waits until the program has written a whole line that begins with
// prefix to stdout, and gives it. It fails the test when the program ends, or
// when it takes longer.
func (p *Process) AwaitLine(t testing.TB, prefix string, within time.Duration) string {
	t.Helper()
	timeout := time.After(within)
	for ended := false; ; {
		text, changed := p.Stdout.now()
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, prefix) && strings.HasSuffix(line, "\n") {
				return strings.TrimSpace(line)
			}
		}
		if ended {
			t.Fatalf("%s ended without the line %q\n%s%s", p.name, prefix, p.Stdout, p.Stderr)
		}
		select {
		case <-changed:
		case <-p.done:
			ended = true // one more look
		case <-timeout:
			t.Fatalf("%s wrote no line %q in %s\n%s%s", p.name, prefix, within, p.Stdout, p.Stderr)
		}
	}
}

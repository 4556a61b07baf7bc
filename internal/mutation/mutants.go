package main

import (
	"fmt"
	"slices"
	"strings"
)

// The outcomes of a change.
const (
	killed     = "killed"
	timedOut   = "timed out" // it made a test hang: noticed, too
	survived   = "survived"
	notCovered = "not covered"
)

// change is one that is made to the code.
type change struct {
	ID       int    `json:"-"`
	Package  string `json:"package"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Function string `json:"function"`
	Change   string `json:"change"`
	Source   string `json:"source"` // the line, or its beginning
	Outcome  string `json:"outcome"`
	By       string `json:"by,omitempty"`     // the test that noticed
	Argued   string `json:"argued,omitempty"` // why no test can
}

// Place is where it is made.
func (m *change) Place() string { return fmt.Sprintf("%s/%s:%d", m.Package, m.File, m.Line) }

// key says which change it is, wherever the lines of its file move to.
func (m *change) key() string {
	return strings.Join([]string{m.Package + "/" + m.File, m.Function, m.Change, m.Source}, " | ")
}

// String is for people.
func (m *change) String() string {
	return fmt.Sprintf("%s %s: %s: %s", m.Place(), m.Function, m.Change, m.Source)
}

// insertion is text that goes into a file, in place of some or of none.
type insertion struct {
	at, end int // offsets
	text    string
	depth   int  // how long the node is that it is for
	closing bool // it ends a node
}

// insert writes all of them into a file. Where several begin at one place, that of
// the longest node is the outermost.
func insert(text []byte, all []insertion) []byte {
	slices.SortStableFunc(all, func(a, b insertion) int {
		switch {
		case a.at != b.at:
			return a.at - b.at
		case a.closing != b.closing:
			if a.closing {
				return -1
			}
			return 1
		case a.closing:
			return a.depth - b.depth
		}
		return b.depth - a.depth
	})
	var out []byte
	last := 0
	for _, i := range all {
		out = append(out, text[last:i.at]...)
		out = append(out, i.text...)
		last = i.end
	}
	return append(out, text[last:]...)
}

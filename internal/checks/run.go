package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// event is a line of `go test -json`, as `go doc test2json` has it.
type event struct {
	Time                    time.Time
	Action, Package, Test   string
	Output, Key, Value      string
	Elapsed                 float64
	ImportPath, FailedBuild string
}

// figure is what a test measured.
type figure struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// test is a test with what became of it.
type test struct {
	Package string   `json:"package"`
	Name    string   `json:"name"`
	Result  string   `json:"result"` // pass, fail, skip; empty where it did not end
	Seconds float64  `json:"seconds"`
	Figures []figure `json:"figures,omitempty"`
	output  strings.Builder
}

// run is what the tests told.
type run struct {
	tests map[string]*test // by package and name
	order []*test
	// broken is what packages told that failed without a test that did.
	broken strings.Builder
	failed bool
}

// readRun reads the events of a run.
func readRun(from io.Reader) (*run, error) {
	r := &run{tests: map[string]*test{}}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("not a line of go test -json: %w: %.200s", err, lines.Text())
		}
		r.take(e)
	}
	return r, lines.Err()
}

// take notes an event. What a subtest tells, its test has told.
func (r *run) take(e event) {
	if e.Test == "" {
		r.failed = r.failed || e.Action == "fail" || e.Action == "build-fail"
		if e.Output != "" && e.Action != "start" {
			r.broken.WriteString(e.Output)
		}
		return
	}
	top, _, sub := strings.Cut(e.Test, "/")
	t := r.of(e.Package, top)
	switch e.Action {
	case "output":
		t.output.WriteString(e.Output)
	case "attr":
		t.Figures = append(t.Figures, figure{e.Key, e.Value})
	case "skip":
		t.Result = "skip" // a part that is left out leaves the whole unproved
	case "pass", "fail":
		if sub {
			return
		}
		if t.Result != "skip" || e.Action == "fail" {
			t.Result = e.Action
		}
		t.Seconds = e.Elapsed
	}
}

func (r *run) of(pkg, name string) *test {
	key := pkg + "." + name
	if r.tests[key] == nil {
		r.tests[key] = &test{Package: pkg, Name: name}
		r.order = append(r.order, r.tests[key])
	}
	return r.tests[key]
}

package result

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Benchstat writes a run in the format of Go's benchmarks, a line for each round,
// each cold start and each primitive, so that benchstat can tell a change from
// noise. It returns the writer's error.
//
// Of the run only what must be the same for a comparison to mean anything stands
// in the head: benchstat compares nothing across heads that differ.
func (r *Run) Benchstat(w io.Writer) error {
	var text bytes.Buffer
	system, _, _ := strings.Cut(r.Machine.OS, " ")
	fmt.Fprintf(&text, "goos: %s\ncpu: %s\ncpus: %d\n", oneLine(system), oneLine(r.Machine.CPU), r.Machine.CPUs)
	// In the order of benchstat's tables; ns become seconds there.
	for _, unit := range []string{"cpu-ns/op", "pg-ns/op", "p50-ns", "p99-ns", "errors"} {
		fmt.Fprintf(&text, "Unit %s better=lower\n", unit)
	}
	fmt.Fprint(&text, "Unit statements/op better=lower assume=exact\n")
	for _, o := range r.Operations {
		for _, round := range o.Rounds {
			if round.Requests > 0 {
				line(&text, fmt.Sprintf("%s/variant=%s/c=%d", camel(o.Name), word(o.Variant), o.Concurrency), round.Requests, o.samples(round)...)
			}
		}
	}
	for _, p := range r.Programs {
		for _, ms := range p.ColdStart {
			line(&text, "ColdStart/program="+word(p.Name), 1, sample{ms * 1e6, "ns/op"})
		}
	}
	for _, p := range r.Primitives {
		line(&text, "Primitive/of="+word(p.Name), 1, sample{p.CPU * 1e3, "cpu-ns/op"})
	}
	_, err := w.Write(text.Bytes())
	return err
}

// sample is one figure of a line.
type sample struct {
	x    float64
	unit string
}

// samples are one round's. Its ns/op is wall-clock time over requests, as
// testing.B's of a parallel benchmark.
func (o Operation) samples(r Round) []sample {
	return []sample{
		{r.Seconds * 1e9 / float64(r.Requests), "ns/op"},
		{r.Server() * 1e3, "cpu-ns/op"},
		{r.Postgres() * 1e3, "pg-ns/op"},
		{r.Latency.P50 * 1e6, "p50-ns"},
		{r.Latency.P99 * 1e6, "p99-ns"},
		{float64(r.Errors), "errors"},
		{o.Statements + o.Commands, "statements/op"},
	}
}

// line writes one measurement. What is 0 is left out, as benchstat has no ratio
// to it; and so is a line of which nothing is left.
func line(w io.Writer, name string, times int64, samples ...sample) {
	samples = slices.DeleteFunc(samples, func(s sample) bool { return !finite(s.x) || s.x == 0 })
	if len(samples) == 0 {
		return
	}
	fmt.Fprintf(w, "Benchmark%s %d", name, times)
	for _, s := range samples {
		fmt.Fprintf(w, " %.10g %s", s.x, s.unit)
	}
	fmt.Fprintln(w)
}

// camel makes "GET /users/{user}" GetUsersUser.
func camel(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if w == strings.ToUpper(w) {
			w = strings.ToLower(w)
		}
		letters := []rune(w)
		letters[0] = unicode.ToUpper(letters[0])
		words[i] = string(letters)
	}
	return strings.Join(words, "")
}

// word is a name without what ends a benchmark's name, or one of its parts. A
// number after a hyphen at the end would be taken for GOMAXPROCS.
func word(name string) string {
	return strings.NewReplacer(" ", "_", "/", "_", "=", "_", "-", "_", "\n", "_").Replace(name)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

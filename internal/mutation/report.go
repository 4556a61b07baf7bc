package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// least is how many of the changes, in percent, some test has to notice in each
// package.
const least = 85

// tally is what became of the changes of a package.
type tally struct {
	Tried      int     `json:"tried"`
	Killed     int     `json:"killed"`
	TimedOut   int     `json:"timed_out"`
	Survived   int     `json:"survived"`
	NotCovered int     `json:"not_covered"`
	Argued     int     `json:"argued"`  // of those that survived or are not covered
	Percent    float64 `json:"percent"` // noticed, of all that were tried
}

func (t *tally) count(m *change) {
	t.Tried++
	*map[string]*int{killed: &t.Killed, timedOut: &t.TimedOut, survived: &t.Survived, notCovered: &t.NotCovered}[m.Outcome]++
	if m.Argued != "" {
		t.Argued++
	}
	t.Percent = float64(10_000*(t.Killed+t.TimedOut)/t.Tried) / 100
}

// result is a run.
type result struct {
	Seed     string            `json:"seed"`
	Fraction float64           `json:"fraction"`
	Of       int               `json:"of"` // changes that there are
	Seconds  int               `json:"seconds"`
	Packages map[string]*tally `json:"packages"`
	Changes  []*change         `json:"changes"`
}

// report writes the run, for programs and for people, and fails where too little
// was noticed.
func report(o options, of int, tried []*change, took time.Duration) error {
	reasons, err := argued(o.argued)
	if err != nil {
		return err
	}
	r := result{Seed: o.seed, Fraction: o.fraction, Of: of, Seconds: int(took.Seconds()), Packages: map[string]*tally{}, Changes: tried}
	for _, m := range tried {
		if m.Outcome == survived || m.Outcome == notCovered {
			m.Argued = reasons[m.key()]
		}
		for _, name := range []string{m.Package, "all"} {
			if r.Packages[name] == nil {
				r.Packages[name] = &tally{}
			}
			r.Packages[name].count(m)
		}
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.out, "result.json"), append(data, '\n'), 0o644); err != nil {
		return err
	}
	text := r.text()
	fmt.Print("\n" + text)
	if err := os.WriteFile(filepath.Join(o.out, "result.txt"), []byte(text), 0o644); err != nil {
		return err
	}
	return r.enough()
}

func (r result) enough() error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(r.Packages)) {
		if t := r.Packages[name]; t.Percent < least {
			wrong = append(wrong, fmt.Errorf("%s: %.1f %% were noticed, less than %d", name, t.Percent, least))
		}
	}
	return errors.Join(wrong...)
}

func (r result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d changes (fraction %g, seed %s) in %s\n\n", len(r.Changes), r.Of, r.Fraction, r.Seed, time.Duration(r.Seconds)*time.Second)
	fmt.Fprintf(&b, "%-20s %6s %7s %10s %9s %12s %7s %9s\n", "package", "tried", "killed", "timed out", "survived", "not covered", "argued", "noticed")
	names := slices.Sorted(maps.Keys(r.Packages))
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	for _, name := range names {
		t := r.Packages[name]
		fmt.Fprintf(&b, "%-20s %6d %7d %10d %9d %12d %7d %7.1f %%\n", name, t.Tried, t.Killed, t.TimedOut, t.Survived, t.NotCovered, t.Argued, t.Percent)
	}
	for _, outcome := range []string{survived, notCovered} {
		fmt.Fprintf(&b, "\n%s:\n", outcome)
		for _, m := range r.Changes {
			if m.Outcome == outcome {
				why := ""
				if m.Argued != "" {
					why = "  -- " + m.Argued
				}
				fmt.Fprintf(&b, "  %s%s\n", m, why)
			}
		}
	}
	return b.String()
}

// argued reads the page's tables: file, function, change, source, reason. A bar in
// the source is written \|, as Markdown wants it.
func argued(page string) (map[string]string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) != 7 || !strings.Contains(cells[1], ".go") {
			continue
		}
		for i, c := range cells {
			cells[i] = strings.Trim(strings.ReplaceAll(strings.TrimSpace(c), "\x00", "|"), "`")
		}
		reasons[strings.Join(cells[1:5], " | ")] = cells[5]
	}
	return reasons, nil
}

package main

import (
	"fmt"
	"io"
	"strings"
)

// Verdicts of a line.
const (
	holds   = "holds"
	argued  = "argued" // it does not apply, and the table says why
	fails   = "fails"
	skipped = "skipped"
	missing = "missing" // no test has its name
)

// result is a line with its verdict.
type result struct {
	check
	Verdict string  `json:"verdict"`
	Tests   []*test `json:"tests"`
}

// judge gives each line its verdict.
func judge(checks []check, r *run) []result {
	tests := map[string][]*test{}
	for _, t := range r.order {
		for _, id := range checksOf(t.Name) {
			tests[id] = append(tests[id], t)
		}
	}
	all := make([]result, len(checks))
	for i, c := range checks {
		all[i] = result{check: c, Tests: tests[c.ID], Verdict: verdict(c, tests[c.ID])}
	}
	return all
}

func verdict(c check, tests []*test) string {
	v := holds
	for _, t := range tests {
		switch t.Result {
		case "pass":
		case "skip":
			v = skipped
		default:
			return fails
		}
	}
	switch {
	case len(tests) > 0:
		return v
	case c.Argued != "":
		return argued
	}
	return missing
}

// tell writes what was measured and what did not hold, and gives how many lines hold or
// are argued.
func tell(to io.Writer, results []result) (good int) {
	for _, r := range results {
		if r.Verdict == holds || r.Verdict == argued {
			good++
		}
		fmt.Fprintf(to, "%-4s %-8s %s\n", r.ID, r.Verdict, plain(r.Promise))
		for _, t := range r.Tests {
			fmt.Fprintf(to, "       %s (%.1f s)%s\n", t.Name, t.Seconds, figures(t))
			if t.Result != "pass" {
				fmt.Fprintf(to, "%s\n", strings.TrimRight(t.output.String(), "\n"))
			}
		}
	}
	return good
}

func figures(t *test) string {
	var b strings.Builder
	for _, f := range t.Figures {
		fmt.Fprintf(&b, "  %s: %s", strings.ReplaceAll(f.Name, "_", " "), f.Value)
	}
	return b.String()
}

// plain takes the marks of code away.
func plain(markdown string) string { return strings.ReplaceAll(markdown, "`", "") }

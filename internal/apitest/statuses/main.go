// Command statuses tells which of the statuses and error codes that the
// specifications declare, and which of their examples of errors, no test has
// produced:
//
//	go run ./internal/apitest/statuses -seen bin/statuses -table bin/statuses.txt
//
// What was produced is what apitest's clients have noted, in files of lines of
// service, operation, status, code and words. It exits with 1 where something is
// missing.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

func main() {
	seen := flag.String("seen", "bin/statuses", "the directory of LATCHKEY_STATUSES")
	table := flag.String("table", "bin/statuses.txt", "where the whole table goes")
	flag.Parse()
	missing, err := run(*seen, *table)
	if err != nil {
		fmt.Fprintln(os.Stderr, "statuses:", err)
		os.Exit(2)
	}
	if missing > 0 {
		os.Exit(1)
	}
}

// run writes the table, prints what is missing, and counts it.
func run(dir, table string) (missing int, err error) {
	seen, err := read(dir)
	if err != nil {
		return 0, err
	}
	var text strings.Builder
	for _, kind := range kinds {
		produced, declared := 0, 0
		for _, o := range slices.Concat(apitest.Operations("users"), apitest.Operations("auth")) {
			for _, what := range kind.declared(o) {
				declared++
				if seen[fact{o.Service, o.ID, what}] {
					produced++
					fmt.Fprintln(&text, "produced", o.Service, o.ID, what)
					continue
				}
				fmt.Fprintln(&text, "missing ", o.Service, o.ID, what)
				fmt.Println("no test produced", o.Service, o.ID, what)
			}
		}
		missing += declared - produced
		total := fmt.Sprintf("%d of %d %s produced", produced, declared, kind.name)
		fmt.Fprintln(&text, total)
		fmt.Println(total)
	}
	return missing, os.WriteFile(table, []byte(text.String()), 0o600)
}

// kinds are what a specification declares that an answer can show to be true.
var kinds = []struct {
	name     string
	declared func(apitest.Operation) []string
}{
	{"declared statuses", apitest.Operation.Statuses},
	{"declared error codes", func(o apitest.Operation) []string { return o.Codes }},
	{"examples of errors", func(o apitest.Operation) (all []string) {
		examples := o.ErrorExamples()
		for _, status := range slices.Sorted(maps.Keys(examples)) {
			all = append(all, status+" "+examples[status])
		}
		return all
	}},
}

// fact is that an operation has answered with a status, or with a code.
type fact struct{ service, operation, what string }

func read(dir string) (map[fact]bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "seen-*"))
	if err != nil {
		return nil, err
	}
	seen := map[fact]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			noted := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(noted) != 5 {
				continue // a process that was killed
			}
			for _, what := range []string{noted[2], noted[3], noted[2] + " " + noted[4]} {
				seen[fact{noted[0], noted[1], what}] = true
			}
		}
	}
	return seen, nil
}

package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	table := flag.String("table", "", "Markdown page with the table of checks")
	out := flag.String("out", "", "directory for index.html and results.json")
	title := flag.String("title", "Checks", "title of the page")
	some := flag.Bool("some", false, "leave out the lines of which no test was run")
	flag.Parse()
	if *table == "" || *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := report(os.Stdin, os.Stdout, *table, *out, *title, *some); err != nil {
		fmt.Fprintln(os.Stderr, "checks:", err)
		os.Exit(1)
	}
}

// report judges the run that it reads, writes both files, and fails where a line does not
// hold.
func report(from io.Reader, to io.Writer, table, out, title string, some bool) error {
	checks, err := readTable(table)
	if err != nil {
		return err
	}
	r, err := readRun(from)
	if err != nil {
		return err
	}
	results := judge(checks, r)
	if some {
		results = slices.DeleteFunc(results, func(r result) bool { return len(r.Tests) == 0 })
	}
	good := tell(to, results)
	if err := write(out, title, results); err != nil {
		return err
	}
	summary := fmt.Sprintf("%d of %d hold or are argued; %s", good, len(results), filepath.Join(out, "index.html"))
	if good < len(results) || r.failed {
		if good == len(results) {
			fmt.Fprint(to, r.broken.String())
		}
		return errors.New(summary)
	}
	_, err = fmt.Fprintln(to, summary)
	return err
}

// write writes the results for people and for programs.
func write(dir, title string, results []result) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), append(data, '\n'), 0o644); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, "index.html"))
	if err != nil {
		return err
	}
	return errors.Join(page.Execute(file, view{Title: title, Results: results}), file.Close())
}

// The program compare shows by how much two runs of the benchmark differ, and
// whether that is more than noise: it gives their rounds to benchstat.
//
//	go run ./bench/compare OLD.json NEW.json
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/latchkey-id/latchkey/bench/result"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/compare OLD.json NEW.json")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := compare(ctx, os.Stdout, os.Args[1], os.Args[2])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// Five rounds put the median between the least and the most of them with a
// probability of 0.94: benchstat's own 0.95 asks for six.
const confidence = "-confidence=0.93"

// compare writes what benchstat says of two runs' files.
func compare(ctx context.Context, w io.Writer, paths ...string) error {
	dir, err := os.MkdirTemp("", "bench-compare-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var runs []*result.Run
	arguments := []string{"tool", "-modfile=bench.mod", "benchstat", confidence}
	for i, name := range []string{"old", "new"} {
		run, err := result.Read(paths[i])
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		if err := rewrite(run, path); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: %s, commit %s of %s, %d rounds of %g s, %d × %s, %s, PostgreSQL %s\n", name, paths[i], run.Commit,
			run.Began.UTC().Format(time.DateTime), run.Settings.Rounds, run.Settings.Seconds,
			run.Machine.CPUs, run.Machine.CPU, run.Machine.Go, run.Machine.PostgreSQL)
		runs, arguments = append(runs, run), append(arguments, name+"="+path)
	}
	for _, line := range differences(runs[0], runs[1]) {
		fmt.Fprintln(w, "differs:", line)
	}
	fmt.Fprintln(w)
	return benchstat(ctx, w, arguments)
}

// rewrite writes a run in benchstat's format.
func rewrite(run *result.Run, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := run.Benchstat(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

// differences are what makes numbers differ that is not the code.
func differences(old, now *result.Run) (lines []string) {
	for _, d := range []struct {
		what     string
		old, now any
	}{
		{"CPU", fmt.Sprint(old.Machine.CPUs, " × ", old.Machine.CPU), fmt.Sprint(now.Machine.CPUs, " × ", now.Machine.CPU)},
		{"system", old.Machine.OS, now.Machine.OS},
		{"PostgreSQL", old.Machine.PostgreSQL, now.Machine.PostgreSQL},
		{"users", old.Settings.Users, now.Settings.Users},
		{"sessions", old.Settings.Sessions, now.Settings.Sessions},
		{"seconds of a round", old.Settings.Seconds, now.Settings.Seconds},
	} {
		if d.old != d.now {
			lines = append(lines, fmt.Sprintf("%s: %v, then %v", d.what, d.old, d.now))
		}
	}
	return lines
}

// benchstat runs the tool that bench.mod pins, at the root of the module.
func benchstat(ctx context.Context, w io.Writer, arguments []string) error {
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	var faults strings.Builder
	tool := exec.CommandContext(ctx, "go", arguments...)
	tool.Dir = filepath.Dir(strings.TrimSpace(string(module)))
	tool.Stdout, tool.Stderr = w, &faults
	if err := tool.Run(); err != nil {
		return fmt.Errorf("benchstat: %w: %s", err, faults.String())
	}
	return nil
}

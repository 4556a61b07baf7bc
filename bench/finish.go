package main

import (
	"bufio"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/bench/result"
)

// finish describes the machine, holds the targets against what was measured,
// and writes it all: to the terminal, for machines and as a page.
func (b *benchmark) finish(ctx context.Context) error {
	if b.profiles != "" {
		return nil
	}
	r := b.found
	b.notePeaks()
	for i := range r.Programs {
		r.Programs[i].PeakRSS = map[string]float64{"auth": b.peakAuth, "users": b.peakUsers}[r.Programs[i].Name]
	}
	for _, name := range []string{rsaSignature, ecdsaSignature, bcrypt10, bcrypt12} {
		r.Primitives = append(r.Primitives, b.primitives[name].measure(3*time.Second, 0))
	}
	if err := b.describe(ctx); err != nil {
		return err
	}
	r.Targets = targets(r)
	r.Took = time.Since(r.Began).Seconds()
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return err
	}
	if err := r.Write(filepath.Join(b.out, "result.json")); err != nil {
		return err
	}
	page, err := os.Create(filepath.Join(b.out, "index.html"))
	if err != nil {
		return err
	}
	if err := r.Page(page); err != nil {
		return err
	}
	if err := page.Close(); err != nil {
		return err
	}
	return r.Text(os.Stdout)
}

func (b *benchmark) describe(ctx context.Context) error {
	r := b.found
	r.Machine = result.Machine{CPU: processor(), CPUs: runtime.NumCPU(), Go: runtime.Version(), OS: said("uname", "-sr") + autogroups()}
	r.Commit = said("git", "describe", "--always", "--dirty=+")
	if err := b.admin.QueryRow(ctx, "SHOW server_version").Scan(&r.Machine.PostgreSQL); err != nil {
		return err
	}
	const counts = "SELECT (SELECT count(*) FROM users.users), (SELECT count(*) FROM auth.sessions)"
	return b.admin.QueryRow(ctx, counts).Scan(&r.Settings.Users, &r.Settings.Sessions)
}

// processor is the CPU's name, as Linux has it.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// autogroups tells of a Linux that shares the CPU out between terminal sessions
// first, and by nice within one only: hashing then slows others (docs/performance.md).
func autogroups() string {
	if said("cat", "/proc/sys/kernel/sched_autogroup_enabled") == "1" {
		return ", sched_autogroup_enabled"
	}
	return ""
}

// said is what a program answers, or nothing where it is not there.
func said(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func round2(x float64) float64 { return math.Round(100*x) / 100 }

package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrometheus(t *testing.T) {
	t.Parallel()
	const file = "prometheus/prometheus.yml"
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatalf("%v: install it (apt-get install prometheus)", err)
	}
	if out, err := exec.CommandContext(t.Context(), program, "check", "config", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// Each service of the compose file, at the port for operators that the image has.
	ops := map[string]string{}
	for _, entry := range dockerEnv(t) {
		name, value, _ := strings.Cut(entry, "=")
		if service, found := strings.CutSuffix(name, "_OPS_ADDR"); found {
			ops[strings.ToLower(service)] = strings.ToLower(service) + value
		}
	}
	jobs := list(documents(t, file)[0], "scrape_configs")
	if len(jobs) != len(ops) {
		t.Errorf("%d jobs for %d services", len(jobs), len(ops))
	}
	for _, job := range jobs {
		service := strings.TrimPrefix(text(job, "job_name"), "latchkey-")
		if target := text(job, "static_configs", 0, "targets", 0); target == "" || target != ops[service] {
			t.Errorf("%s is scraped at %q, and listens at %q", service, target, ops[service])
		}
	}
}

// systemd reads its units as it does at start-up, and judges how confined they
// are: 0 is best, 10 worst; a unit without a line on it has 9.6.
func TestSystemd(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Fatalf("%v: install it (apt-get install systemd)", err)
	}
	units, err := filepath.Glob("systemd/*.service")
	if err != nil || len(units) != 3 {
		t.Fatalf("%d units, %v", len(units), err)
	}
	dir := t.TempDir()
	for _, name := range []string{"auth", "users", "latchkey"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o700); err != nil { // a program
			t.Fatal(err)
		}
	}
	var copies []string
	for _, unit := range units {
		content, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		// A program must be there for systemd to find the unit good.
		placed := strings.ReplaceAll(string(content), "/usr/local/lib/latchkey/", dir+"/")
		copies = append(copies, filepath.Join(dir, filepath.Base(unit)))
		if err := os.WriteFile(copies[len(copies)-1], []byte(placed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// It complains on standard error, and may exit with 0 all the same.
	out, err := exec.CommandContext(t.Context(), program, append([]string{"verify", "--man=no"}, copies...)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), dir) {
		t.Errorf("%v\n%s", err, out)
	}
	for _, unit := range copies {
		out, err := exec.CommandContext(t.Context(), program, "security", "--offline=true", "--no-pager", "--threshold=20", unit).CombinedOutput()
		if err != nil {
			t.Errorf("%s is exposed by more than 2.0: %v\n%s", filepath.Base(unit), err, out)
		}
	}
}

// What hashes passwords lowers its own threads (HASH_NICE): the users service
// may not be denied that, which the group @resources of systemd stands for.
func TestSystemdLetsHashingBeNice(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("systemd/latchkey-users.service")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "SystemCallFilter=~") && strings.Contains(line, "@resources") {
			t.Errorf("setpriority is denied: %s", line)
		}
	}
}

package deploy_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rule is one of deploy/prometheus/rules: it records or it alerts.
type rule struct {
	file, record, alert, expr string
	labels, annotations       object
}

func rules(t *testing.T) []rule {
	t.Helper()
	files, err := filepath.Glob("prometheus/rules/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files of rules, %v", len(files), err)
	}
	var all []rule
	for _, file := range files {
		for _, group := range list(documents(t, file)[0], "groups") {
			for _, r := range list(group, "rules") {
				labels, _ := at(r, "labels").(object)
				annotations, _ := at(r, "annotations").(object)
				all = append(all, rule{file, text(r, "record"), text(r, "alert"), text(r, "expr"), labels, annotations})
			}
		}
	}
	return all
}

func alerts(t *testing.T) map[string]rule {
	t.Helper()
	all := map[string]rule{}
	for _, r := range rules(t) {
		if r.alert == "" {
			continue
		}
		if _, twice := all[r.alert]; twice {
			t.Errorf("there are two alarms %s", r.alert)
		}
		all[r.alert] = r
	}
	return all
}

// promtool runs it and fails with what it says.
func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatalf("%v: install it (apt-get install prometheus)", err)
	}
	if out, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

// TestRules: promtool reads the rules without a complaint, and finds them to
// fire and be silent as deploy/prometheus/tests has it.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, r := range rules(t) {
		if r.record != "" && !strings.HasPrefix(r.record, "latchkey:") {
			t.Errorf("%s is recorded: latchkey:… is ours", r.record)
		}
	}
	files, err := filepath.Glob("prometheus/rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	promtool(t, append([]string{"check", "rules"}, files...)...)
	cases, err := filepath.Glob("prometheus/tests/*.yml")
	if err != nil || len(cases) < 3 {
		t.Fatalf("%d files of tests, %v", len(cases), err)
	}
	for _, file := range cases {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			promtool(t, "test", "rules", file)
		})
	}
}

// TestAlertsAreTested: each alarm is expected in some test, and the healthy
// deployment has every metric that one goes by.
func TestAlertsAreTested(t *testing.T) {
	t.Parallel()
	firing, healthy := map[string]bool{}, map[string]bool{}
	files, err := filepath.Glob("prometheus/tests/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`alertname="(\w+)"`)
	for _, file := range files {
		for _, one := range list(documents(t, file)[0], "tests") {
			for _, check := range list(one, "promql_expr_test") {
				for _, sample := range list(check, "exp_samples") {
					if match := named.FindStringSubmatch(text(sample, "labels")); match != nil {
						firing[match[1]] = true
					}
				}
			}
		}
	}
	for _, series := range list(documents(t, "prometheus/tests/healthy.yml")[0], "tests", 0, "input_series") {
		name, _, _ := strings.Cut(text(series, "series"), "{")
		healthy[name] = true
	}
	for name, r := range alerts(t) {
		if !firing[name] {
			t.Errorf("no test has %s fire", name)
		}
		for _, s := range tokenize(r.expr).selectors() {
			if !healthy[s.metric] && !strings.HasPrefix(s.metric, "latchkey:") {
				t.Errorf("%s goes by %s, which tests/healthy.yml has not", name, s.metric)
			}
		}
	}
}

// TestRunbook: an entry for each alarm and no other, to which the alarm links;
// the entry says how urgent it is.
func TestRunbook(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, entry := range strings.Split(string(page), "\n### ")[1:] {
		name, body, _ := strings.Cut(entry, "\n")
		entries[name], _, _ = strings.Cut(body, "\n## ")
	}
	all := alerts(t)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if _, ok := all[name]; !ok {
			t.Errorf("docs/runbook.md has an entry for %s, which is no alarm", name)
		}
	}
	const base = "https://github.com/latchkey-id/latchkey/blob/main/docs/runbook.md#"
	for name, r := range all {
		severity := text(r.labels, "severity")
		if severity != "page" && severity != "ticket" {
			t.Errorf("%s: severity %q", name, severity)
		}
		if text(r.annotations, "summary") == "" || text(r.annotations, "description") == "" {
			t.Errorf("%s has no summary or no description", name)
		}
		if got, want := text(r.annotations, "runbook_url"), base+strings.ToLower(name); got != want {
			t.Errorf("%s links to %q, want %q", name, got, want)
		}
		for _, part := range []string{"- **Means (" + severity + ")**:", "- **Users notice**:", "- **Look**:", "- **Likely**:", "- **Do**:", "- **Over**:"} {
			if !strings.Contains(entries[name], part) {
				t.Errorf("docs/runbook.md, %s lacks %q", name, part)
			}
		}
	}
}

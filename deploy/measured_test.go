package deploy_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// everything is all that rules and boards may name: a scrape of both services
// after a sign-in; the table of docs/metrics.md, which a test in
// internal/observe makes from scrapes, for what is measured on occasion only;
// what the rules record; and Prometheus's own up.
func everything(t *testing.T) measured {
	t.Helper()
	all := measured{"up": {labels: []string{"job", "instance"}}}
	page, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(latchkey_\\w+)` \\| (\\w+) \\| (.*?) \\| (?:both|auth|users) \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 30 {
		t.Fatalf("docs/metrics.md has %d metrics", len(rows))
	}
	for _, row := range rows {
		all.add(row[1], row[2], strings.Fields(strings.NewReplacer("`", "", ",", "").Replace(row[3])), nil)
	}
	for _, scrape := range scraped(t) {
		for name, family := range scrape {
			labels, bounds := labelsOf(family)
			all.add(name, strings.ToLower(family.GetType().String()), labels, bounds)
		}
	}
	for range 2 { // some are recorded from others
		for _, r := range rules(t) {
			if r.record != "" {
				all.add(r.record, "gauge", slices.Concat(all.recorded(r), slices.Collect(maps.Keys(r.labels))), nil)
			}
		}
	}
	return all
}

// scraped are both services' metrics after a registration and a sign-in.
func scraped(t *testing.T) []apitest.Metrics {
	t.Helper()
	s := apitest.Start(t)
	person := apitest.Body{"username": "ada", "email": "ada@example.com", "password": apitest.Password}
	s.Auth.Post(t, "/auth/register", "", person).Is(http.StatusCreated)
	s.Login(t, "ada", apitest.Password)
	return []apitest.Metrics{apitest.Scrape(t, s.AuthOps), apitest.Scrape(t, s.UsersOps)}
}

func (m measured) add(name, kind string, labels, bounds []string) {
	labels = append(slices.Clone(labels), "job", "instance")
	names := []string{name}
	if kind == "histogram" || kind == "summary" {
		names = []string{name + "_sum", name + "_count"}
	}
	if kind == "histogram" {
		bucket := m[name+"_bucket"]
		bucket.labels = append(slices.Clone(labels), "le")
		bucket.bounds = append(bucket.bounds, bounds...)
		m[name+"_bucket"] = bucket
	}
	for _, n := range names {
		one := m[n]
		one.labels = append(one.labels, labels...)
		m[n] = one
	}
}

func labelsOf(f *dto.MetricFamily) (labels, bounds []string) {
	for _, metric := range f.Metric {
		for _, pair := range metric.Label {
			labels = append(labels, pair.GetName())
		}
		for _, bucket := range metric.GetHistogram().GetBucket() {
			bounds = append(bounds, fmt.Sprint(bucket.GetUpperBound()))
		}
	}
	return labels, bounds
}

// recorded are the labels of what a rule records: those that it groups by, or
// those of its metrics where it does not.
func (m measured) recorded(r rule) []string {
	e := tokenize(r.expr)
	labels, _ := e.groups("by")
	if len(labels) == 0 {
		for _, s := range e.selectors() {
			labels = append(labels, m[s.metric].labels...)
		}
	}
	return labels
}

// operations are the values of the label: the documents' operationIds, and none.
func operations(t *testing.T) []string {
	t.Helper()
	found := []string{"none"}
	for _, name := range []string{"auth", "users"} {
		text, err := os.ReadFile(filepath.Join("../api", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`operationId: (\w+)`).FindAllStringSubmatch(string(text), -1) {
			found = append(found, match[1])
		}
	}
	return found
}

// TestNamesAreThoseOfAScrape holds rules and boards to what is measured.
func TestNamesAreThoseOfAScrape(t *testing.T) {
	t.Parallel()
	all, known := everything(t), operations(t)
	for _, r := range rules(t) {
		for _, fault := range all.faults(r.expr, known) {
			t.Errorf("%s, %s%s: %s", r.file, r.alert, r.record, fault)
		}
	}
	for _, q := range queries(t) {
		for _, fault := range all.faults(q.expr, known) {
			t.Errorf("%s, %s: %s", q.board, q.panel, fault)
		}
	}
}

// TestFaultsAreSeen: what the test above would say of expressions that are wrong.
func TestFaultsAreSeen(t *testing.T) {
	t.Parallel()
	m := measured{}
	m.add("a_total", "counter", []string{"operation"}, nil)
	m.add("b_seconds", "histogram", []string{"status"}, []string{"0.1", "1"})
	for expr, want := range map[string]string{
		`sum by (job, operation) (rate(a_total{operation=~"login|none"}[5m])) > 1 and on (job) sum by (job) (b_seconds_count offset 1h)`: "",
		`histogram_quantile(0.9, sum by (le) (rate(b_seconds_bucket{le=~"1(\\.0)?", status!~"5.."}[$i])))`:                               "",
		`rate(c_total[5m])`:                  "c_total is not measured",
		`b_seconds`:                          "b_seconds is not measured",
		`a_total{status="200"}`:              "a_total has no label status",
		`a_total{operation="logon"}`:         "logon is no operation",
		`b_seconds_bucket{le="0.2"}`:         "b_seconds_bucket has no bucket 0.2",
		`sum by (status) (a_total)`:          "a_total has no label status to group by",
		`sum(a_total) by (job)`:              "by (job) is not before what it sums up",
		`a_total * on (query) b_seconds_sum`: "no metric has the label query to match on",
		`sum without (operation) (a_total)`:  "without: name the labels that are kept",
	} {
		if got := strings.Join(m.faults(expr, []string{"login", "none"}), "; "); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}

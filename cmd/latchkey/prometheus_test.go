package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// prometheus is a real one, on the rules of deploy/prometheus.
type prometheus struct{ url string }

const prometheusConfig = `
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [%s]
scrape_configs:
  - {job_name: latchkey-auth, static_configs: [{targets: [%q]}]}
  - {job_name: latchkey-users, static_configs: [{targets: [%q]}]}
`

// startPrometheus scrapes a deployment. The rules are those of the file, over
// seconds in place of minutes.
func startPrometheus(t *testing.T, w *watched) prometheus {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatal("there is no prometheus: install Debian's package of that name")
	}
	rules, err := os.ReadFile("../../deploy/prometheus/rules/bottleneck.yml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rulesFile, config := filepath.Join(dir, "rules.yml"), filepath.Join(dir, "prometheus.yml")
	for file, content := range map[string]string{
		rulesFile: strings.ReplaceAll(string(rules), "[5m]", "[10s]"),
		config:    fmt.Sprintf(prometheusConfig, rulesFile, w.authOps, w.usersOps),
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	addr := apitest.FreeAddr(t)
	apitest.Run(t, apitest.Command{Program: program, Args: []string{
		"--config.file=" + config, "--storage.tsdb.path=" + filepath.Join(dir, "data"), "--web.listen-address=" + addr, "--log.level=error",
	}})
	return prometheus{"http://" + addr}
}

// bottlenecks are the resources that the rule says 1 of, once those are the
// wanted ones, or at the end of its patience.
func (p prometheus) bottlenecks(t *testing.T, want []string) []string {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		all, ones := p.query("latchkey:bottleneck")
		if all == 4 && slices.Equal(ones, want) || time.Now().After(deadline) {
			if all != 4 {
				t.Errorf("the rule says something of %d resources", all)
			}
			return ones
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// query counts what it gives, and lists what is 1.
func (p prometheus) query(expr string) (all int, ones []string) {
	ones = []string{}
	answer, err := http.Get(p.url + "/api/v1/query?query=" + url.QueryEscape(expr))
	if err != nil {
		return 0, ones // it starts
	}
	defer answer.Body.Close()
	var result struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if json.NewDecoder(answer.Body).Decode(&result) != nil {
		return 0, ones
	}
	for _, r := range result.Data.Result {
		if r.Value[1] == "1" {
			ones = append(ones, r.Metric["resource"])
		}
	}
	slices.Sort(ones)
	return len(result.Data.Result), ones
}

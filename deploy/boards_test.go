package deploy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// boards are the dashboards by file.
func boards(t *testing.T) map[string]object {
	t.Helper()
	files, err := filepath.Glob("grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d boards, %v", len(files), err)
	}
	all := map[string]object{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var board object
		if err := json.Unmarshal(content, &board); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = board
	}
	return all
}

// shown is a query as Prometheus gets it: with Grafana's variables replaced.
type shown struct{ board, panel, expr string }

func queries(t *testing.T) []shown {
	t.Helper()
	variables := strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$instance", ".*")
	var all []shown
	for file, board := range boards(t) {
		for _, panel := range list(board, "panels") {
			for _, target := range list(panel, "targets") {
				all = append(all, shown{file, text(panel, "title"), variables.Replace(text(target, "expr"))})
			}
		}
	}
	return all
}

// TestBoardsAreGenerated: the files are what the program beside them writes.
func TestBoardsAreGenerated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "run", "./grafana/boards", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	written, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(written) != len(boards(t)) {
		t.Fatalf("%d boards are written, %d are there (%v)", len(written), len(boards(t)), err)
	}
	for _, file := range written {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("grafana/dashboards", filepath.Base(file)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what `make generate` writes (%v)", filepath.Base(file), err)
		}
	}
}

// TestBoardsAreWhole: each panel has a query, a unit, a line on what to do, and
// a place of its own; what it asks is PromQL.
func TestBoardsAreWhole(t *testing.T) {
	t.Parallel()
	for file, board := range boards(t) {
		if uid := text(board, "uid"); uid+".json" != file || len(uid) > 40 {
			t.Errorf("%s has the uid %q", file, uid)
		}
		taken := map[string]string{}
		for _, panel := range list(board, "panels") {
			title := file + ", " + text(panel, "title")
			occupy(t, taken, title, panel)
			if text(panel, "type") == "row" {
				continue
			}
			if len(text(panel, "description")) < 20 || text(panel, "fieldConfig", "defaults", "unit") == "" || len(list(panel, "targets")) == 0 {
				t.Errorf("%s has no description, no unit or no query", title)
			}
			if source := text(panel, "datasource", "uid"); source != "${datasource}" {
				t.Errorf("%s asks %q", title, source)
			}
		}
	}
	first := at(boards(t)["latchkey-overview.json"], "panels", 1)
	if text(first, "title") != "Bottleneck" || text(first, "targets", 0, "expr") != "latchkey:bottleneck == 1" {
		t.Errorf("the first thing that the overview shows is %q", text(first, "title"))
	}
	var records []object
	for i, q := range queries(t) {
		records = append(records, object{"record": fmt.Sprintf("q%d", i), "expr": q.expr})
	}
	content, err := yaml.Marshal(object{"groups": []object{{"name": "boards", "rules": records}}})
	if err != nil {
		t.Fatal(err)
	}
	asRules := filepath.Join(t.TempDir(), "boards.yml")
	if err := os.WriteFile(asRules, content, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", asRules)
}

// occupy notes where a panel is, and that nothing else is there.
func occupy(t *testing.T, taken map[string]string, title string, panel any) {
	t.Helper()
	number := func(name string) int { f, _ := at(panel, "gridPos", name).(float64); return int(f) }
	if number("x")+number("w") > 24 || number("w")*number("h") == 0 {
		t.Errorf("%s is off the grid", title)
	}
	for x := number("x"); x < number("x")+number("w"); x++ {
		for y := number("y"); y < number("y")+number("h"); y++ {
			cell := fmt.Sprint(x, ",", y)
			if other, found := taken[cell]; found {
				t.Errorf("%s lies on %s", title, other)
				return
			}
			taken[cell] = title
		}
	}
}

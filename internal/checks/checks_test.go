package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestChecksOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"TestS07Held": {"S7"}, "TestS30S31Times": {"S30", "S31"}, "TestF5InAuth": {"F5"}, "TestReport": nil, "TestTimingS14": nil,
	} {
		if got := checksOf(name); !slices.Equal(got, want) {
			t.Errorf("%s is of %v, want %v", name, got, want)
		}
	}
}

const (
	someTable = "# Page\n\n| check | promise | source | why not |\n|---|---|---|---|\n" +
		"| S1 | refused | A6.2.1 | |\n| S2 | `a \\| b` | | it has none |\n| S3 | left out | |\n| S4 | broken | | |\n| S5 | no test | | |\n"
	someRun = `{"Action":"start","Package":"p"}
{"Action":"attr","Package":"p","Test":"TestS01/sub","Key":"took_at_most","Value":"3ms"}
{"Action":"pass","Package":"p","Test":"TestS01/sub"}
{"Action":"pass","Package":"p","Test":"TestS01","Elapsed":0.5}
{"Action":"skip","Package":"p","Test":"TestS03Part/left"}
{"Action":"pass","Package":"p","Test":"TestS03Part"}
{"Action":"output","Package":"p","Test":"TestS04","Output":"it broke\n"}
{"Action":"fail","Package":"p","Test":"TestS04"}
{"Action":"fail","Package":"p"}
`
)

func TestReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	table := filepath.Join(dir, "table.md")
	if err := os.WriteFile(table, []byte(someTable), 0o600); err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	err := report(strings.NewReader(someRun), &told, table, dir, "Some", false)
	if err == nil || !strings.Contains(err.Error(), "2 of 5 hold") {
		t.Errorf("%v", err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for id, verdict := range map[string]string{"S1": holds, "S2": argued, "S3": skipped, "S4": fails, "S5": missing} {
		if !strings.Contains(told.String(), id+"   "+verdict) {
			t.Errorf("%s is not told to be %s:\n%s", id, verdict, told.String())
		}
		_, line, _ := strings.Cut(string(page), `<tr id="`+id+`">`)
		line, _, _ = strings.Cut(line, "</tr>")
		if !strings.Contains(line, `class="`+verdict+`"`) {
			t.Errorf("%s is not shown to be %s: %s", id, verdict, line)
		}
	}
	for _, want := range []string{"took at most: 3ms", "<code>a | b</code>", "it has none"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if !strings.Contains(told.String(), "it broke") {
		t.Error("what the failed test told is not told")
	}
}

package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

// read gives the text of a page, by its path in the repository.
func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", page))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPage holds docs/configuration.md equal to the struct tags, so that each
// variable that is read stands there and none that is not.
func TestPage(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- config -->", "<!-- /config -->"
	_, rest, found := strings.Cut(read(t, "docs/configuration.md"), begin)
	table, _, closed := strings.Cut(rest, end)
	if !found || !closed || strings.TrimSpace(table) != strings.TrimSpace(config.Table()) {
		t.Errorf("docs/configuration.md differs from internal/config. Put this there:\n%s\n%s\n%s", begin, config.Table(), end)
	}
}

// row is a line of a table about a variable.
var row = regexp.MustCompile("(?m)^\\| `([A-Z][A-Z0-9_]*)` \\| (?:`([^`]*)`)? *\\|")

// The README's table is short, and what it says of defaults is so.
func TestReadmeDefaults(t *testing.T) {
	t.Parallel()
	rows := row.FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(rows) < 8 || len(rows) > 12 {
		t.Errorf("%d variables; the README has the ten that matter", len(rows))
	}
	for _, r := range rows {
		at := slices.IndexFunc(config.Variables(), func(v config.Variable) bool { return v.Name == r[1] })
		if at < 0 || config.Variables()[at].Default != r[2] {
			t.Errorf("%s with the default %q is no variable", r[1], r[2])
		}
	}
}

// others are the names in capitals in our pages that are not for the services:
// what commands, tests, examples and the programs beside them read.
var others = strings.Fields(`
	PGBIN LATCHKEY_URL LATCHKEY_STATUSES CLIENT_ID CLIENT_SECRET MAIL_TOKEN
	OTEL_TRACES_SAMPLER OTEL_SERVICE_NAME OTEL_BSP_EXPORT_TIMEOUT
	OTEL_EXPORTER_OTLP_HEADERS OTEL_EXPORTER_OTLP_TIMEOUT OTEL_EXPORTER_OTLP_COMPRESSION
	OTEL_EXPORTER_OTLP_CERTIFICATE OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE OTEL_EXPORTER_OTLP_CLIENT_KEY`)

// named is what looks like a variable. A word in capitals without an underscore
// may be one too, or SQL, or an abbreviation; nothing tells.
var named = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b`)

// Pages name no variable that nothing reads: one that was renamed, or a slip.
func TestPagesNameVariables(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/*.md")
	more, errMore := filepath.Glob("../../docs/decisions/*.md")
	if err != nil || errMore != nil || len(pages) < 10 {
		t.Fatalf("%d pages, %v, %v", len(pages), err, errMore)
	}
	known := map[string]bool{}
	for _, v := range config.Variables() {
		known[v.Name] = true
	}
	for _, name := range others {
		known[name] = true
	}
	for _, page := range slices.Concat(pages, more, []string{"../../README.md"}) {
		page = strings.TrimPrefix(filepath.ToSlash(page), "../../")
		for _, name := range named.FindAllString(read(t, page), -1) {
			if !known[name] && !strings.HasPrefix(name, "RATE_LIMIT_") && name != "OPERATION_ID" {
				t.Errorf("%s names %s, which no service reads; if something else does, it belongs to others", page, name)
			}
		}
	}
}

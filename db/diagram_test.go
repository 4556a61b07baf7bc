package db_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// entity is a table with columns in an erDiagram; column one of its lines.
var (
	entity = regexp.MustCompile(`(?m)^  (\w+) \{\n((?:    .*\n)*)  \}$`)
	column = regexp.MustCompile(`(?m)^    \w+ (\w+)`)
)

// The diagrams of docs/architecture.md have each table of the migrations, and
// no other; their columns are there.
func TestDiagramsHaveEveryTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	users, auth := dbtest.Both(t)
	for schema, d := range map[string]dbtest.DB{"users": users, "auth": auth} {
		_, diagram, found := strings.Cut(string(text), "### Schema `"+schema+"`\n\n```mermaid\nerDiagram\n")
		diagram, _, closed := strings.Cut(diagram, "```")
		if !found || !closed {
			t.Errorf("there is no diagram of %s", schema)
		}
		var drawn, tables []string
		for _, e := range entity.FindAllStringSubmatch(diagram, -1) {
			drawn = append(drawn, e[1])
			for _, c := range column.FindAllStringSubmatch(e[2], -1) {
				var there bool
				err := d.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2)`,
					schema+"."+e[1], c[1]).Scan(&there)
				if err != nil || !there {
					t.Errorf("%s.%s has no column %s, %v", schema, e[1], c[1], err)
				}
			}
		}
		err := d.Pool.QueryRow(t.Context(), `SELECT array_agg(relname ORDER BY relname) FROM pg_class
			WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND relname !~ '^(river_|schema_migrations)'`, schema).Scan(&tables)
		slices.Sort(drawn)
		if err != nil || !slices.Equal(drawn, tables) {
			t.Errorf("%s has %q, the diagram %q, %v", schema, tables, drawn, err)
		}
	}
}

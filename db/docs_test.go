package db_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"testing/fstest"
)

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// The migrations in docs/migrations.md keep to the rules, and go up, down and
// up again after those that are there.
func TestMigrationsOfTheDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/migrations.md")
	if err != nil {
		t.Fatal(err)
	}
	s := unmigrated(t, "users")
	files := all(t, s.FS)
	s.up(t, s.FS)
	before := catalog(t, s.super, "users")
	blocks := sqlBlock.FindAllSubmatch(text, -1)
	if len(blocks) != 6 {
		t.Fatalf("%d migrations", len(blocks))
	}
	for i, block := range blocks {
		if broken := lint(string(block[1])); len(broken) > 0 {
			t.Errorf("%s\nbreaks %q", block[1], broken)
		}
		files[fmt.Sprintf("2999010100000%d_docs.sql", i)] = &fstest.MapFile{Data: block[1]}
	}
	s.FS = files
	s.up(t, files)
	full := catalog(t, s.super, "users")
	var filled bool
	if err := s.super.QueryRow(t.Context(), "SELECT bool_and(label = name) FROM users.roles").Scan(&filled); err != nil || !filled {
		t.Errorf("the batches filled nothing: %v", err)
	}
	s.down(t, len(blocks)-1, "")
	s.up(t, files)
	if d := difference(full, catalog(t, s.super, "users")); d != "" {
		t.Errorf("down and up again:\n%s", d)
	}
	if difference(before, full) == "" {
		t.Error("they changed nothing")
	}
}

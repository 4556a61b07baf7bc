package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestChangesCanBeMade keeps the table from falling behind the files that it
// changes: each piece is there, once.
func TestChangesCanBeMade(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range mutations {
		if seen[m.name] {
			t.Errorf("two changes are called %q", m.name)
		}
		seen[m.name] = true
		dir := t.TempDir()
		for _, e := range m.edits {
			copyInto(t, dir, e.file)
		}
		if err := m.apply(dir); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
	if len(mutations) < 20 {
		t.Errorf("%d changes, want 20 and more", len(mutations))
	}
}

func copyInto(t *testing.T, dir, file string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", file))
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, file)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

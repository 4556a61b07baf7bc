package denylist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/password/denylist"
)

func TestTable(t *testing.T) {
	t.Parallel()
	words := make([]string, 0, 20_000)
	for i := range 20_000 {
		words = append(words, fmt.Sprintf("Word-%d", i))
	}
	table := denylist.Build(append(words, words[:100]...))
	if table.Len() != len(words) {
		t.Fatalf("Len = %d, want %d", table.Len(), len(words))
	}
	for _, w := range words {
		if !table.Contains(w) || !table.Contains(strings.ToUpper(w)) {
			t.Fatalf("%q is not found", w)
		}
	}
	// 20,000 of 2^40: one hit among these has a chance of 4e-3 once, for all
	// time, as nothing here is random.
	for i := range 200_000 {
		if w := fmt.Sprintf("other-%d", i); table.Contains(w) {
			t.Errorf("%q is found", w)
		}
	}
	if denylist.Table("").Contains("x") {
		t.Error("the empty table holds something")
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b string }{
		{"PassWord", "password"},
		{"\u212Aelvin", "kelvin"}, // Kelvin sign
		{"ΣΊΣΥΦΟΣ", "σίσυφος"},
		{"ſtraße", "STRAßE"},
		{"", ""},
	} {
		if denylist.Fold(c.a) != denylist.Fold(c.b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q", c.a, denylist.Fold(c.a), c.b, denylist.Fold(c.b))
		}
		if f := denylist.Fold(c.a); denylist.Fold(f) != f {
			t.Errorf("Fold(%q) is not stable", c.a)
		}
	}
}

package users

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var (
	cursorID  = uuid.MustParse("01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e")
	cursorKey = bytes.Repeat([]byte("k"), 32)
	oldKey    = bytes.Repeat([]byte("o"), 32)
)

func mustCursors(t testing.TB, current, previous []byte) cursors {
	t.Helper()
	c, err := newCursors("users", current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCursor(t *testing.T) {
	t.Parallel()
	c := mustCursors(t, cursorKey, nil)
	for _, id := range []uuid.UUID{cursorID, uuid.Nil, uuid.Max} {
		text := c.encode(id)
		if got, err := c.decode(text); err != nil || got != id {
			t.Errorf("%s came back as %s, %v", id, got, err)
		}
		if len(text) != 43 || text != c.encode(id) {
			t.Errorf("%q is not of 43 characters, or changes", text)
		}
	}
	if _, err := newCursors("users", nil, nil); err == nil {
		t.Error("cursors without a key are made")
	}
}

func TestCursorKeys(t *testing.T) {
	t.Parallel()
	before := mustCursors(t, oldKey, nil)
	changed := mustCursors(t, cursorKey, oldKey)
	after := mustCursors(t, cursorKey, nil)
	if _, err := changed.decode(before.encode(cursorID)); err != nil {
		t.Errorf("the previous key's cursor: %v", err)
	}
	if _, err := after.decode(before.encode(cursorID)); err == nil {
		t.Error("a cursor of a key that is gone is taken")
	}
	if changed.encode(cursorID) != after.encode(cursorID) {
		t.Error("cursors are not made under the current key")
	}
	if before.encode(cursorID) == after.encode(cursorID) {
		t.Error("two keys make one cursor")
	}
}

// TestTamperedCursor is S71.
func TestTamperedCursor(t *testing.T) {
	t.Parallel()
	c := mustCursors(t, cursorKey, oldKey)
	good := c.encode(cursorID)
	for i := range good {
		for b := range 256 {
			text := good[:i] + string([]byte{byte(b)}) + good[i+1:]
			if _, err := c.decode(text); err == nil && text != good {
				t.Fatalf("%q is taken, as well as %q", text, good)
			}
		}
	}
	for name, text := range map[string]string{
		"empty": "", "cut": good[:42], "longer": good + "A", "padded": good + "=", "twice": good + good, "space": good + " ",
		"only the id": good[:22], "other alphabet": strings.Repeat("+", 43), "zeros": strings.Repeat("A", 43), "the id in clear": cursorID.String(),
	} {
		if got, err := c.decode(text); err == nil {
			t.Errorf("%s: %q is taken for %s", name, text, got)
		}
	}
}

// FuzzCursor: whatever is taken is what encode makes.
func FuzzCursor(f *testing.F) {
	c := mustCursors(f, cursorKey, nil)
	for _, text := range []string{"", c.encode(cursorID), c.encode(uuid.Nil), strings.Repeat("A", 43), "=", "\xff", c.encode(cursorID)[:42]} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := c.decode(text); err == nil && c.encode(id) != text {
			t.Fatalf("%q is taken for %s, whose cursor is %q", text, id, c.encode(id))
		}
	})
}

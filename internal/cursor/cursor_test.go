package cursor

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var (
	someID = uuid.MustParse("01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e")
	newKey = bytes.Repeat([]byte("k"), 32)
	oldKey = bytes.Repeat([]byte("o"), 32)
)

func mustNew(t testing.TB, current, previous []byte) Codec {
	t.Helper()
	c, err := New("users", current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCursor(t *testing.T) {
	t.Parallel()
	c := mustNew(t, newKey, nil)
	for _, id := range []uuid.UUID{someID, uuid.Nil, uuid.Max} {
		text := c.Encode(id)
		if got, err := c.Decode(text); err != nil || got != id {
			t.Errorf("%s came back as %s, %v", id, got, err)
		}
		if len(text) != 43 || text != c.Encode(id) {
			t.Errorf("%q is not of 43 characters, or changes", text)
		}
	}
	if _, err := New("users", nil, nil); err == nil {
		t.Error("a codec without a key is made")
	}
}

func TestCursorKeys(t *testing.T) {
	t.Parallel()
	before := mustNew(t, oldKey, nil)
	changed := mustNew(t, newKey, oldKey)
	after := mustNew(t, newKey, nil)
	if _, err := changed.Decode(before.Encode(someID)); err != nil {
		t.Errorf("the previous key's cursor: %v", err)
	}
	if _, err := after.Decode(before.Encode(someID)); err == nil {
		t.Error("a cursor of a key that is gone is taken")
	}
	if changed.Encode(someID) != after.Encode(someID) {
		t.Error("cursors are not made under the current key")
	}
	if before.Encode(someID) == after.Encode(someID) {
		t.Error("two keys make one cursor")
	}
}

// TestS71TamperedCursor is S71.
func TestS71TamperedCursor(t *testing.T) {
	t.Parallel()
	c := mustNew(t, newKey, oldKey)
	good := c.Encode(someID)
	for i := range good {
		for b := range 256 {
			text := good[:i] + string([]byte{byte(b)}) + good[i+1:]
			if _, err := c.Decode(text); err == nil && text != good {
				t.Fatalf("%q is taken, as well as %q", text, good)
			}
		}
	}
	for name, text := range map[string]string{
		"empty": "", "cut": good[:42], "longer": good + "A", "padded": good + "=", "twice": good + good, "space": good + " ",
		"only the id": good[:22], "other alphabet": strings.Repeat("+", 43), "zeros": strings.Repeat("A", 43), "the id in clear": someID.String(),
	} {
		if got, err := c.Decode(text); err == nil {
			t.Errorf("%s: %q is taken for %s", name, text, got)
		}
	}
}

// TestCursorsOfEarlierReleasesHold: the value was computed by another HKDF.
func TestCursorsOfEarlierReleasesHold(t *testing.T) {
	t.Parallel()
	if got := mustNew(t, newKey, nil).Encode(someID); got != "AZNqflwdfEufVQ2PXDobLqlQTDT7yUG6I7UurM9HHcA" {
		t.Errorf("the cursor is %q now", got)
	}
}

func TestS71ACursorIsOfOneList(t *testing.T) {
	t.Parallel()
	audit, err := New("audit", newKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Decode(mustNew(t, newKey, nil).Encode(someID)); err == nil {
		t.Error("a cursor of another list is taken")
	}
}

func TestACursorHasOneSpelling(t *testing.T) {
	t.Parallel()
	c := mustNew(t, newKey, nil)
	good := c.Encode(someID)
	for _, text := range []string{good + "\n", "\r\n" + good, good[:5] + "\n" + good[5:]} {
		if _, err := c.Decode(text); err == nil {
			t.Errorf("%q is taken as well as %q", text, good)
		}
	}
}

// FuzzCursor: whatever is taken is what Encode makes.
func FuzzCursor(f *testing.F) {
	c := mustNew(f, newKey, nil)
	for _, text := range []string{"", c.Encode(someID), c.Encode(uuid.Nil), strings.Repeat("A", 43), "=", "\xff", c.Encode(someID)[:42]} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := c.Decode(text); err == nil && c.Encode(id) != text {
			t.Fatalf("%q is taken for %s, whose cursor is %q", text, id, c.Encode(id))
		}
	})
}

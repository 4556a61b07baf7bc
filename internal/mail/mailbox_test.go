package mail_test

import (
	"context"
	"errors"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/mail"
)

// files gives the names in a folder, in their order.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "mail")
	var kept []string
	now := time.Date(2026, 11, 24, 13, 59, 0, 0, time.UTC)
	box := mail.NewMailbox(dir, from, func(m mail.Message) { kept = append(kept, m.ID+" "+m.Link) })
	box.SetClock(func() time.Time { return now })
	if _, err := os.Stat(filepath.Dir(dir)); err == nil {
		t.Error("the folder is there before the first mail")
	}
	first, second, again := sample(), sample(), sample()
	second.ID, second.Subject = "0199-2@id.example.com", "the second"
	again.Text = "as rendered at another try\n"
	for _, m := range []mail.Message{first, second, again, again} {
		if err := box.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		now = now.Add(1500 * time.Millisecond)
	}
	names := files(t, dir)
	if len(names) != 2 {
		t.Fatalf("two messages are %q", names)
	}
	if want := []string{first.ID + " " + first.Link, second.ID + " " + second.Link}; !slices.Equal(kept, want) {
		t.Errorf("told of %q, want %q", kept, want)
	}
	for i, want := range []mail.Message{again, second} { // in the order of the first tries
		if parsed := parse(t, filepath.Join(dir, names[i])); parsed.Get("Message-ID") != "<"+want.ID+">" || parsed.Get("To") != "<"+want.To+">" {
			t.Errorf("%s is %v", names[i], parsed)
		}
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, names[0]): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if !strings.HasPrefix(names[0], "20261124T135900.000000000Z-") || !strings.HasSuffix(names[0], ".eml") {
		t.Errorf("the name is %q", names[0])
	}
}

// parse reads a file as a mail program does and gives its headers.
func parse(t *testing.T, path string) netmail.Header {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m, err := netmail.ReadMessage(file)
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}

// TestMailboxAfterRestart: another Mailbox on the same folder knows what is in
// it.
func TestMailboxAfterRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		if err := mail.NewMailbox(dir, from, nil).Send(t.Context(), sample()); err != nil {
			t.Fatal(err)
		}
	}
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("one message is %q", names)
	}
}

func TestMailboxInParallel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var mu sync.Mutex
	var told int
	box := mail.NewMailbox(dir, from, func(mail.Message) { mu.Lock(); told++; mu.Unlock() })
	var group sync.WaitGroup
	for range 4 {
		for _, id := range []string{"a@x", "b@x", "c@x", "d@x", "e@x"} {
			group.Go(func() {
				m := sample()
				m.ID = id
				if err := box.Send(t.Context(), m); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if names := files(t, dir); len(names) != 5 || told != 5 {
		t.Errorf("5 messages, 4 tries each: %d files, told of %d", len(names), told)
	}
}

func TestMailboxErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	box := mail.NewMailbox(filepath.Join(file, "mail"), from, func(mail.Message) { t.Error("it was not kept") })
	if err := failsQuietly(t, box, sample()); mail.Permanent(err) {
		t.Errorf("a folder that can't be made: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := mail.NewMailbox(dir, from, nil).Send(ctx, sample()); !errors.Is(err, context.Canceled) || len(files(t, dir)) != 0 {
		t.Errorf("a cancelled context: %v", err)
	}
}

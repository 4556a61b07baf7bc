package certificate_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/certificate"
)

// pairAt opens the pair in dir on a clock that stands; step moves it past
// LookEvery.
func pairAt(t *testing.T, dir string) (p *certificate.Pair, log *bytes.Buffer, step func()) {
	t.Helper()
	log = &bytes.Buffer{}
	p, err := certificate.Open(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	p.SetClock(func() time.Time { return now })
	return p, log, func() { now = now.Add(certificate.LookEvery) }
}

func TestPairIsTakenAnew(t *testing.T) {
	t.Parallel()
	authority, dir := apitest.NewAuthority(t), t.TempDir()
	first := authority.WritePair(t, dir)
	p, log, step := pairAt(t, dir)
	step()
	if got := p.Serial(); got != first {
		t.Fatalf("it shows %d, want %d", got, first)
	}
	second := authority.WritePair(t, dir)
	if got := p.Serial(); got != first {
		t.Errorf("it looks at the files at each handshake")
	}
	step()
	if got := p.Serial(); got != second {
		t.Errorf("it shows %d, want %d", got, second)
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "was replaced") {
		t.Errorf("the log is\n%s", text)
	}
}

// One file is always replaced before the other: until then they don't match.
func TestBrokenPairLeavesTheLastOne(t *testing.T) {
	t.Parallel()
	authority, dir := apitest.NewAuthority(t), t.TempDir()
	first := authority.WritePair(t, dir)
	p, log, step := pairAt(t, dir)
	next := t.TempDir()
	second := authority.WritePair(t, next)
	for _, halfway := range []func() error{
		func() error { return os.Rename(filepath.Join(next, "tls.crt"), filepath.Join(dir, "tls.crt")) },
		func() error { return os.Remove(filepath.Join(dir, "tls.key")) },
		func() error { return os.WriteFile(filepath.Join(dir, "tls.key"), []byte("canary"), 0o600) },
	} {
		if err := halfway(); err != nil {
			t.Fatal(err)
		}
		step()
		if got := p.Serial(); got != first {
			t.Errorf("it shows %d, want %d", got, first)
		}
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || strings.Contains(text, "canary") || !strings.Contains(text, "level=ERROR") {
		t.Errorf("the log is\n%s", text)
	}
	if err := os.Rename(filepath.Join(next, "tls.key"), filepath.Join(dir, "tls.key")); err != nil {
		t.Fatal(err)
	}
	step()
	if got := p.Serial(); got != second {
		t.Errorf("it shows %d, want %d", got, second)
	}
}

// Kubernetes mounts a secret as links to a folder, which it replaces by another
// through a link: no file's own stamp changes.
func TestPairBehindLinks(t *testing.T) {
	t.Parallel()
	authority, dir := apitest.NewAuthority(t), t.TempDir()
	var serials []int64
	mount := func(version string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		serials = append(serials, authority.WritePair(t, filepath.Join(dir, version)))
		if err := os.Symlink(version, filepath.Join(dir, "..new")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..new"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	mount("..1")
	for _, name := range []string{"tls.crt", "tls.key"} {
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	p, _, step := pairAt(t, dir)
	mount("..2")
	step()
	if got := p.Serial(); got != serials[1] {
		t.Errorf("it shows %d, want %d", got, serials[1])
	}
}

package keys_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/internal/vectors"
)

// joseTimeout is for fetching one package and for both runs, on a machine that
// is full of tests.
const joseTimeout = 3 * time.Minute

// An implementation in another language, which shares no line with ours, gives
// each verdict too, and its program notices a wrong one.
func TestJoseGivesEachVerdict(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("no %s on PATH. On Debian: apt-get install nodejs npm", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), joseTimeout)
	defer cancel()
	work := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "verify.mjs", "strict.mjs"} {
		copyFile(t, filepath.Join(dir, "verify", name), filepath.Join(work, name))
	}
	if out, err := node(ctx, work, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	here, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := read(t)
	out, err := node(ctx, work, "node", "verify.mjs", here)
	if err != nil || !strings.Contains(out, fmt.Sprintf("%d vectors, 0 verdicts wrong", len(file.Vectors))) {
		t.Fatalf("verify.mjs: %v\n%s", err, wrongLines(out))
	}
	t.Run("a wrong verdict", func(t *testing.T) { joseNoticesWrongVerdicts(t, ctx, work, file) })
}

func joseNoticesWrongVerdicts(t *testing.T, ctx context.Context, work string, file vectors.File) {
	folder := t.TempDir()
	copyFile(t, filepath.Join(dir, publickeys.KeySetFile), filepath.Join(folder, publickeys.KeySetFile))
	for i := range file.Vectors {
		file.Vectors[i].Valid = !file.Vectors[i].Valid
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, vectors.FileName), text, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := node(ctx, work, "node", "verify.mjs", folder)
	var exit *exec.ExitError
	if n := len(file.Vectors); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out, fmt.Sprintf("%d vectors, %d verdicts wrong", n, n)) {
		t.Errorf("all verdicts turned: %v\n%s", err, out)
	}
}

// node runs a program to its end.
func node(ctx context.Context, work, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.WaitDelay = work, 5*time.Second
	cmd.Env = append(os.Environ(), "npm_config_update_notifier=false")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func wrongLines(out string) string {
	var wrong strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "right ") {
			wrong.WriteString(line)
		}
	}
	return wrong.String()
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	source, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(target, source)
	if err = errors.Join(err, target.Close()); err != nil {
		t.Fatal(err)
	}
}

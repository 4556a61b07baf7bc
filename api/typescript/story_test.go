package typescript_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/sdktest"
)

// line is what the story prints: it asks its world for something, and at the end
// tells what became of it.
type line struct {
	Ask, Argument string
	Done          *struct {
		Met, Missed []string
		Account     struct{ Username, Taken string }
	}
}

// TestStory is the package @latchkey/client in a consumer's hands: packed,
// installed, compiled against, and run against both services.
func TestStory(t *testing.T) {
	t.Parallel()
	c := newConsumer(t)
	c.compile() // wrong.ts with it: what must be an error is one
	t.Run("a code that nobody knew", func(t *testing.T) { newCodesDoNotCompile(t, c) })

	w := sdktest.Start(t)
	cmd := c.command("node", "out/story.js", w.Auth.URL, w.Users.URL, apitest.AdminPassword)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last line
	for lines := bufio.NewScanner(out); lines.Scan(); {
		last = line{}
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if last.Ask == "" {
			continue
		}
		if _, err := in.Write([]byte(w.Do(t, last.Ask, last.Argument) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil || last.Done == nil {
		t.Fatalf("the story ended early: %v\n%s", err, stderr.String())
	}
	if stderr.Len() > 0 || len(last.Done.Missed) > 0 || last.Done.Account.Username != "robert" || last.Done.Account.Taken != "taken" {
		t.Errorf("%+v\n%s", last.Done, stderr.String())
	}
	if codes := c.codes(); !slices.Equal(last.Done.Met, codes) {
		t.Errorf("the story met %v, and the contract has %v", last.Done.Met, codes)
	}
}

// newCodesDoNotCompile gives a consumer's program a package with one code more.
func newCodesDoNotCompile(t *testing.T, c *consumer) {
	t.Helper()
	newer := filepath.Join(c.dir, "newer")
	if err := os.CopyFS(filepath.Join(newer, "node_modules"), os.DirFS(filepath.Join(c.dir, "node_modules"))); err != nil {
		t.Fatal(err)
	}
	const known = "ProblemCode: "
	types := filepath.Join(newer, "node_modules", "@latchkey", "client", "dist", "users.d.ts")
	text := read(t, types)
	if strings.Count(text, known+`"`) != 1 {
		t.Fatalf("users.d.ts does not declare %q once", known)
	}
	write(t, types, strings.Replace(text, known, known+`"teapot" | `, 1))
	write(t, filepath.Join(newer, "package.json"), `{"type": "module"}`)
	write(t, filepath.Join(newer, "advice.ts"), read(t, filepath.Join("test", "advice.ts")))
	out, err := c.tsc("newer/advice.ts", "--noEmit", "--strict", "--skipLibCheck", "--module", "NodeNext")
	if err == nil || strings.Count(out, "error TS") != 1 || !strings.Contains(out, `'"teapot"' is not assignable to parameter of type 'never'`) {
		t.Errorf("%v\n%s", err, out)
	}
}

package typescript_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

const (
	// limit is for all of it, on a machine that is full of tests.
	limit = 5 * time.Minute
	tools = "../tools/node_modules"
)

// consumer is somebody's project that has installed the package.
type consumer struct {
	t   *testing.T
	ctx context.Context
	dir string
}

// newConsumer packs what `make generate` wrote, and installs it with what it
// depends on, which is packed from api/tools: no registry is asked.
func newConsumer(t *testing.T) *consumer {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("no %s on PATH. On Debian: apt-get install nodejs npm", program)
		}
	}
	if _, err := os.Stat(tools); err != nil {
		t.Fatalf("%v: `make generate` and `make test` fetch it", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	c := &consumer{t: t, ctx: ctx, dir: t.TempDir()}
	packed := c.pack(c.tool("../../../gen/typescript"), c.tool("openapi-fetch"), c.tool("openapi-typescript-helpers"))
	write(t, filepath.Join(c.dir, "package.json"), `{"name": "consumer", "private": true, "type": "module"}`)
	c.npm(append([]string{"install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"}, packed...)...)
	if err := os.CopyFS(c.dir, os.DirFS("test")); err != nil {
		t.Fatal(err)
	}
	c.readme()
	return c
}

// pack gives the names of the packages' files, which then lie in the project.
func (c *consumer) pack(folders ...string) (files []string) {
	c.t.Helper()
	args := append([]string{"pack", "--json", "--ignore-scripts"}, folders...)
	var packages []struct {
		Filename string
		Files    []struct{ Path string }
	}
	if err := json.Unmarshal(c.npm(args...), &packages); err != nil {
		c.t.Fatal(err)
	}
	for _, p := range packages {
		files = append(files, "./"+p.Filename)
	}
	var ours []string
	for _, f := range packages[0].Files {
		ours = append(ours, f.Path)
	}
	want := []string{
		"LICENSE", "README.md", "dist/auth.d.ts", "dist/client.d.ts", "dist/client.js", "dist/codes.d.ts", "dist/codes.js",
		"dist/index.d.ts", "dist/index.js", "dist/problem.d.ts", "dist/problem.js", "dist/users.d.ts", "package.json",
	}
	if slices.Sort(ours); !slices.Equal(ours, want) {
		c.t.Errorf("the package holds %v, want %v", ours, want)
	}
	return files
}

func (c *consumer) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.ctx, program, args...)
	cmd.Dir, cmd.WaitDelay = c.dir, 5*time.Second
	cmd.Env = append(os.Environ(), "npm_config_update_notifier=false")
	return cmd
}

func (c *consumer) npm(args ...string) []byte {
	c.t.Helper()
	out, err := c.command("npm", args...).Output()
	if err != nil {
		c.t.Fatalf("npm %v: %v\n%s", args, err, out)
	}
	return out
}

// tsc runs the compiler of api/tools.
func (c *consumer) tsc(args ...string) (string, error) {
	c.t.Helper()
	out, err := c.command("node", append([]string{c.tool("typescript/bin/tsc")}, args...)...).CombinedOutput()
	return string(out), err
}

// tool is where something of api/tools is.
func (c *consumer) tool(name string) string {
	c.t.Helper()
	path, err := filepath.Abs(filepath.Join(tools, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return path
}

// compile compiles the project.
func (c *consumer) compile() {
	c.t.Helper()
	if out, err := c.tsc("--project", ".", "--typeRoots", c.tool("@types")); err != nil || out != "" {
		c.t.Fatalf("tsc: %v\n%s", err, out)
	}
}

// codes are those of the contract, sorted.
func (c *consumer) codes() []string {
	c.t.Helper()
	var document struct {
		Components struct {
			Schemas struct{ ProblemCode struct{ Enum []string } }
		}
	}
	if err := json.Unmarshal([]byte(read(c.t, "../../gen/usersapi/openapi.json")), &document); err != nil {
		c.t.Fatal(err)
	}
	codes := document.Components.Schemas.ProblemCode.Enum
	slices.Sort(codes)
	return codes
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

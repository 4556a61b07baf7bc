package deploy_test

import (
	"context"
	"debug/elf"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

const readyLimit = 60 * time.Second // on a machine that is full of tests

// image is a folder with what the image has and nothing else.
type image struct{ root string }

// buildImage runs the build of the Dockerfile, with its very flags, and lays
// out the files.
func buildImage(t *testing.T) image {
	t.Helper()
	content, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	build := regexp.MustCompile(`(?m)^RUN CGO_ENABLED=0 go build (.*) -ldflags='([^']*)' -o /out/ (.*)$`).FindStringSubmatch(string(content))
	if build == nil {
		t.Fatal("the Dockerfile has no build that can be read")
	}
	root, err := os.MkdirTemp(apitest.Tmp, apitest.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil { // as a container's /
		t.Fatal(err)
	}
	args := slices.Concat([]string{"build"}, strings.Fields(build[1]), []string{"-ldflags=" + build[2], "-o", root + "/"}, strings.Fields(build[3]))
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return image{root}
}

// run starts a program of the image: as its user and in nothing but its files,
// where this test may do so; else from the folder, as itself.
func (i image) run(t *testing.T, env []string, command ...string) *apitest.Process {
	t.Helper()
	c := apitest.Command{Program: command[0], Args: command[1:], Env: env, Dir: "/", Root: i.root, Account: &syscall.Credential{Uid: 65532, Gid: 65532}}
	if os.Geteuid() != 0 {
		c.Program, c.Root, c.Account = filepath.Join(i.root, command[0]), "", nil
	}
	return apitest.Run(t, c)
}

// files lists what is in the image.
func (i image) files(t *testing.T) (all []string) {
	t.Helper()
	err := filepath.WalkDir(i.root, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// database is a PostgreSQL of its own that roles.sh has prepared, as compose's
// does. It gives the folder of a socket, inside the image and out of it.
func (i image) database(t *testing.T, passwords []string) (inside string) {
	t.Helper()
	dir, err := os.MkdirTemp(apitest.Tmp, apitest.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { // root's PostgreSQL is another user's
		t.Fatal(err)
	}
	server, err := postgres.StartServer(t.Context(), postgres.ServerOptions{Dir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	cmd := exec.CommandContext(t.Context(), "sh", "postgres/roles.sh")
	cmd.Env = slices.Concat(os.Environ(), passwords, []string{"PGHOST=" + server.SocketDir(), "POSTGRES_USER=postgres", "POSTGRES_DB=postgres"})
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("roles.sh: %v\n%s", err, out)
	}
	inside = "/pg"
	if os.Geteuid() != 0 {
		inside = filepath.Join(i.root, inside)
	}
	forward(t, filepath.Join(i.root, "pg"), filepath.Join(server.SocketDir(), ".s.PGSQL.5432"))
	return inside
}

// forward makes a socket of PostgreSQL in dir that leads to another.
func forward(t *testing.T, dir, target string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil { // the image's user passes through
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	if err := os.Chmod(listener.Addr().String(), 0o777); err != nil { // as PostgreSQL's own
		t.Fatal(err)
	}
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go func() {
				defer here.Close()
				there, err := net.Dial("unix", target)
				if err != nil {
					return
				}
				defer there.Close()
				go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
				_, _ = io.Copy(here, there)
			}()
		}
	}()
}

// What `docker build` makes, without Docker: the Dockerfile's build gives static
// programs, and these start in an empty file system that is not theirs to write,
// as the user 65532, with what the compose file configures.
func TestImage(t *testing.T) {
	t.Parallel()
	i := buildImage(t)
	for _, name := range []string{"auth", "users", "latchkey"} {
		checkStatic(t, filepath.Join(i.root, name))
	}
	drawn := secrets(t)
	var passwords []string
	for name, value := range drawn {
		passwords = append(passwords, name+"="+value)
	}
	socket := i.database(t, passwords)
	before := i.files(t)
	addrs := map[string]string{}
	for _, name := range []string{"AUTH_ADDR", "AUTH_OPS_ADDR", "USERS_ADDR", "USERS_OPS_ADDR"} {
		addrs[name] = apitest.FreeAddr(t)
	}
	// env is a service's of the compose file, but for names that only compose resolves.
	env := func(service string) []string {
		own := composeEnv(t, service)
		for name, addr := range addrs {
			own = append(own, name+"="+addr)
		}
		for _, role := range []string{"users", "auth"} {
			upper := strings.ToUpper(role)
			own = append(own, upper+"_MIGRATE_DATABASE_URL=postgres://latchkey_"+role+"_owner@/postgres?host="+socket,
				upper+"_DATABASE_URL=postgres://latchkey_"+role+"@/postgres?host="+socket)
		}
		// A machine that is full of tests has no second for a hash, or sheds it.
		return append(own, "REDIS_URL=", "BCRYPT_COST=10", "HASH_QUEUE=3s", "USERS_URL=http://"+addrs["USERS_ADDR"], "PUBLIC_URL=http://"+addrs["AUTH_ADDR"],
			"JWKS_URL=http://"+addrs["AUTH_ADDR"]+"/.well-known/jwks.json", "SMTP_URL=smtp://"+apitest.FreeAddr(t)+"?tls=none")
	}
	migrate := i.run(t, env("migrate"), "/latchkey", "migrate")
	if code := migrate.Wait(t, time.Minute); code != 0 {
		t.Fatalf("latchkey migrate: exit code %d\n%s", code, migrate.Stderr)
	}
	usersEnv := env("users")
	users, auth := i.run(t, usersEnv, "/users"), i.run(t, env("auth"), "/auth")
	users.AwaitReady(t, addrs["USERS_OPS_ADDR"], readyLimit)
	auth.AwaitReady(t, addrs["AUTH_OPS_ADDR"], readyLimit)
	for _, ops := range []string{addrs["USERS_OPS_ADDR"], addrs["AUTH_OPS_ADDR"]} {
		if code := i.run(t, nil, "/latchkey", "health", "http://"+ops+"/readyz").Wait(t, readyLimit); code != 0 {
			t.Errorf("latchkey health: exit code %d", code)
		}
		answer, err := http.Get("http://" + ops + "/livez")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("/livez answers %d", answer.StatusCode)
		}
	}
	password := ""
	for _, entry := range usersEnv {
		if value, is := strings.CutPrefix(entry, "ADMIN_PASSWORD="); is {
			password = value
		}
	}
	apitest.NewAuthClient("http://"+addrs["AUTH_ADDR"]).Post(t, "/auth/login", "", apitest.Body{"login": "admin", "password": password}).Is(http.StatusOK)
	for name, p := range map[string]*apitest.Process{"users": users, "auth": auth} {
		if code, took := p.Stop(t, syscall.SIGTERM, 25*time.Second); code != 0 || took > 20*time.Second {
			t.Errorf("%s: exit code %d after %s\n%s", name, code, took, p.Stderr)
		}
	}
	if after := i.files(t); !slices.Equal(before, after) {
		t.Errorf("something was written: %q", after)
	}
}

// checkStatic fails where a program needs a loader or libraries.
func checkStatic(t *testing.T, path string) {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
			t.Errorf("%s is not static: it has %s", filepath.Base(path), segment.Type)
		}
	}
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	last := content[strings.LastIndex(string(content), "\nFROM "):]
	for _, line := range []string{"\nFROM scratch\n", "\nUSER 65532:65532\n", "/etc/ssl/certs/ca-certificates.crt", "/etc/passwd"} {
		if !strings.Contains(string(last), line) {
			t.Errorf("the image's own stage has no %q", line)
		}
	}
	pinned := regexp.MustCompile(`(?m)^FROM golang:(\d+\.\d+)\.\d+-\w+ AS build$`).FindStringSubmatch(string(content))
	needed := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(mod))
	if pinned == nil || needed == nil || pinned[1] != needed[1] {
		t.Errorf("it builds with Go %q, go.mod asks for %q", pinned, needed)
	}
	wantKnown(t, "the Dockerfile", dockerEnv(t))
}

// What .dockerignore keeps out is no part of the programs.
func TestDockerignore(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", `{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}
{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}
{{end}}`, "./cmd/auth", "./cmd/users", "./cmd/latchkey")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	needed := []string{"go.mod", "go.sum"}
	for file := range strings.Lines(string(out)) {
		if inside, is := strings.CutPrefix(strings.TrimSpace(file), root+"/"); is {
			needed = append(needed, inside)
		}
	}
	if len(needed) < 100 {
		t.Fatalf("the programs have %d files", len(needed))
	}
	for pattern := range strings.Lines(string(content)) {
		pattern = strings.TrimSpace(pattern)
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		for _, file := range needed {
			if ignored(pattern, file) {
				t.Errorf("%s is kept out by %s", file, pattern)
			}
		}
	}
	if !ignored(".*", ".git/config") || !ignored("**/.env*", "deploy/.env") || !ignored("**/*.key", "a/b/tls.key") || ignored("bin", "cmd/bin.go") {
		t.Error("ignored does not do what Docker does")
	}
}

// ignored reports whether a pattern of .dockerignore takes a file or a folder
// that it is in.
func ignored(pattern, file string) bool {
	anywhere, deep := strings.CutPrefix(pattern, "**/")
	parts := strings.Split(file, "/")
	for end := range parts {
		for start := range end + 1 {
			if start > 0 && !deep {
				break
			}
			if is, _ := filepath.Match(anywhere, strings.Join(parts[start:end+1], "/")); is {
				return true
			}
		}
	}
	return false
}

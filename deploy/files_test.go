package deploy_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m)) }

// object is a mapping of YAML.
type object = map[string]any

// at walks down mappings and lists; nil where the way ends.
func at(value any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := value.(object)
			value = m[s]
		case int:
			list, _ := value.([]any)
			if s >= len(list) {
				return nil
			}
			value = list[s]
		}
	}
	return value
}

func text(value any, path ...any) string { s, _ := at(value, path...).(string); return s }
func list(value any, path ...any) []any  { l, _ := at(value, path...).([]any); return l }

// documents reads a file of YAML documents.
func documents(t *testing.T, file string) []object {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []object
	for decoder := yaml.NewDecoder(bytes.NewReader(content)); ; {
		var one object
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, one)
	}
}

func TestAllParse(t *testing.T) {
	t.Parallel()
	n := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".yaml" || ext == ".yml") {
			n++
			documents(t, path)
		}
		return err
	})
	if err != nil || n < 10 {
		t.Errorf("%d files of YAML, %v", n, err)
	}
}

// secrets are what deploy/secrets.sh draws.
func secrets(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "secrets.sh").Output()
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		drawn[name] = value
	}
	return drawn
}

func TestSecretsAreThoseOfTheExample(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(".env.example")
	if err != nil {
		t.Fatal(err)
	}
	first, second := secrets(t), secrets(t)
	for line := range strings.Lines(string(example)) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "=")
		if !found || strings.HasPrefix(name, "#") {
			continue
		}
		if value != "" || first[name] == "" {
			t.Errorf("%s: %q in the example, drawn: %t", name, value, first[name] != "")
		}
		if name != "ADMIN_EMAIL" && (len(first[name]) < 32 || first[name] == second[name]) {
			t.Errorf("%s is not drawn at random", name)
		}
		delete(first, name)
	}
	if len(first) > 0 {
		t.Errorf("not in the example: %d", len(first))
	}
}

// dockerEnv are the variables that the image sets.
func dockerEnv(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(string(content))
	if line == nil {
		t.Fatal("the Dockerfile has no ENV")
	}
	return strings.Fields(line[1])
}

// interpolated matches ${NAME} and ${NAME:?what to do}.
var interpolated = regexp.MustCompile(`\$\{(\w+)(?::\?[^}]*)?\}`)

// composeEnv is the environment of a service of the compose file.
func composeEnv(t *testing.T, service string) []string {
	t.Helper()
	drawn := secrets(t)
	env := dockerEnv(t)
	variables, _ := at(documents(t, "compose.yaml")[0], "services", service, "environment").(object)
	for name, value := range variables {
		written, ok := value.(string)
		if !ok {
			t.Errorf("%s: %s is no text", service, name)
		}
		env = append(env, name+"="+interpolated.ReplaceAllStringFunc(written, func(found string) string {
			secret := interpolated.FindStringSubmatch(found)[1]
			if drawn[secret] == "" {
				t.Errorf("%s: %s is not drawn by secrets.sh", service, secret)
			}
			return drawn[secret]
		}))
	}
	return env
}

// wantKnown fails where a variable is none that the programs read.
func wantKnown(t *testing.T, where string, env []string) {
	t.Helper()
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if !slices.ContainsFunc(config.Variables(), func(v config.Variable) bool { return v.Name == name }) {
			t.Errorf("%s sets %s, which nothing reads", where, name)
		}
	}
}

// The services' own configuration takes what the compose file gives them.
func TestComposeConfigures(t *testing.T) {
	t.Parallel()
	for service, load := range map[string]func([]string) error{
		"users":   func(env []string) error { _, err := config.LoadUsers(env); return err },
		"auth":    func(env []string) error { _, err := config.LoadAuth(env); return err },
		"migrate": func(env []string) error { _, err := config.LoadMigrate(env, "all"); return err },
	} {
		env := composeEnv(t, service)
		wantKnown(t, service, env)
		if err := load(env); err != nil {
			t.Errorf("%s: %v", service, err)
		}
	}
}

func TestComposeIsConfined(t *testing.T) {
	t.Parallel()
	compose := documents(t, "compose.yaml")[0]
	services, _ := at(compose, "services").(object)
	for name, service := range services {
		image := text(service, "image")
		if image != "latchkey:local" && !regexp.MustCompile(`^[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?$`).MatchString(image) {
			t.Errorf("%s: the image %q is not pinned", name, image)
		}
		for _, port := range list(service, "ports") {
			if mapping, _ := port.(string); !strings.HasPrefix(mapping, "127.0.0.1:") {
				t.Errorf("%s: %v is open to the network", name, port)
			}
		}
		if name == "postgres" { // its entry point changes the owner of its data, and itself
			continue
		}
		if at(service, "read_only") != true || text(service, "cap_drop", 0) != "ALL" || text(service, "security_opt", 0) != "no-new-privileges:true" {
			t.Errorf("%s is not confined: %v", name, service)
		}
	}
	for _, name := range []string{"users", "auth", "migrate"} {
		if user := text(services[name], "user"); user != "65532:65532" {
			t.Errorf("%s runs as %q", name, user)
		}
	}
}

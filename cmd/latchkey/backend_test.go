package main_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// TestBackEnds runs the example program, and the session of docs/tokens.md,
// against both services, as a client that the command has made.
func TestBackEnds(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.Auth.Post(t, "/auth/register", "", apitest.Body{"username": "ada", "email": "ada@example.com", "password": apitest.Password}).Is(201)
	secret := shownSecret(t, clients(t, s.AuthDB, 0, "create", "billing", "--scope", "users:read", "--quiet"))
	env := []string{"LATCHKEY_URL=" + s.Auth.URL, "USERS_URL=" + s.Users.URL, "CLIENT_ID=billing", "CLIENT_SECRET=" + secret}
	t.Run("example", func(t *testing.T) {
		program := filepath.Join(t.TempDir(), "service")
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../examples/service").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		run := func(code int, env []string, args ...string) *apitest.Process {
			t.Helper()
			p := apitest.Run(t, apitest.Command{Program: program, Args: args, Env: env})
			if got := p.Wait(t, commandLimit); got != code {
				t.Errorf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
			}
			return p
		}
		wantWords(t, run(0, env, "-user", "ada").Stdout.String(), "is ada <ada@example.com>, with the roles [user]")
		wantWords(t, run(1, env, "-user", "nobody").Stderr.String(), "404", "not_found")
		wantWords(t, run(1, env).Stderr.String(), "-user ada")
		wrong := run(1, append(env, "CLIENT_SECRET=lks_wrong"), "-user", "ada").Stderr.String()
		if wantWords(t, wrong, "invalid_client"); strings.Contains(wrong, "lks_") {
			t.Errorf("it tells the secret: %s", wrong)
		}
	})
	t.Run("docs/tokens.md", func(t *testing.T) {
		checkLines(t, runScript(t, sessionOf(t, "../../docs/tokens.md", "back ends"), env...), []printed{
			{"the account", []string{`"username":"ada"`}},
			{"what it may not", []string{"403"}},
			{"introspection", []string{`"active":true`, `"client_id":"billing"`, `"scope":"users:read"`}},
			{"revocation", []string{"200"}},
			{"introspection after it", []string{`{"active":false}`}},
			{"metadata", []string{`"token_endpoint":"` + s.Auth.URL + `/oauth/token"`}},
		})
	})
}

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// TestSessions does what docs/consumers.md and the collections tell a newcomer
// to do, as it stands there, against both services.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	t.Run("curl", func(t *testing.T) { curlSession(t, s) })
	t.Run("Go", func(t *testing.T) { goProgram(t, s) })
	t.Run("auth.http", func(t *testing.T) { authStory(t, s) })
	t.Run("users.http", func(t *testing.T) { usersStory(t, s) })
}

// blocks are the code blocks of a language between two markers of the page.
func blocks(t *testing.T, marker, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "<!-- "+marker+" -->\n")
	part, _, closed := strings.Cut(rest, "<!-- /"+marker+" -->")
	var all []string
	for _, from := range strings.Split(part, "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(from, "```")
		all = append(all, block)
	}
	if !found || !closed || len(all) == 0 {
		t.Fatalf("%s has no %s", page, marker)
	}
	return all
}

// curlSession pastes the blocks into one shell; between them the mail comes.
func curlSession(t *testing.T, s *apitest.System) {
	parts := blocks(t, "curl", "sh")
	if len(parts) != 2 {
		t.Fatalf("%d blocks", len(parts))
	}
	shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail")
	shell.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AUTH=" + s.Auth.URL, "USERS=" + s.Users.URL}
	shell.WaitDelay = time.Second
	var out bytes.Buffer
	shell.Stdout, shell.Stderr = &out, &out
	in, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	paste := func(text string) {
		if _, err := io.WriteString(in, text); err != nil {
			t.Errorf("the shell has ended: %v", err)
		}
	}
	paste(parts[0])
	paste("MAIL_TOKEN=" + s.Mails.Token(t, "linus@example.com", mail.VerifyEmail, 1) + "\n" + parts[1])
	_ = in.Close()
	if err := shell.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	want := []string{
		`"username":"linus"`, "204", `"verified":true`, `"verified":true`, `"code":"not_found"`, "invalid_credentials", "/pas",
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), &out)
	}
	for i, part := range want {
		if !strings.Contains(lines[i], part) {
			t.Errorf("line %d has no %s: %s", i+1, part, lines[i])
		}
	}
}

// goProgram runs the page's program, as this module's.
func goProgram(t *testing.T, s *apitest.System) {
	parts := blocks(t, "go", "go")
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(parts[0]), 0o600); err != nil || len(parts) != 1 {
		t.Fatalf("%d programs, %v", len(parts), err)
	}
	program := filepath.Join(t.TempDir(), "program")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), program)
	run.Env = []string{"AUTH=" + s.Auth.URL, "USERS=" + s.Users.URL}
	out, err := run.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != `linus [user] "2"` {
		t.Errorf("%v, it prints %s", err, out)
	}
}

func authStory(t *testing.T, s *apitest.System) {
	f := readHTTPFile(t, "auth.http")
	f.variables["auth"] = s.Auth.URL
	f.send(t, s.Auth, "register", 201)
	f.variables["token"] = s.Mails.Token(t, "ada@example.com", mail.VerifyEmail, 1)
	f.send(t, s.Auth, "verifyEmail", 204)
	for _, name := range []string{"login", "refresh", "getMe", "updateMe", "listSessions", "getJwks", "getOauthMetadata"} {
		f.send(t, s.Auth, name, 200)
	}
	f.send(t, s.Auth, "changePassword", 204)
	f.send(t, s.Auth, "logoutAll", 204)
	f.send(t, s.Auth, "login", 401) // by the old password
	client := s.NewBackEnd(t, "users:read")
	f.variables["client_id"], f.variables["client_secret"] = client.ID, client.Secret
	f.send(t, s.Auth, "issueToken", 200)
	f.variables["token"] = f.variables["access_token"]
	f.send(t, s.Auth, "introspectToken", 200)
	f.send(t, s.Auth, "revokeToken", 200)
}

func usersStory(t *testing.T, s *apitest.System) {
	f := readHTTPFile(t, "users.http")
	for name, text := range f.requests { // ada has registered
		f.requests[name] = strings.ReplaceAll(text, "ada", "grace")
	}
	f.variables["users"], f.variables["access_token"] = s.Users.URL, s.Admin(t)
	f.variables["user"], f.variables["email"] = "grace", "grace@example.com"
	var made apitest.User
	f.send(t, s.Users, "createUser", 201).JSON(&made)
	f.variables["user_id"] = made.ID
	for _, name := range []string{"getUser", "getUserByEmail", "updateUser", "listUsers", "listRoles", "listAuditEvents"} {
		f.send(t, s.Users, name, 200)
	}
	f.send(t, s.Users, "putRole", 201)
	f.send(t, s.Users, "deleteRole", 204)
	f.send(t, s.Users, "deleteUser", 204)
	f.send(t, s.Users, "restoreUser", 200)
}

package main_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/vectors"
	"github.com/latchkey-id/latchkey/token"
)

// published are this repository's own vectors.
const published = "../../api/keys"

// verdict is what keys verify-token --json says.
type verdict struct {
	Valid  bool
	Reason string
	Header map[string]any
	Claims map[string]any
}

func verify(t *testing.T, stdin string, env []string, code int, args ...string) (v verdict) {
	t.Helper()
	p := keysCommandReading(t, stdin, env, code, append([]string{"verify-token", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(p.Stdout.String()), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// verifyServed takes keys and issuer from a running service, and keys from the
// folder that was exported from it.
func verifyServed(t *testing.T, s *apitest.System, dir string) {
	raw := s.Mint(t, token.Claims{Subject: "ada"})
	env := []string{"PUBLIC_URL=" + s.Auth.URL}
	v := verify(t, raw+"\n", env, 0)
	if !v.Valid || v.Reason != "" || v.Claims["sub"] != "ada" || v.Header["typ"] != "at+jwt" {
		t.Errorf("%+v", v)
	}
	for _, keys := range []string{dir, filepath.Join(dir, "jwks.json"), filepath.Join(dir, v.Header["kid"].(string)+".pem"), s.Auth.URL} {
		wantWords(t, keysCommand(t, nil, 0, "verify-token", "--keys", keys, "--issuer", s.Auth.URL, raw).Stdout.String(), "valid\n", `"sub": "ada"`)
	}
	v = verify(t, raw, env, 3, "--at", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
	if v.Valid || v.Reason != "expired" || v.Claims != nil {
		t.Errorf("tomorrow: %+v", v)
	}
}

func vector(t *testing.T, name string) string {
	t.Helper()
	file, err := vectors.Read(published)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(file.Vectors, func(v vectors.Vector) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("no vector %q", name)
	}
	return file.Vectors[i].Compact()
}

func TestKeysVerifyToken(t *testing.T) {
	t.Parallel()
	args := []string{"--keys", published, "--issuer", "https://id.example", "--at", "2026-11-26T12:00:00Z"}
	for name, c := range map[string]struct {
		token  string
		code   int
		reason string
		more   []string
	}{
		"valid":            {vector(t, "valid-eddsa"), 0, "", nil},
		"CR and LF":        {vector(t, "valid-rs256") + "\r\n", 0, "", nil},
		"two line breaks":  {vector(t, "valid-rs256") + "\n\n", 3, "line break", nil},
		"another audience": {vector(t, "valid-rs256"), 3, "another audience", []string{"--audience", "reports"}},
		"expired":          {vector(t, "exp-past"), 3, "expired", nil},
		"none":             {vector(t, "alg-none"), 3, "header: alg is not RS256, ES256 or EdDSA", nil},
		"endless":          {strings.Repeat(".", 1<<20), 3, "too long", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verify(t, c.token, nil, c.code, append(slices.Clone(args), c.more...)...)
			if v.Valid != (c.code == 0) || v.Reason != c.reason || (v.Claims != nil) != v.Valid || (v.Header != nil) != v.Valid {
				t.Errorf("%+v", v)
			}
		})
	}
}

// What nobody has vouched for is shown only to whoever asks, and does nothing to
// the terminal.
func TestKeysVerifyTokenShowsUnverified(t *testing.T) {
	t.Parallel()
	args := []string{"verify-token", "--keys", published, "--issuer", "https://id.example", "--at", "2026-11-26T12:00:00Z"}
	raw := vector(t, "exp-past")
	if out := keysCommandReading(t, raw, nil, 3, args...).Stdout.String(); out != "not valid: expired\n" {
		t.Errorf("%q", out)
	}
	out := keysCommandReading(t, raw, nil, 3, append(args, "--show-unverified")...).Stdout.String()
	wantWords(t, out, "not valid: expired\n", "not verified: header {", "not verified: claims {", `"iss": "https://id.example"`)
	hostile := vector(t, "valid-rs256")
	head, rest, _ := strings.Cut(hostile, ".")
	_, signature, _ := strings.Cut(rest, ".")
	hostile = head + "." + base64.RawURLEncoding.EncodeToString([]byte("{\"sub\":\"\xc2\x9b2J\xe2\x80\xae\xff\"}")) + "." + signature
	out = keysCommandReading(t, hostile, nil, 3, append(args, "--show-unverified")...).Stdout.String()
	wantWords(t, out, `"sub": "\u009b2J\u202e`)
	if strings.ContainsAny(out, "\u009b\u202e") {
		t.Errorf("the terminal gets %q", out)
	}
}

func TestKeysVerifyTokenCannotTell(t *testing.T) {
	t.Parallel()
	raw, empty := vector(t, "valid-rs256"), t.TempDir()
	spoiled := filepath.Join(empty, "jwks.json")
	if err := os.WriteFile(spoiled, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		stdin string
		code  int
		want  string
		args  []string
	}{
		{raw, 1, "fetch the key set", []string{"--keys", "http://" + apitest.FreeAddr(t)}},
		{raw, 1, "fetch the key set", []string{"--issuer", "https://id.example"}}, // PUBLIC_URL's default
		{raw, 1, "no such file", []string{"--keys", filepath.Join(empty, "none")}},
		{raw, 1, "not to be relied on", []string{"--keys", empty}},
		{raw, 1, "not a key set", []string{"--keys", spoiled}},
		{"", 1, "no token", []string{"--keys", published}},
		{raw, usageError, "--at", []string{"--keys", published, "--at", "yesterday"}},
		{raw, usageError, "--vectors brings its own", []string{"--keys", published, "--vectors", published}},
	} {
		env := []string{"PUBLIC_URL=http://" + apitest.FreeAddr(t)}
		p := keysCommandReading(t, c.stdin, env, c.code, append([]string{"verify-token"}, c.args...)...)
		wantWords(t, p.Stderr.String(), c.want)
		if strings.Contains(p.Stdout.String(), "valid") && c.code == 1 {
			t.Errorf("%v: a verdict: %s", c.args, p.Stdout)
		}
	}
}

func TestKeysVerifyTokenVectors(t *testing.T) {
	t.Parallel()
	file, err := vectors.Read(published)
	if err != nil {
		t.Fatal(err)
	}
	out := keysCommand(t, nil, 0, "verify-token", "--vectors", published).Stdout
	wantWords(t, out.String(), "VECTOR", "dots-1mb", "too long", " vectors, 0 verdicts wrong")
	if n := len(out.Lines()); n != len(file.Vectors)+2 {
		t.Errorf("%d lines for %d vectors", n, len(file.Vectors))
	}
	dir := t.TempDir()
	file.Vectors = file.Vectors[:3]
	file.Vectors[1].Valid, file.Vectors[1].Reason = false, vectors.Expired
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(filepath.Join(published, "jwks.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"vectors.json": text, "jwks.json": keys} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wantWords(t, keysCommand(t, nil, 3, "verify-token", "--vectors", dir).Stdout.String(), "3 vectors, 1 verdicts wrong", "NO")
	lines := keysCommand(t, nil, 3, "verify-token", "--vectors", dir, "--json").Stdout.Lines()
	if len(lines) != 3 || !strings.Contains(lines[1], `"want":false,"valid":true,"right":false`) {
		t.Errorf("%q", lines)
	}
	if err := os.Remove(filepath.Join(dir, "jwks.json")); err != nil {
		t.Fatal(err)
	}
	wantWords(t, keysCommand(t, nil, 1, "verify-token", "--vectors", dir).Stderr.String(), "jwks.json")
}

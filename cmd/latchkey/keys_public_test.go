package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/token"
)

// keysCommand runs `latchkey keys …` to its end.
func keysCommand(t *testing.T, env []string, code int, args ...string) *apitest.Process {
	t.Helper()
	return keysCommandReading(t, "", env, code, args...)
}

func keysCommandReading(t *testing.T, stdin string, env []string, code int, args ...string) *apitest.Process {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"keys"}, args...), Env: env, Stdin: stdin})
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// usageError is kong's exit code.
const usageError = 80

// insertKey puts a key into the ring. Its private half is none, which an export
// does not mind: it reads public halves alone.
func insertKey(t *testing.T, db dbtest.DB, state string) (kid string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := token.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Pool.Exec(t.Context(), `
		INSERT INTO auth.signing_keys (kid, algorithm, public_key, state, activated_at, private_key, retiring_at, verifies_until, revoked_at)
		VALUES ($1, $2, $3, $4, now(),
			CASE WHEN $4 IN ('active', 'pending') THEN 'canary-private-half'::bytea END,
			CASE $4 WHEN 'retiring' THEN now() END,
			CASE $4 WHEN 'retiring' THEN now() + interval '1 hour' END,
			CASE $4 WHEN 'revoked' THEN now() END)`, public.KID, public.Algorithm, der, state)
	if err != nil {
		t.Fatal(err)
	}
	return public.KID
}

func revokeKey(t *testing.T, db dbtest.DB, kid string) {
	t.Helper()
	_, err := db.Pool.Exec(t.Context(), `UPDATE auth.signing_keys SET state = 'revoked', revoked_at = now(), private_key = NULL WHERE kid = $1`, kid)
	if err != nil {
		t.Fatal(err)
	}
}

// folder gives the files of a folder.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}

// exported is what keys export --json says.
type exported struct {
	DryRun                      bool `json:"dry_run"`
	Keys                        int
	Written, Removed, Unchanged []string
}

func export(t *testing.T, env []string, args ...string) (e exported) {
	t.Helper()
	p := keysCommand(t, env, 0, append([]string{"export", "--public", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(p.Stdout.String()), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestKeysExport(t *testing.T) {
	t.Parallel()
	db, dir := dbtest.Auth(t), filepath.Join(t.TempDir(), "keys")
	env := []string{"AUTH_DATABASE_URL=" + db.URL} // and no KEY_ENCRYPTION_KEY
	wantWords(t, keysCommand(t, env, 1, "export", "--public", "--dir", dir).Stderr.String(), "there are no keys")

	active, pending, retiring := insertKey(t, db, "active"), insertKey(t, db, "pending"), insertKey(t, db, "retiring")
	revoked := insertKey(t, db, "revoked")
	if e := export(t, env, "--dir", dir, "--dry-run"); !e.DryRun || e.Keys != 3 || len(e.Written) != 4 {
		t.Errorf("a dry run: %+v", e)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a dry run made the folder")
	}
	wantWords(t, keysCommand(t, env, 0, "export", "--public", "--dir", dir).Stdout.String(), active+".pem: written", "jwks.json: written", "3 keys, 4 files written, 0 removed")
	before := folder(t, dir)
	for _, kid := range []string{active, pending, retiring} {
		if !strings.HasPrefix(before[kid+".pem"], "-----BEGIN PUBLIC KEY-----\n") {
			t.Errorf("%s.pem is %q", kid, before[kid+".pem"])
		}
	}
	for name, text := range before {
		if strings.Contains(text, "PRIVATE") || strings.Contains(text, "canary") || strings.Contains(name+text, revoked) {
			t.Errorf("%s is not to be exported:\n%s", name, text)
		}
	}
	if e := export(t, env, "--dir", dir); len(e.Written)+len(e.Removed) != 0 || len(e.Unchanged) != 4 || !maps.Equal(before, folder(t, dir)) {
		t.Errorf("a second time: %+v", e)
	}

	revokeKey(t, db, pending)
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("ours"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := export(t, env, "--dir", dir)
	if !slices.Equal(e.Removed, []string{pending + ".pem"}) || !slices.Equal(e.Written, []string{"jwks.json"}) {
		t.Errorf("after a revocation: %+v", e)
	}
	after := folder(t, dir)
	if len(after) != 4 || after["README.md"] != "ours" || after[active+".pem"] != before[active+".pem"] || strings.Contains(after["jwks.json"], pending) {
		t.Errorf("the folder holds %v", slices.Sorted(maps.Keys(after)))
	}
	keysCommand(t, nil, 0, "check", "--dir", dir, "--offline")
}

func TestKeysExportRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{usageError, "private halves are never exported: say --public", []string{"export", "--dir", dir}},
		{usageError, "private halves are never exported: say --public", []string{"export", "--dir", dir, "--public=false"}},
		{usageError, "--dir", []string{"export", "--public"}},
		{usageError, "--offline asks no --url", []string{"check", "--dir", dir, "--offline", "--url", "http://127.0.0.1"}},
		{1, "DATABASE_URL", []string{"export", "--public", "--dir", dir}},
		{1, "must begin with http", []string{"export", "--public", "--dir", dir, "--url", "file:///etc"}},
		{1, "hold no password", []string{"export", "--public", "--dir", dir, "--url", "http://ada:canary@127.0.0.1"}},
	} {
		p := keysCommand(t, nil, c.code, c.args...)
		wantWords(t, p.Stderr.String(), c.want)
		if strings.Contains(p.Stderr.String(), "canary") {
			t.Errorf("%v tells the password", c.args)
		}
	}
	if files := folder(t, dir); len(files) != 0 {
		t.Errorf("something was written: %v", files)
	}
	for _, name := range []string{"export", "check", "verify-token"} {
		help := strings.Fields(keysCommand(t, nil, 0, name, "--help").Stdout.String()) // its lines are broken anywhere
		wantWords(t, strings.Join(help, " "), "Exit codes: 0", "80 wrong usage")
	}
}

// The running service, its database and its folder are held against each other.
func TestKeysServed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	publicURL := "PUBLIC_URL=" + s.Auth.URL
	dir := t.TempDir()
	export(t, []string{"DATABASE_URL=" + s.AuthDB.URL}, "--dir", dir)
	t.Run("export", func(t *testing.T) {
		for _, url := range []string{s.Auth.URL, s.Auth.URL + "/", s.Auth.URL + "/.well-known/jwks.json"} {
			served := t.TempDir()
			if export(t, nil, "--dir", served, "--url", url); !maps.Equal(folder(t, served), folder(t, dir)) {
				t.Errorf("%s: the folder is not the database's", url)
			}
		}
	})
	t.Run("check", func(t *testing.T) {
		wantWords(t, keysCommand(t, []string{publicURL}, 0, "check", "--dir", dir).Stdout.String(), "2 keys, the same as") // active and pending
		keysCommand(t, nil, 0, "check", "--dir", dir, "--url", s.Auth.URL)
	})
	t.Run("verify-token", func(t *testing.T) { verifyServed(t, s, dir) })
}

// checked is what keys check --json says.
type checked struct {
	Same     bool
	Problems []struct{ Kind, KID, File, Text string }
}

func check(t *testing.T, code int, args ...string) (c checked) {
	t.Helper()
	p := keysCommand(t, nil, code, append([]string{"check", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(p.Stdout.String()), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c checked) kinds() string {
	kinds := make([]string, 0, len(c.Problems))
	for _, p := range c.Problems {
		kinds = append(kinds, p.Kind+" "+p.KID)
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}

func TestKeysCheck(t *testing.T) {
	t.Parallel()
	db, dir, older := dbtest.Auth(t), t.TempDir(), t.TempDir()
	env := []string{"DATABASE_URL=" + db.URL}
	old := insertKey(t, db, "active")
	export(t, env, "--dir", older)
	fresh := insertKey(t, db, "pending")
	export(t, env, "--dir", dir)
	var answer atomic.Pointer[string] // to the next requests
	serve := func(text string) { answer.Store(&text) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := *answer.Load()
		if text == "" || r.URL.Path != "/.well-known/jwks.json" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	both := folder(t, dir)["jwks.json"]

	serve(both)
	if c := check(t, 0, "--dir", dir, "--url", server.URL); !c.Same || len(c.Problems) != 0 {
		t.Errorf("the same: %+v", c)
	}
	if c := check(t, 3, "--dir", older, "--url", server.URL); c.Same || c.kinds() != "missing "+fresh {
		t.Errorf("a key that was not exported: %+v", c)
	}
	serve(folder(t, older)["jwks.json"])
	if c := check(t, 3, "--dir", dir, "--url", server.URL); c.kinds() != "unknown "+fresh {
		t.Errorf("a key that is not served: %+v", c)
	}
	wantWords(t, keysCommand(t, nil, 3, "check", "--dir", dir, "--url", server.URL).Stdout.String(), "unknown: key "+fresh+" is in the folder and not served", "differs")
	serve(strings.NewReplacer(old, fresh, fresh, old).Replace(both))
	if c := check(t, 3, "--dir", dir, "--url", server.URL); c.kinds() != ofBoth("changed", old, fresh) {
		t.Errorf("keys under each other's kid: %+v", c)
	}

	for what, text := range map[string]string{"an error": "", "no key set": "<html>", "no key": `{"keys":[]}`, "too much": strings.Repeat(" ", 300<<10)} {
		serve(text)
		if p := keysCommand(t, nil, 1, "check", "--dir", dir, "--url", server.URL); p.Stdout.String() != "" || !strings.Contains(p.Stderr.String(), "/.well-known/jwks.json") {
			t.Errorf("%s: %s%s", what, p.Stdout, p.Stderr)
		}
	}
	server.Close()
	wantWords(t, keysCommand(t, nil, 1, "check", "--dir", dir, "--url", server.URL).Stderr.String(), "fetch the key set")
	keysCommand(t, nil, 1, "check", "--dir", filepath.Join(dir, "none"), "--offline")

	if err := os.Rename(filepath.Join(dir, old+".pem"), filepath.Join(dir, fresh+".pem")); err != nil {
		t.Fatal(err)
	}
	if c := check(t, 3, "--dir", dir, "--offline"); c.kinds() != ofBoth("inconsistent", old, fresh) {
		t.Errorf("another's PEM: %+v", c)
	}
}

func ofBoth(kind, a, b string) string { return kind + " " + min(a, b) + ", " + kind + " " + max(a, b) }

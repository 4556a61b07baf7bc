package main_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"io/fs"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// spellings are the ways in which a secret number's bytes could be written. Of
// each, a middle part: long enough to be no accident.
func spellings(secret []byte) map[string]string {
	all := map[string]string{
		"raw": string(secret[8:24]), "hex": hex.EncodeToString(secret[8:24]), "decimal": new(big.Int).SetBytes(secret).String()[10:40],
	}
	for shift := range 3 { // base64 has three, by where the secret begins
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			all[name+string(rune('0'+shift))] = encoding.EncodeToString(secret[shift:])[8:28]
		}
	}
	return all
}

// Private key bytes appear in no file, log, dump, metric, answer or error: a key
// whose private half we know goes through the ring, and everything is searched.
func TestPrivateKeysAppearNowhere(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]byte{
		"d": private.D.Bytes(), "p": private.Primes[0].Bytes(), "q": private.Primes[1].Bytes(), "der": der[len(der)/2:],
		"dp": private.Precomputed.Dp.Bytes(), "qinv": private.Precomputed.Qinv.Bytes(),
	}
	data, ops := t.TempDir(), apitest.FreeAddr(t)
	d := apitest.Deploy(t, "LOG_LEVEL=debug", "DATA_DIR="+data)
	d.RunUsers(t, d.UsersAddr).AwaitReady(t, d.UsersAddr, refusalLimit)
	auth := apitest.Run(t, apitest.Command{Program: "auth", Env: append(append([]string{}, d.Env...), "AUTH_ADDR="+d.AuthAddr, "AUTH_OPS_ADDR="+ops)})
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)

	k := keysOn{db: d.AuthDB, env: d.Env}
	var said strings.Builder
	run := func(code int, stdin string, args ...string) {
		p := k.run(t, code, stdin, args...)
		said.WriteString(p.Stdout.String() + p.Stderr.String())
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	run(1, text+text, "import")
	run(1, strings.Replace(text, "PRIVATE KEY", "EC PRIVATE KEY", 2), "import")
	run(0, text, "import", "--dry-run", "--json")
	run(0, text, "import")
	kid := k.list(t)[0].KID
	var dumps strings.Builder
	dumps.WriteString(dump(t, d.AuthDB.SuperURL))
	run(0, "", "rotate", "--force", "--kid", kid)
	admin := d.Admin(t)
	for _, path := range []string{"/admin/keys?all=true", "/.well-known/jwks.json", "/admin/audit-events"} {
		said.Write(d.Auth.Get(t, path, admin).Body)
	}
	dumps.WriteString(dump(t, d.AuthDB.SuperURL))
	env := k.env
	k.env = append(append([]string{}, env...), "KEY_ENCRYPTION_KEY="+apitest.RandomKey())
	run(1, "", "rewrap")
	k.env = env
	run(0, "", "list", "--all")
	run(0, "", "revoke", "--yes", "--json", kid)
	dumps.WriteString(dump(t, d.AuthDB.SuperURL))
	for _, path := range []string{"/metrics", "/debug/pprof/goroutine?debug=2", "/livez", "/debug/vars"} {
		if answer, err := http.Get("http://" + ops + path); err == nil {
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			said.Write(body)
		}
	}
	searched := map[string]string{
		"what commands and answers say": said.String(), "the log": auth.Stdout.String() + auth.Stderr.String(), "a dump": dumps.String(), "the files": filesIn(t, data),
	}
	if !strings.Contains(searched["a dump"], kid) || !strings.Contains(searched["what commands and answers say"], kid) {
		t.Fatal("the key went nowhere: nothing was proved")
	}
	for where, text := range searched {
		lower := strings.ToLower(text)
		for name, secret := range secrets {
			for spelling, part := range spellings(secret) {
				if strings.Contains(text, part) || spelling == "hex" && strings.Contains(lower, part) {
					t.Errorf("%s has %s of the private key, in %s", where, name, spelling)
				}
			}
		}
	}
}

// dump is pg_dump's, of everything.
func dump(t *testing.T, url string) string {
	t.Helper()
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump") // Debian's, beside the server's
	if path, err := exec.LookPath(filepath.Join(os.Getenv("PGBIN"), "pg_dump")); err == nil {
		programs = append(programs, path)
	}
	if len(programs) == 0 {
		t.Fatal("pg_dump is neither in PGBIN, nor in PATH, nor where Debian puts it")
	}
	out, err := exec.Command(programs[len(programs)-1], url).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return string(out)
}

// filesIn is what is in the files of a folder.
func filesIn(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

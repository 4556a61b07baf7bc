package publickeys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

func public(t testing.TB, pub any) token.PublicKey {
	t.Helper()
	k, err := token.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newEC(t testing.TB) token.PublicKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public(t, private.Public())
}

// rsaKey is dear: one for the whole binary.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// three is a key of each kind.
func three(t testing.TB) []token.PublicKey {
	t.Helper()
	private, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return []token.PublicKey{public(t, private.Public()), newEC(t), public(t, ed)}
}

func write(t testing.TB, dir string, keys ...token.PublicKey) Changes {
	t.Helper()
	c, err := Write(dir, keys, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// good reads a folder that nothing is wrong with.
func good(t testing.TB, dir string) []token.PublicKey {
	t.Helper()
	keys, problems, err := Read(dir)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	return keys
}

func contents(t testing.TB, dir string) map[string]string {
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

func put(t testing.TB, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWriteAndRead(t *testing.T) {
	t.Parallel()
	dir, keys := filepath.Join(t.TempDir(), "made", "keys"), three(t)
	c := write(t, dir, keys...)
	if len(c.Written) != 4 || c.Written[3] != KeySetFile || len(c.Removed)+len(c.Unchanged) != 0 {
		t.Errorf("%+v", c)
	}
	if got := good(t, dir); len(got) != 3 || len(Compare(got, keys)) != 0 {
		t.Errorf("read %v", got)
	}
	info, err := os.Stat(filepath.Join(dir, KeySetFile))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
	before := contents(t, dir)
	if text := before[KeySetFile]; !strings.HasPrefix(text, "{\n  \"keys\": [\n") || !strings.HasSuffix(text, "\n}\n") {
		t.Errorf("jwks.json is %q", text)
	}
	// In any order, the same keys are the same bytes.
	slices.Reverse(keys)
	if c := write(t, dir, keys...); !c.None() || len(c.Unchanged) != 4 {
		t.Errorf("the same keys: %+v", c)
	}
	if !maps.Equal(before, contents(t, dir)) {
		t.Error("the bytes have changed")
	}
}

// A key comes and another goes: jwks.json, one file more and one less, and
// nothing else is touched.
func TestWriteReplaces(t *testing.T) {
	t.Parallel()
	dir, keys, fresh := t.TempDir(), three(t), newEC(t)
	write(t, dir, keys...)
	old := temporary + "1"
	for name, text := range map[string]string{"README.md": "ours", "other.pem": "x", keys[0].KID + ".pem.bak": "x", keys[0].KID: "x", temporary + "2": "torn", old: "torn"} {
		put(t, dir, name, text)
	}
	past := time.Now().Add(-2 * temporaryAge)
	if err := os.Chtimes(filepath.Join(dir, old), past, past); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	planned, err := Write(dir, []token.PublicKey{keys[0], keys[1], fresh}, true)
	if err != nil || !maps.Equal(before, contents(t, dir)) {
		t.Fatalf("a dry run wrote: %v", err)
	}
	c := write(t, dir, keys[0], keys[1], fresh)
	want := Changes{Written: []string{FileName(fresh.KID), KeySetFile}, Removed: []string{FileName(keys[2].KID)}, Unchanged: []string{FileName(keys[0].KID), FileName(keys[1].KID)}}
	slices.Sort(want.Unchanged)
	if !reflect.DeepEqual(c, want) || !reflect.DeepEqual(planned, want) {
		t.Errorf("got %+v, planned %+v, want %+v", c, planned, want)
	}
	after := contents(t, dir)
	delete(before, FileName(keys[2].KID))
	delete(before, old)
	before[FileName(fresh.KID)], before[KeySetFile] = after[FileName(fresh.KID)], after[KeySetFile]
	if !maps.Equal(before, after) {
		t.Errorf("the folder holds %v", slices.Sorted(maps.Keys(after)))
	}
}

// Killed after any step, with a torn file beside, a folder can be read, and the
// next run ends what was begun.
func TestWriteInterrupted(t *testing.T) {
	t.Parallel()
	keys, fresh := three(t), newEC(t)
	for n := 0; ; n++ {
		dir := t.TempDir()
		write(t, dir, keys...)
		put(t, dir, temporary+"torn", "-----BEGIN PUBLIC")
		steps, _, err := plan(dir, []token.PublicKey{keys[0], fresh})
		if err != nil {
			t.Fatal(err)
		}
		if n > len(steps) {
			if n < 4 {
				t.Errorf("%d steps: one file, jwks.json, two removals are expected", len(steps))
			}
			break
		}
		for _, s := range steps[:n] {
			if err := s.take(dir); err != nil {
				t.Fatal(err)
			}
		}
		got, problems, err := Read(dir)
		if err != nil || len(got) < 2 {
			t.Fatalf("after %d steps: %v, %v", n, got, err)
		}
		for _, p := range problems {
			if p.Kind != Inconsistent || !strings.HasSuffix(p.Text, "is not in "+KeySetFile) {
				t.Errorf("after %d steps: %+v", n, p)
			}
		}
		write(t, dir, keys[0], fresh)
		if got := good(t, dir); len(Compare(got, []token.PublicKey{keys[0], fresh})) != 0 {
			t.Errorf("ended after %d steps: %v", n, got)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	k := newEC(t)
	named := k
	named.KID = "../../" + k.KID
	for name, keys := range map[string][]token.PublicKey{
		"no keys": nil, "a path": {named}, "twice": {k, k}, "no key": {{KID: k.KID}},
	} {
		dir := t.TempDir()
		if c, err := Write(dir, keys, false); err == nil || len(contents(t, dir)) != 0 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	// A link could lead anywhere.
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := os.Symlink(elsewhere, filepath.Join(dir, FileName(k.KID))); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, []token.PublicKey{k}, false); err == nil {
		t.Error("wrote over a link")
	}
}

func TestReadTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	keys := three(t)
	private, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	secret := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)}))
	first, second := FileName(keys[0].KID), FileName(keys[1].KID)
	for name, c := range map[string]struct {
		spoil func(dir string, files map[string]string)
		kind  string
		file  string
	}{
		"no key set":      {func(dir string, _ map[string]string) { remove(t, dir, KeySetFile) }, Malformed, KeySetFile},
		"not JSON":        {func(dir string, _ map[string]string) { put(t, dir, KeySetFile, "{") }, Malformed, KeySetFile},
		"a line more":     {func(dir string, f map[string]string) { put(t, dir, KeySetFile, f[KeySetFile]+"\n") }, Malformed, KeySetFile},
		"a private key":   {func(dir string, _ map[string]string) { put(t, dir, "signing.pem", secret) }, Private, "signing.pem"},
		"private kid":     {func(dir string, _ map[string]string) { put(t, dir, first, secret) }, Private, first},
		"a PEM missing":   {func(dir string, _ map[string]string) { remove(t, dir, first) }, Inconsistent, first},
		"another's PEM":   {func(dir string, f map[string]string) { put(t, dir, first, f[second]) }, Inconsistent, first},
		"no PEM":          {func(dir string, _ map[string]string) { put(t, dir, first, "x") }, Malformed, first},
		"text in front":   {func(dir string, f map[string]string) { put(t, dir, first, "text\n"+f[first]) }, Malformed, first},
		"two in one file": {func(dir string, f map[string]string) { put(t, dir, first, f[first]+f[second]) }, Malformed, first},
		"another kid": {func(dir string, f map[string]string) {
			put(t, dir, KeySetFile, strings.Replace(f[KeySetFile], keys[0].KID, strings.Repeat("A", 43), 1))
		}, Inconsistent, KeySetFile},
		"a private member": {func(dir string, f map[string]string) {
			put(t, dir, KeySetFile, strings.Replace(f[KeySetFile], `"kty":`, `"d": "AQAB", "kty":`, 1))
		}, Malformed, KeySetFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, keys...)
			c.spoil(dir, contents(t, dir))
			_, problems, err := Read(dir)
			if err != nil || !slices.ContainsFunc(problems, func(p Problem) bool { return p.Kind == c.kind && p.File == c.file }) {
				t.Errorf("%+v, %v", problems, err)
			}
			for _, p := range problems {
				if strings.Contains(p.Text, "MII") {
					t.Errorf("a problem quotes the file: %s", p.Text)
				}
			}
		})
	}
	if _, _, err := Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("read a folder that is not there")
	}
}

func remove(t testing.TB, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// Git on Windows may check text out with CR and LF.
func TestReadTakesOtherLineEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, three(t)...)
	for name, text := range contents(t, dir) {
		put(t, dir, name, strings.ReplaceAll(text, "\n", "\r\n"))
	}
	if got := good(t, dir); len(got) != 3 {
		t.Errorf("%d keys", len(got))
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	a, b, c := newEC(t), newEC(t), newEC(t)
	other := token.PublicKey{KID: a.KID, Algorithm: a.Algorithm, Key: c.Key}
	kinds := func(problems []Problem) map[string]string {
		out := map[string]string{}
		for _, p := range problems {
			out[p.KID] = p.Kind
		}
		return out
	}
	for name, one := range map[string]struct {
		folder, served []token.PublicKey
		want           map[string]string
	}{
		"same, in another order": {[]token.PublicKey{a, b}, []token.PublicKey{b, a}, map[string]string{}},
		"missing":                {[]token.PublicKey{a}, []token.PublicKey{a, b}, map[string]string{b.KID: Missing}},
		"unknown":                {[]token.PublicKey{a, b}, []token.PublicKey{a}, map[string]string{b.KID: Unknown}},
		"changed":                {[]token.PublicKey{a}, []token.PublicKey{other}, map[string]string{a.KID: Changed}},
		"all":                    {[]token.PublicKey{a, b}, []token.PublicKey{other, c}, map[string]string{a.KID: Changed, b.KID: Unknown, c.KID: Missing}},
	} {
		if got := kinds(Compare(one.folder, one.served)); !maps.Equal(got, one.want) {
			t.Errorf("%s: %v, want %v", name, got, one.want)
		}
	}
}

// Package keys_test holds what api/keys publishes to what it says: the keys to
// each other, and each vector's verdict to token.Verifier's and to jose's.
package keys_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/internal/vectors"
	"github.com/latchkey-id/latchkey/token"
)

// dir is this folder.
const dir = "."

func read(t testing.TB) vectors.File {
	t.Helper()
	file, err := vectors.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func run(t testing.TB, file vectors.File) []vectors.Outcome {
	t.Helper()
	keys, err := file.Keys(dir)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := file.Run(t.Context(), keys)
	if err != nil || len(outcomes) != len(file.Vectors) {
		t.Fatalf("%d outcomes: %v", len(outcomes), err)
	}
	return outcomes
}

func TestKeysAreConsistent(t *testing.T) {
	t.Parallel()
	keys, problems, err := publickeys.Read(dir)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	var algorithms []string
	for _, k := range keys {
		algorithms = append(algorithms, k.Algorithm)
	}
	slices.Sort(algorithms)
	if !slices.Equal(algorithms, []string{token.ES256, token.EdDSA, token.RS256}) {
		t.Errorf("keys for %v", algorithms)
	}
}

func TestNothingPrivateIsPublished(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil || strings.Contains(string(text), "PRIVATE KEY") {
			t.Errorf("%s holds a private key (%v)", entry.Name(), err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, publickeys.KeySetFile))
	if err != nil {
		t.Fatal(err)
	}
	wantPublic(t, "jwks.json", text)
	for _, v := range read(t).Vectors { // a token may bring its key
		head, _, _ := strings.Cut(v.Token, ".")
		if header, err := base64.RawURLEncoding.DecodeString(head); err == nil {
			wantPublic(t, v.Name, header)
		}
	}
}

// wantPublic looks for the names of private members at any depth.
func wantPublic(t *testing.T, name string, text []byte) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	for {
		word, err := decoder.Token()
		if err != nil {
			return // the end
		}
		if s, ok := word.(string); ok && slices.Contains([]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, s) {
			t.Errorf("%s has the private member %q", name, s)
		}
	}
}

func TestVectorsAreMany(t *testing.T) {
	t.Parallel()
	file := read(t)
	valid, layers, clocks := 0, map[vectors.Layer]int{}, 0
	for _, v := range file.Vectors {
		layers[v.Layer]++
		if v.Valid {
			valid++
		}
		if v.Clock != nil {
			clocks++
		}
		if len(v.Token) > 16<<10 {
			t.Errorf("%s: %d bytes: make it a recipe", v.Name, len(v.Token))
		}
	}
	if len(file.Vectors) < 40 || valid < 10 || len(layers) != 3 || clocks < 3 {
		t.Errorf("%d vectors, %d valid, %d with clocks of their own, layers %v", len(file.Vectors), valid, clocks, layers)
	}
}

// words are how token.Verifier says each reason. A token that is refused for
// another reason than its own proves nothing.
var words = map[vectors.Reason][]string{
	vectors.Good:      {""},
	vectors.TooLong:   {"too long"},
	vectors.Form:      {"not three segments", "not base64url", "line break"},
	vectors.Header:    {"header: not a JSON object", "header: duplicate member", "header: a member that is not"},
	vectors.Algorithm: {"header: alg is not", "not for the token's algorithm"},
	vectors.Type:      {"header: typ is not"},
	vectors.KeyID:     {"header: kid must be", "unknown key"},
	vectors.Signature: {"the signature does not hold"},
	vectors.Payload:   {"payload: not a JSON object", "payload: duplicate member", " must be "},
	vectors.Issuer:    {"another issuer"},
	vectors.Audience:  {"another audience"},
	vectors.Expired:   {"expired"},
	vectors.NotYet:    {"not valid yet", "issued in the future"},
}

func TestVerifierGivesEachVerdict(t *testing.T) {
	t.Parallel()
	seen := map[vectors.Reason]bool{}
	for _, o := range run(t, read(t)) {
		due := words[o.Vector.Reason]
		seen[o.Vector.Reason] = true
		if !o.Right() {
			t.Errorf("%s: valid is %v, want %v (%s)", o.Vector.Name, o.Valid, o.Vector.Valid, o.Reason)
			continue
		}
		if !slices.ContainsFunc(due, func(word string) bool { return strings.Contains(o.Reason, word) }) {
			t.Errorf("%s: refused because %q, and should be because of %s", o.Vector.Name, o.Reason, o.Vector.Reason)
		}
	}
	for reason := range words {
		if !seen[reason] {
			t.Errorf("no vector is there for %s", reason)
		}
	}
}

// A wrong verdict is noticed: with another clock, key set or verdict.
func TestWrongVerdictsAreNoticed(t *testing.T) {
	t.Parallel()
	wrong := func(file vectors.File, keys token.Static) (n int) {
		outcomes, err := file.Run(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outcomes {
			if !o.Right() {
				n++
			}
		}
		return n
	}
	file := read(t)
	keys, err := file.Keys(dir)
	if err != nil {
		t.Fatal(err)
	}
	later := file
	later.Clock = file.Clock.AddDate(1, 0, 0)
	if wrong(later, keys) < 10 {
		t.Error("a year later the valid tokens are still valid")
	}
	if wrong(file, token.Static{}) < 10 {
		t.Error("without keys the valid tokens are still valid")
	}
	turned := file
	turned.Vectors = slices.Clone(file.Vectors)
	for i := range turned.Vectors {
		turned.Vectors[i].Valid = !turned.Vectors[i].Valid
	}
	if n := wrong(turned, keys); n != len(file.Vectors) {
		t.Errorf("%d of %d turned verdicts are wrong", n, len(file.Vectors))
	}
}

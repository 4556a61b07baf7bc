package publickeys

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/token"
)

// maxFileSize bounds what is read of a file; a key set that may be served is
// smaller (token.Remote).
const maxFileSize = 256 << 10

// Problem is something that is wrong with a folder.
type Problem struct {
	Kind string `json:"kind"`          // one of the constants below
	KID  string `json:"kid,omitempty"` // of the key, where it is about one
	File string `json:"file,omitempty"`
	Text string `json:"text"` // for people
}

// The kinds of problems. The first three come of a comparison with what is
// served, the others of the folder itself.
const (
	Missing      = "missing"      // served, and not in the folder
	Unknown      = "unknown"      // in the folder, and not served
	Changed      = "changed"      // another key under the same kid
	Inconsistent = "inconsistent" // the files do not say the same
	Malformed    = "malformed"    // a file is not as Write writes it
	Private      = "private"      // a file holds a private key
)

// Read reads a folder and says what is wrong with it in itself: jwks.json
// and the PEM files must hold the same keys, each under its thumbprint, in the
// bytes that Write gives (line ends may be those of git on Windows). The keys
// are those of jwks.json. The error is a file that cannot be read, or a folder
// that is not there: then nothing is known.
func Read(dir string) (keys []token.PublicKey, problems []Problem, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || name != KeySetFile && filepath.Ext(name) != ".pem" {
			continue
		}
		text, err := readFile(filepath.Join(dir, name))
		if err != nil {
			return nil, nil, err
		}
		files[name] = text
	}
	r := reader{files: files}
	r.readKeySet()
	r.readPEMs()
	slices.SortFunc(r.problems, byFile)
	return r.keys, r.problems, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFileSize {
		return nil, fmt.Errorf("%s: is not a file of at most %d bytes", path, maxFileSize)
	}
	text, err := os.ReadFile(path)
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), err
}

type reader struct {
	files    map[string][]byte
	keys     []token.PublicKey // of jwks.json
	problems []Problem
}

func (r *reader) problem(kind, kid, file, format string, args ...any) {
	r.problems = append(r.problems, Problem{Kind: kind, KID: kid, File: file, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) readKeySet() {
	text, ok := r.files[KeySetFile]
	if !ok {
		r.problem(Malformed, "", KeySetFile, "%s is not there", KeySetFile)
		return
	}
	keys, err := token.ParseJWKSet(text)
	if err != nil {
		r.problem(Malformed, "", KeySetFile, "%s is not a key set: %v", KeySetFile, err)
		return
	}
	for _, k := range keys {
		if kid, err := token.Thumbprint(k.Key); err != nil || kid != k.KID {
			r.problem(Inconsistent, k.KID, KeySetFile, "%s: the kid %q is not its key's thumbprint", KeySetFile, k.KID)
			continue
		}
		r.keys = append(r.keys, k)
	}
	// A key that is passed over, a private member and whatever else does not
	// belong there make the bytes differ.
	if want, err := encodeKeySet(r.keys); err != nil || !bytes.Equal(want, text) {
		r.problem(Malformed, "", KeySetFile, "%s is not as `latchkey keys export` writes it", KeySetFile)
	}
}

func (r *reader) readPEMs() {
	inSet := map[string]bool{}
	for _, k := range r.keys {
		inSet[k.KID] = true
		if _, ok := r.files[FileName(k.KID)]; !ok {
			r.problem(Inconsistent, k.KID, FileName(k.KID), "key %s is in %s and has no %s", k.KID, KeySetFile, FileName(k.KID))
		}
	}
	for name, text := range r.files {
		if name == KeySetFile {
			continue
		}
		if bytes.Contains(text, []byte("PRIVATE KEY")) {
			r.problem(Private, "", name, "%s holds a private key: whoever has it can sign tokens; revoke it", name)
			continue
		}
		if !keyFile.MatchString(name) {
			continue // somebody else's
		}
		r.readPEM(name, text, inSet)
	}
}

func (r *reader) readPEM(name string, text []byte, inSet map[string]bool) {
	kid := strings.TrimSuffix(name, ".pem")
	k, err := ParsePEM(text)
	if err != nil {
		r.problem(Malformed, kid, name, "%s %v", name, err)
		return
	}
	if k.KID != kid {
		r.problem(Inconsistent, kid, name, "%s holds the key %s", name, k.KID)
		return
	}
	if !inSet[kid] {
		r.problem(Inconsistent, kid, name, "%s is not in %s", name, KeySetFile)
	}
	if want, err := encodePEM(k); err != nil || !bytes.Equal(want, text) {
		r.problem(Malformed, kid, name, "%s is not as `latchkey keys export` writes it", name)
	}
}

func byFile(a, b Problem) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	return strings.Compare(a.KID+a.Kind, b.KID+b.Kind)
}

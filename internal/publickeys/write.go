package publickeys

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// fileMode: everybody may read public keys.
const (
	fileMode = 0o644
	dirMode  = 0o755
)

// temporary is the beginning of the name of a file that is being written. One
// that an interrupted write left is removed by a later one; a younger one may
// be somebody's who writes at this moment.
const (
	temporary    = ".latchkey-keys-"
	temporaryAge = time.Hour
)

// keyFile is the name of a key's file: the SHA-256 thumbprint in base64url.
var keyFile = regexp.MustCompile(`^([A-Za-z0-9_-]{43})\.pem$`)

// Changes are the names of files, in order.
type Changes struct {
	Written   []string `json:"written"`
	Removed   []string `json:"removed"`
	Unchanged []string `json:"unchanged"`
}

// None says that the folder was up to date.
func (c Changes) None() bool { return len(c.Written)+len(c.Removed) == 0 }

// Write makes dir, where it is missing, hold these keys, and says what that
// changed; with dryRun it only says so. Files of keys that are no longer among
// them are removed, everything else in dir is left alone.
//
// Each file is replaced as a whole, the new keys' first, then jwks.json, and old
// keys' files go last: interrupted at any point, each file is the old or the new
// one, jwks.json names no key that has no file, and a second run ends it.
func Write(dir string, keys []token.PublicKey, dryRun bool) (Changes, error) {
	steps, changes, err := plan(dir, keys)
	if err != nil || dryRun {
		return changes, err
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return changes, err
	}
	for _, s := range steps {
		if err := s.take(dir); err != nil {
			return changes, err
		}
	}
	return changes, nil
}

// step writes a file, or removes it.
type step struct {
	name string
	text []byte // nil: remove
}

func (s step) take(dir string) error {
	if s.text != nil {
		return replace(dir, s.name, s.text)
	}
	err := os.Remove(filepath.Join(dir, s.name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another run was faster
	}
	return err
}

// plan says what there is to do, in the order in which it must be done.
func plan(dir string, keys []token.PublicKey) ([]step, Changes, error) {
	changes := Changes{Written: []string{}, Removed: []string{}, Unchanged: []string{}}
	if len(keys) == 0 {
		return nil, changes, errors.New("there are no keys: an empty set would tell every verifier to refuse every token")
	}
	files, err := Encode(keys)
	if err != nil {
		return nil, changes, err
	}
	var steps []step
	for _, name := range inOrder(files) {
		same, err := upToDate(filepath.Join(dir, name), files[name])
		switch {
		case err != nil:
			return nil, changes, err
		case same:
			changes.Unchanged = append(changes.Unchanged, name)
		default:
			changes.Written = append(changes.Written, name)
			steps = append(steps, step{name, files[name]})
		}
	}
	old, left, err := others(dir, files)
	if err != nil {
		return nil, changes, err
	}
	for _, name := range old {
		changes.Removed = append(changes.Removed, name)
		steps = append(steps, step{name: name})
	}
	for _, name := range left {
		steps = append(steps, step{name: name})
	}
	return steps, changes, nil
}

// inOrder gives the keys' files first.
func inOrder(files map[string][]byte) []string {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(name string) bool { return name == KeySetFile })
	return append(names, KeySetFile)
}

func upToDate(path string, text []byte) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s is not a file", path) // a link would be written through, or a folder replaced
	}
	have, err := os.ReadFile(path)
	return err == nil && bytes.Equal(have, text), err
}

// replace writes beside the file, and puts it in its place when it is whole and
// on the disk.
func replace(dir, name string, text []byte) (err error) {
	file, err := os.CreateTemp(dir, temporary+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the reason is in err already
		}
	}()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Chmod(fileMode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(dir, name))
}

// others finds the files of other keys, and what interrupted writes left.
func others(dir string, files map[string][]byte) (old, left []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil // it is yet to be made
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case !entry.Type().IsRegular():
		case keyFile.MatchString(name) && files[name] == nil:
			old = append(old, name)
		case strings.HasPrefix(name, temporary) && olderThan(entry, temporaryAge):
			left = append(left, name)
		}
	}
	return old, left, err
}

func olderThan(entry fs.DirEntry, age time.Duration) bool {
	info, err := entry.Info()
	return err == nil && time.Since(info.ModTime()) > age
}

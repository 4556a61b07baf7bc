// Commongen makes the list of common passwords that package password ships:
//
//	go run ./internal/password/commongen -in LIST…
//
// LISTs are text files (a word a line, most frequent first), the same gzipped,
// or JSON arrays of strings. README.md of package password names the ones that
// were used and how to get them. Run it in the module's root. It writes
// common.bin (what is embedded) and testdata/common.txt.gz (the same, in clear)
// and prints how many entries there are; the same lists give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/internal/password/denylist"
)

const (
	// keepFrom is the shortest entry kept, in characters: NIST's least minimum,
	// for policies that lower PASSWORD_MIN.
	keepFrom = 8
	// shortFrom is how many words at the top of each list give entries shorter
	// than minimum.
	shortFrom = 10_000
	// minimum is the default minimum length. Rules make entries from here on.
	minimum = 12
	// longest is bcrypt's limit, in bytes.
	longest = 72
)

func main() {
	log.SetFlags(0)
	in := flag.String("in", "", "the first list; more may follow as arguments")
	out := flag.String("out", "internal/password", "the folder of package password")
	flag.Parse()
	if *in == "" {
		log.Fatal("usage: commongen [-out DIR] -in LIST [LIST…]")
	}
	if err := run(*out, append([]string{*in}, flag.Args()...)); err != nil {
		log.Fatal(err)
	}
}

func run(out string, paths []string) error {
	lists := make([][]string, 0, len(paths))
	for _, path := range paths {
		list, err := readList(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		lists = append(lists, list)
	}
	words := make(map[string]bool)
	for i, list := range lists {
		for rank, w := range list {
			if rank < shortFrom {
				add(words, w, keepFrom)
			}
			add(words, w, minimum)
		}
		fmt.Printf("%s: %d words; entries so far: %d, of %d characters and more: %d\n",
			filepath.Base(paths[i]), len(list), len(words), minimum, countLong(words))
	}
	rules(bases(lists), func(w string) { add(words, w, minimum) })

	sorted := make([]string, 0, len(words))
	for w := range words {
		sorted = append(sorted, w)
	}
	slices.Sort(sorted)
	table := denylist.Build(sorted)
	fmt.Printf("with the rules: %d, of %d characters and more: %d; table: %d entries, %d bytes\n",
		len(sorted), minimum, countLong(words), table.Len(), len(table))
	return write(out, sorted, table)
}

// add folds w and keeps it if it is a password that could be chosen: text, of
// least characters or more, within bcrypt's limit.
func add(words map[string]bool, w string, least int) {
	if len(w) > longest || utf8.RuneCountInString(w) < least || !utf8.ValidString(w) ||
		strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return
	}
	words[denylist.Fold(w)] = true
}

func countLong(words map[string]bool) int {
	n := 0
	for w := range words {
		if utf8.RuneCountInString(w) >= minimum {
			n++
		}
	}
	return n
}

func write(out string, sorted []string, table denylist.Table) error {
	var clear bytes.Buffer
	z, err := gzip.NewWriterLevel(&clear, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write([]byte(strings.Join(sorted, "\n") + "\n")); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "testdata", "common.txt.gz"), clear.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "common.bin"), []byte(table), 0o644)
}

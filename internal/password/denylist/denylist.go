// Package denylist is the form in which the list of common passwords travels:
// the sorted 5-byte prefixes of SHA-256 over the folded words, one after the
// other. The table is searched where it lies (in the binary), so it costs no
// start-up, no allocation and no memory of its own.
//
// A word of the list is always found. Another word is taken for one of the
// list with the probability Len/2^40: below 1e-6 for anything under a million
// words.
package denylist

import (
	"crypto/sha256"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// width is the number of bytes kept of each word's digest.
const width = 5

// Table is a list made by Build.
type Table string

// Build makes the table of words, which it folds; their order and repetitions
// do not matter.
func Build(words []string) Table {
	keys := make([]string, 0, len(words))
	for _, w := range words {
		k := key(w)
		keys = append(keys, string(k[:]))
	}
	sort.Strings(keys)
	var b strings.Builder
	b.Grow(len(keys) * width)
	for i, k := range keys {
		if i == 0 || k != keys[i-1] {
			b.WriteString(k)
		}
	}
	return Table(b.String())
}

// Len is the number of entries.
func (t Table) Len() int { return len(t) / width }

// Contains reports whether word is in the list, in any case.
func (t Table) Contains(word string) bool {
	k := key(word)
	n := t.Len()
	i := sort.Search(n, func(i int) bool { return string(t[i*width:(i+1)*width]) >= string(k[:]) })
	return i < n && string(t[i*width:(i+1)*width]) == string(k[:])
}

// Fold maps s to one form for all its cases (Unicode simple case folding, what
// strings.EqualFold compares by), so that the Kelvin sign is a k.
func Fold(s string) string {
	if isLowerASCII(s) {
		return s
	}
	return strings.Map(foldRune, s)
}

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// foldRune takes the smallest rune of r's folding orbit, in lower case where it
// is ASCII.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		return least + ('a' - 'A')
	}
	return least
}

func key(word string) [width]byte {
	sum := sha256.Sum256([]byte(Fold(word)))
	return [width]byte(sum[:width])
}

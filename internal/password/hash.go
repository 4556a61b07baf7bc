package password

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The algorithms, by the names that PASSWORD_HASH takes.
const (
	Bcrypt   = "bcrypt"
	Argon2id = "argon2id"
)

// MaxVerifyBytes is the longest password, in bytes, that can match a stored
// argon2id hash: the contract's 1,024 characters at up to four bytes each.
// (bcrypt's limit is MaxBcryptBytes.)
const MaxVerifyBytes = 4096

var (
	// ErrHashFormat is the answer to a stored or imported hash that is not one
	// of ours: neither bcrypt nor argon2id, not canonical, or dearer than the
	// limits allow. It never repeats the hash.
	ErrHashFormat = errors.New("password: not an accepted bcrypt or argon2id hash")
	// ErrUnhashable is the answer of Hash to a password that the algorithm
	// cannot hold without confusing it with another: empty, over 72 bytes under
	// bcrypt, with a NUL, or not UTF-8. Policy.Check refuses these first.
	ErrUnhashable = errors.New("password: cannot be hashed under the policy")
)

// Policy says how new passwords are hashed and which are accepted. The zero
// value is the default: bcrypt at cost 12, at least 12 characters.
type Policy struct {
	// Algorithm is Bcrypt or Argon2id; empty means Bcrypt.
	Algorithm string
	// BcryptCost is the logarithm of bcrypt's rounds, 4 to 14; 0 means 12. (The
	// environment accepts 10 to 14; tests are quicker at 4.)
	BcryptCost int
	// MinLength of new passwords, in characters; 0 means 12.
	MinLength int
	// Argon2MemoryKiB, Argon2Time and Argon2Threads are argon2id's m, t and p.
	// All zero means 19456 (19 MiB), 2 and 1, the OWASP password storage
	// cheat sheet's second choice and the least memory at t = 2.
	Argon2MemoryKiB uint32
	Argon2Time      uint32
	Argon2Threads   uint8
}

// Validate reports the first setting outside its limits.
func (p Policy) Validate() error {
	p = p.withDefaults()
	switch {
	case p.Algorithm != Bcrypt && p.Algorithm != Argon2id:
		return fmt.Errorf("password: the algorithm must be %s or %s", Bcrypt, Argon2id)
	case p.BcryptCost < minBcryptCost || p.BcryptCost > maxBcryptCost:
		return fmt.Errorf("password: the bcrypt cost must be %d to %d", minBcryptCost, maxBcryptCost)
	case p.MinLength < 1 || p.MinLength > MaxBcryptBytes:
		return fmt.Errorf("password: the minimum length must be 1 to %d", MaxBcryptBytes)
	case !p.argon2().allowed():
		return errors.New("password: the argon2id parameters are outside m ≤ 65536 KiB, m ≥ 8p, 1 ≤ t ≤ 4, 1 ≤ p ≤ 4")
	}
	return nil
}

func (p Policy) withDefaults() Policy {
	if p.Algorithm == "" {
		p.Algorithm = Bcrypt
	}
	if p.BcryptCost == 0 {
		p.BcryptCost = 12
	}
	if p.MinLength == 0 {
		p.MinLength = 12
	}
	if p.Argon2MemoryKiB == 0 && p.Argon2Time == 0 && p.Argon2Threads == 0 {
		p.Argon2MemoryKiB, p.Argon2Time, p.Argon2Threads = 19456, 2, 1
	}
	return p
}

// Hash hashes password under the policy with a fresh random salt. It applies
// no rule of Check but ErrUnhashable. It computes at once, on the caller's
// goroutine: services go through Hasher.
func (p Policy) Hash(password string) (string, error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	if !p.hashable(password) {
		return "", ErrUnhashable
	}
	p = p.withDefaults()
	if p.Algorithm == Argon2id {
		return p.argon2().hash(password), nil
	}
	return hashBcrypt(password, p.BcryptCost)
}

// hashable reports whether the policy's algorithm tells password from every
// other.
func (p Policy) hashable(password string) bool {
	if p.withDefaults().Algorithm == Argon2id {
		return usable(password, MaxVerifyBytes)
	}
	return usable(password, MaxBcryptBytes)
}

// Weaker reports whether encoded, which has just matched, should be replaced by
// a hash of the policy: another algorithm, a lower bcrypt cost, less memory or
// fewer passes, a salt under 16 or a tag under 32 bytes. bcrypt's prefixes $2a,
// $2b and $2y are equals. What ParseHash refuses is weaker than anything.
func (p Policy) Weaker(encoded string) bool {
	s, err := parse(encoded)
	return err != nil || p.weaker(s)
}

func (p Policy) weaker(s stored) bool {
	p = p.withDefaults()
	switch s := s.(type) {
	case bcryptHash:
		return p.Algorithm != Bcrypt || s.cost < p.BcryptCost
	case argon2Hash:
		return p.Algorithm != Argon2id || s.weakerThan(p.argon2())
	}
	return true
}

// Dummy is a hash as dear as the policy's that no known password matches. Work
// on it keeps unknown names as slow as known ones. It is put together from
// constants: start-up makes no hash.
func (p Policy) Dummy() string {
	p = p.withDefaults()
	if p.Algorithm == Argon2id {
		return p.argon2().dummy()
	}
	return dummyBcrypt(p.BcryptCost)
}

// Verify reports whether password is the one that encoded was made from,
// whatever the policy. A password that the algorithm would confuse with another
// (over 72 bytes under bcrypt, with a NUL, not UTF-8, empty) never matches and
// costs what a wrong one costs. It returns ErrHashFormat, without computing
// anything, for what ParseHash refuses.
//
// It computes at once, on the caller's goroutine: services go through Hasher.
func Verify(encoded, password string) (ok bool, err error) {
	s, err := parse(encoded)
	if err != nil {
		return false, err
	}
	return s.matches(password)
}

// ParseHash returns ErrHashFormat unless encoded is a hash that Verify would
// compute: bcrypt ($2a$, $2b$ or $2y$, cost 4 to 14, 60 characters of its
// alphabet) or argon2id in the PHC string format (v=19, m ≤ 65536 KiB and ≥ 8p,
// t ≤ 4, p ≤ 4, a salt of 8 to 64 and a tag of 16 to 64 bytes in unpadded
// canonical base64). Imported hashes pass through it.
func ParseHash(encoded string) error {
	_, err := parse(encoded)
	return err
}

// stored is a hash within the limits.
type stored interface {
	matches(password string) (bool, error)
	// work is what one comparison costs, in bcrypt's rounds (2^cost).
	work() int
}

func parse(encoded string) (stored, error) {
	if strings.HasPrefix(encoded, argon2Prefix) {
		return parseArgon2(encoded)
	}
	return parseBcrypt(encoded)
}

// usable reports whether password can be told from every other one by an
// algorithm that reads at most limit bytes.
func usable(password string, limit int) bool {
	return password != "" && len(password) <= limit && utf8.ValidString(password) && strings.IndexByte(password, 0) < 0
}

// cut shortens password to limit bytes: what is hashed, for the time it takes,
// in place of one that is too long to match.
func cut(password string, limit int) []byte {
	return []byte(password[:min(len(password), limit)])
}

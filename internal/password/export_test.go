package password

import "time"

import "golang.org/x/crypto/bcrypt"

// CountRounds runs f and says how many rounds of bcrypt (2^cost each) were
// computed meanwhile, by anybody: for tests that run alone.
func CountRounds(f func()) (rounds int) {
	compareBcrypt = func(encoded, password []byte) error {
		cost, err := bcrypt.Cost(encoded)
		if err != nil {
			return err
		}
		rounds += 1 << cost
		return bcrypt.CompareHashAndPassword(encoded, password)
	}
	defer func() { compareBcrypt = bcrypt.CompareHashAndPassword }()
	f()
	return rounds
}

// ExpectEach has the pool reckon with work of that length.
func (p *Pool) ExpectEach(d time.Duration) { p.stats.recent.Store(int64(d)) }

// EachTakes is the length that it reckons with.
func (p *Pool) EachTakes() time.Duration { return time.Duration(p.stats.recent.Load()) }

package password

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

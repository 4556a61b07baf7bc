package password

import (
	"context"
	"strings"
	"time"
)

// Hasher hashes and verifies under one policy, in one pool. It is safe for
// concurrent use. Under argon2id each worker holds the memory of one hash
// (19 MiB by default) while it works.
type Hasher struct {
	policy Policy
	pool   *Pool
}

// NewHasher joins policy and pool; the caller closes the pool. A policy that
// Validate refuses makes every Hash fail.
func NewHasher(policy Policy, pool *Pool) *Hasher {
	return &Hasher{policy: policy.withDefaults(), pool: pool}
}

// Policy is what new passwords are held to.
func (h *Hasher) Policy() Policy { return h.policy }

// Admit returns fault.ErrOverloaded where a hash would wait in vain: see
// Pool.Admit.
func (h *Hasher) Admit() error { return h.pool.Admit() }

// Hash hashes password in the pool. It applies no rule of Policy.Check. It
// returns ErrUnhashable, or what Pool.Do returns.
func (h *Hasher) Hash(ctx context.Context, password string) (encoded string, err error) {
	if !h.policy.hashable(password) {
		return "", ErrUnhashable // before it takes a worker's time
	}
	if poolErr := h.pool.Do(ctx, func() {
		began := time.Now()
		encoded, err = h.policy.Hash(password)
		h.pool.metrics.Hashed(h.policy.Algorithm, "hash", time.Since(began))
	}); poolErr != nil {
		return "", poolErr
	}
	return encoded, err
}

// Result is what a verification found.
type Result struct {
	// Match is whether the password is the account's.
	Match bool
	// Rehash is a hash of the same password to store in place of one that is
	// weaker than the policy; empty if there is none to store. It is never set
	// without Match.
	Rehash string
}

// Verify reports in the pool whether password is the one encoded was made from.
// Encoded is empty for an account that does not exist or has no password: the
// answer is then no match, at the price of a wrong password. Any answer but a
// match costs one hash of the policy (see the package's comment).
//
// It returns ErrHashFormat, also at that price, for a stored hash that is not
// one of ours: to the caller that is no match, and a line in the log. Anything
// else comes from Pool.Do, and nothing is known of the password then.
func (h *Hasher) Verify(ctx context.Context, encoded, password string) (result Result, err error) {
	if poolErr := h.pool.Do(ctx, func() {
		began := time.Now()
		result, err = h.policy.verify(encoded, password)
		h.pool.metrics.Hashed(h.policy.algorithmOf(encoded), "verify", time.Since(began))
	}); poolErr != nil {
		return Result{}, poolErr
	}
	return result, err
}

func (p Policy) verify(encoded, password string) (Result, error) {
	p = p.withDefaults()
	if encoded == "" {
		_, err := Verify(p.Dummy(), password)
		return Result{}, err
	}
	s, err := parse(encoded)
	if err != nil {
		_, _ = Verify(p.Dummy(), password)
		return Result{}, err
	}
	match, err := s.matches(password)
	if err != nil {
		return Result{}, err
	}
	if !match {
		spend(p.work() - s.work())
		return Result{}, nil
	}
	result := Result{Match: true}
	if p.weaker(s) {
		// One that the policy cannot hold (argon2id's long ones, under bcrypt)
		// gives an error and "", and keeps the hash it has.
		result.Rehash, _ = p.Hash(password)
	}
	return result, nil
}

// algorithmOf names what a stored hash was made with; the dummy's is the
// policy's.
func (p Policy) algorithmOf(encoded string) string {
	switch {
	case encoded == "":
		return p.Algorithm
	case strings.HasPrefix(encoded, "$argon2id$"):
		return Argon2id
	}
	return Bcrypt
}

// work is what a hash of the policy costs, in bcrypt's rounds.
func (p Policy) work() int {
	if p.Algorithm == Argon2id {
		return p.argon2().work()
	}
	return 1 << p.BcryptCost
}

// spend works for that many of bcrypt's rounds. Costs are powers of two, so the
// gap between two of them comes out exactly: 2^10 and 2^11 fill 2^10 up to
// 2^12. What is left under 2^4 rounds (0.8 ms) is let go.
func spend(rounds int) {
	for cost := maxBcryptCost; cost >= minBcryptCost; cost-- {
		for ; rounds >= 1<<cost; rounds -= 1 << cost {
			_ = compareBcrypt([]byte(dummyBcrypt(cost)), nil)
		}
	}
}

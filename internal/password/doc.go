// Package password keeps what the users service knows of passwords: how they
// are hashed and checked, which ones are refused, and how much of the machine
// that may take.
//
//   - Policy says how a new password is hashed and which ones are accepted
//     (Check, in policy.go). It can verify every hash of either algorithm.
//   - Verify and ParseHash (hash.go, bcrypt.go, argon2id.go) bound what is
//     computed at all: a stored or imported hash outside the limits is refused
//     unseen, so a hostile one cannot take a worker out for days.
//   - Pool (pool.go) runs the work on few threads of the lowest priority and
//     turns callers away when they would queue too long.
//   - Hasher (hasher.go) joins the two and is what the rest of the house uses.
//
// # Time tells nothing
//
// A sign-in that fails costs one hash of the policy, whether the name is
// unknown, has no password, was given a wrong one, one that is too long, holds
// a NUL or is not UTF-8. A stored hash cheaper than the policy is filled up
// with work on a dummy until it costs the same. One that is dearer than the
// policy (an imported bcrypt hash above BCRYPT_COST) does take longer, and
// Verify cannot hide it: set the policy to the dearest cost that is imported.
//
// # The common passwords
//
// common.bin holds the passwords that Check calls common: every one of at
// least 8 characters from the sources below and, as few of those reach the
// minimum of 12, what attackers' rule sets make of their most frequent words
// (suffixes, years, doubled words, keyboard walks, runs of digits). Internal
// package denylist says how it is stored and searched. testdata/common.txt.gz
// is the same list in clear, for tests and readers; README.md names sources,
// licences and the command that makes both files again.
package password

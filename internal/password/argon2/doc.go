// Package argon2 derives Argon2id keys (RFC 9106) on the calling goroutine.
//
// golang.org/x/crypto/argon2 starts a goroutine for every segment, also with
// one lane, so the work leaves the thread it was asked on. The password pool's
// threads are the only ones of nice 19: with that package an argon2id storm
// would run at normal priority beside everything else. This one is derived from
// it (v0.58.0, BSD-3-Clause, see LICENSE) with three changes: the lanes of a
// slice run one after the other, which gives the same key; the first pass
// overwrites blocks instead of mixing into zeroes, so memory can be used again
// without clearing it; and only the portable code is kept, which costs a fifth
// of its speed on amd64 and nothing on arm64.
//
// The tests hold it equal to x/crypto's over a table of parameters.
package argon2

// Package keyring holds the keys that access tokens are signed with: the key
// law's house.
//
//	pending ──▶ active ──▶ retiring ──▶ retired
//	   └───────────┴───────────┴──────▶ revoked
//
// One key is active and signs. Pending keys are published before they sign, so
// that every verifier has them in time; retiring ones verify what they signed
// until it expires; a revoked key is refused at once. The states live in
// auth.signing_keys, where an index sees to it that one key is active, however
// many instances there are.
//
//   - store.go is the table. The moves are in generate.go, import.go, rotate.go,
//     revoke.go and rewrap.go: one at a time, each in one transaction with its
//     event in the audit. maintain.go makes those that time asks for.
//   - ring.go is an instance's view of the table: loaded at the start (and the
//     first key made there), polled every 5 s, so that a change needs neither a
//     restart nor LISTEN, which no pooler passes on. It signs, verifies
//     (token.KeySet) and publishes the set (JWKS).
//   - snapshot.go turns rows into one immutable view.
//   - issued.go counts what was signed, for whoever is about to revoke a key.
//   - envelope.go is how a private key lies in the database: AES-256-GCM under
//     KEY_ENCRYPTION_KEY. The database alone signs nothing.
//
// No token is signed that expires later than the table knows (tokens_until), so
// a key that retires verifies for as long as anything of it may be out, whatever
// became of the instance that signed it.
//
// Nothing here prints or logs key material.
package keyring

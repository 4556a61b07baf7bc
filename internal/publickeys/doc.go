// Package publickeys keeps public keys in a folder that a repository commits:
//
//	<kid>.pem    one key each: SPKI, "PUBLIC KEY" (RFC 7468, section 13)
//	jwks.json    all of them, as the auth service serves them (RFC 7517)
//
// What is in such a folder is reviewed, and a build can tell that the keys that
// are served are the keys that somebody has seen. The bytes follow from the keys
// alone, in the order of their kids, so that git shows what changed and nothing
// else.
//
//   - encode.go is those bytes.
//   - write.go brings a folder up to date; read.go reads one and says what is
//     wrong with it; compare.go holds it against the keys that are served.
//
// Nothing private is ever written, and a folder that holds anything private is
// told of.
package publickeys

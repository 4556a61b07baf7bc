// Package vectors is the format of verification vectors: tokens, each with the
// verdict that a correct verifier must give at a stated clock. The repository's
// own are in api/keys, made by api/keys/make; docs/keys.md describes the format
// for those who read it with another program.
//
//   - vectors.go is a file of them, read and checked for sense.
//   - run.go puts each to a token.Verifier.
package vectors

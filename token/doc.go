// Package token makes and checks latchkey's access tokens (RFC 9068: a JWT of
// type at+jwt, signed with RS256). It is public: any Go service that accepts
// latchkey tokens may import it, and needs nothing else of this module.
//
// To guard a handler:
//
//	keys := token.NewRemote("https://id.example/.well-known/jwks.json", token.RemoteOptions{})
//	go keys.Run(ctx)
//	verifier := &token.Verifier{Issuer: "https://id.example", Audience: "latchkey", Keys: keys}
//	http.Handle("/things", token.Middleware(verifier)(things))
//
// and in the handler:
//
//	claims, _ := token.FromContext(r.Context())
//	if !claims.HasScope("things:read") { … }
//
// There are two errors to tell apart. ErrInvalid is the token's fault: answer
// 401 and do not say why. ErrKeysUnavailable is ours: answer 503, never 401, or
// an outage of the key set signs everybody out.
//
//   - claims.go is what a token says, mint.go writes it, verify.go believes it
//     or does not; compact.go and strict.go read it without mercy.
//   - keys.go is what a key set is; remote.go and fetch.go keep one up to date
//     from a JWKS address, jwk.go is its format (RFC 7517).
//   - cache.go spares a second RSA verification of the same token.
//   - middleware.go is for net/http.
//
// No error of this package holds a token or a part of one.
package token

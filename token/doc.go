// Package token makes and checks latchkey's access tokens (RFC 9068: a JWT of
// type at+jwt, signed with RS256, ES256 or EdDSA). It is public: any Go service
// that accepts latchkey tokens may import it, and needs nothing else of this
// module.
//
// To guard a handler:
//
//	keys := token.NewRemote("https://id.example/.well-known/jwks.json", token.RemoteOptions{Log: slog.Default()})
//	go keys.Run(ctx)
//	verifier := &token.Verifier{Issuer: "https://id.example", Audience: "latchkey", Keys: keys}
//	mux.Handle("GET /things", token.RequireScope("things:read")(things))
//	http.ListenAndServe(addr, token.Middleware(verifier)(mux))
//
// and in the handler:
//
//	claims, _ := token.FromContext(r.Context())
//
// With the public keys in a file instead of at an address, which nobody can revoke:
//
//	list, err := token.ParseJWKSet(text)
//	verifier.Keys = token.NewStatic(list...)
//
// There are two errors to tell apart. ErrInvalid is the token's fault: answer
// 401 and do not say why. ErrKeysUnavailable is ours: answer 503, never 401, or
// an outage of the key set signs everybody out. Middleware does both.
//
// The limits of a Remote:
//
//   - It asks for the set every 30 s, with the last ETag; a shorter max-age makes
//     that sooner (5 s at least). A key that is revoked at latchkey is out of its
//     published sets within 5 s, so its tokens are refused everywhere within 60 s,
//     and those that were verified before with them.
//   - A kid that is not in the set has the set fetched again at once, at most one
//     time in 30 s for all of them. A new key is so accepted at its first token.
//   - When the issuer cannot be reached, the last set goes on for 10 minutes, and
//     then there is ErrKeysUnavailable. Make metrics of Age, Stale, Failures and
//     KeyCount, and let Ready be part of your readiness.
//   - A clock may be off by 30 s (Verifier.Leeway). What a token says about its
//     subject is as old as the token, 10 minutes at most: a revoked key is seen to,
//     a role that was taken away is not.
//
// The files:
//
//   - claims.go is what a token says, mint.go writes it, verify.go believes it
//     or does not; compact.go and strict.go read it without mercy.
//   - algorithm.go binds a key to its algorithm by its type: a token cannot choose.
//   - keys.go is what a key set is; remote.go and fetch.go keep one up to date
//     from a JWKS address, jwk.go is its format (RFC 7517).
//   - cache.go spares a second verification of the same token.
//   - middleware.go is for net/http, and for chi as it is.
//
// No error of this package holds a token or a part of one.
package token

package token_test

import (
	"context"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

func BenchmarkMint(b *testing.B) {
	for _, a := range algorithms() {
		b.Run(a.name, func(b *testing.B) {
			key, claims := signingKey(a.key), goodClaims()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := token.Mint(key, claims); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerify has each Verifier see the token once: the cache never helps.
func BenchmarkVerify(b *testing.B) {
	for _, a := range algorithms() {
		b.Run(a.name, func(b *testing.B) {
			raw, keys := mint(b, a.key, goodClaims()), staticOf(a.key)
			verifiers := make([]*token.Verifier, 64)
			next := len(verifiers)
			b.ReportAllocs()
			for b.Loop() {
				if next == len(verifiers) {
					b.StopTimer()
					for i := range verifiers {
						verifiers[i] = newVerifier(newClock(), keys)
					}
					next = 0
					b.StartTimer()
				}
				if _, err := verifiers[next].Verify(context.Background(), raw); err != nil {
					b.Fatal(err)
				}
				next++
			}
		})
	}
}

func BenchmarkVerifyCached(b *testing.B) {
	for _, a := range algorithms() {
		b.Run(a.name, func(b *testing.B) {
			raw := mint(b, a.key, goodClaims())
			v := newVerifier(newClock(), staticOf(a.key))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(context.Background(), raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

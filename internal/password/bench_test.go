package password_test

import (
	"context"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/password"
)

func benchmarkHash(b *testing.B, p password.Policy) {
	b.ReportAllocs()
	encoded := p.Dummy()
	for b.Loop() {
		if ok, err := password.Verify(encoded, "correct horse"); ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkBcrypt10(b *testing.B) { benchmarkHash(b, password.Policy{BcryptCost: 10}) }
func BenchmarkBcrypt12(b *testing.B) { benchmarkHash(b, password.Policy{BcryptCost: 12}) }
func BenchmarkArgon2id(b *testing.B) {
	benchmarkHash(b, password.Policy{Algorithm: password.Argon2id})
}

func BenchmarkCommon(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if password.IsCommon("vorpal-Kettle-91") || !password.IsCommon("password1234") {
			b.Fatal("the list is wrong")
		}
	}
}

// BenchmarkPool is the hand-off alone.
func BenchmarkPool(b *testing.B) {
	p := newPool(b, 2, time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Do(context.Background(), func() {}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFailures is the time of each sort of failed sign-in, which should be
// one and the same.
func BenchmarkFailures(b *testing.B) {
	policy := password.Policy{BcryptCost: 10}
	h := password.NewHasher(policy, newPool(b, 1, time.Minute))
	for name, c := range failures(b, policy) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = h.Verify(context.Background(), c.encoded, c.pw)
			}
		})
	}
}

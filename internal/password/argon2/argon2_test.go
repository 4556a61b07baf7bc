package argon2_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	x "golang.org/x/crypto/argon2"

	"github.com/latchkey-id/latchkey/internal/password/argon2"
)

// TestIDKeyAgainstX compares with x/crypto's keys, in an order that has areas
// of memory used again for larger and smaller hashes.
func TestIDKeyAgainstX(t *testing.T) {
	t.Parallel()
	for _, kib := range []uint32{8, 4096, 31, 19456, 64, 1000} {
		for _, passes := range []uint32{1, 2, 4} {
			for _, threads := range []uint8{1, 2, 3, 4} {
				if kib > 8192 && (passes != 2 || threads > 1) {
					continue // seconds under the race detector, and nothing new
				}
				for _, keyLen := range []uint32{16, 32, 64, 100} {
					if kib > 8192 && keyLen != 32 {
						continue // the key's length is tried with less memory
					}
					t.Run(fmt.Sprintf("m%d_t%d_p%d_%d", kib, passes, threads, keyLen), func(t *testing.T) {
						password, salt := []byte(strings.Repeat("p", int(kib%97))), []byte("12345678abc")
						want := x.IDKey(password, salt, passes, kib, threads, keyLen)
						if got := argon2.IDKey(password, salt, passes, kib, threads, keyLen); !bytes.Equal(got, want) {
							t.Errorf("got %x, want %x", got, want)
						}
					})
				}
			}
		}
	}
}

func TestIDKeyConcurrently(t *testing.T) {
	t.Parallel()
	want := x.IDKey([]byte("one"), []byte("12345678"), 2, 256, 2, 32)
	done := make(chan []byte)
	for range 8 {
		go func() { done <- argon2.IDKey([]byte("one"), []byte("12345678"), 2, 256, 2, 32) }()
	}
	for range 8 {
		if got := <-done; !bytes.Equal(got, want) {
			t.Errorf("got %x, want %x", got, want)
		}
	}
}

func BenchmarkIDKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		argon2.IDKey([]byte("password"), []byte("0123456789abcdef"), 2, 19456, 1, 32)
	}
}

func BenchmarkX(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		x.IDKey([]byte("password"), []byte("0123456789abcdef"), 2, 19456, 1, 32)
	}
}

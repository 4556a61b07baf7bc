//go:build fuzz

package hammer_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer"
)

// TestLong is the run of `make fuzz`: as long as HAMMER says, from SEED or from
// one that it prints.
func TestLong(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("HAMMER"))
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64N(1 << 32)
	if text := os.Getenv("SEED"); text != "" {
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SEED=%d", seed)
	h := hammer.New(t, apitest.Start(t, hammer.Quick))
	for _, f := range h.For(t, seed, d) {
		t.Error(f)
	}
	t.Logf("%d requests", h.Sent())
}

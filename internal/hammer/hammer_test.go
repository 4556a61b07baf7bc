package hammer_test

import (
	"cmp"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/hammer"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// seed is that of every run of `make test`.
const seed = 6

// TestTheServicesAcceptWhatTheirDocumentsAccept is the short run.
func TestTheServicesAcceptWhatTheirDocumentsAccept(t *testing.T) {
	t.Parallel()
	h := hammer.New(t, apitest.Start(t, hammer.Quick))
	began := time.Now()
	for number := range 40 {
		for _, f := range h.Round(t, seed, number) {
			t.Error(f)
		}
	}
	t.Logf("%d requests in %s", h.Sent(), time.Since(began).Round(time.Millisecond))
}

// TestLong is the run of `make fuzz`: as long as HAMMER says, from SEED or from
// one that it prints.
func TestLong(t *testing.T) {
	d, err := time.ParseDuration(cmp.Or(os.Getenv("HAMMER"), "0s"))
	if err != nil {
		t.Fatal(err)
	}
	if d == 0 {
		t.Skip("HAMMER says for how long: `make fuzz`")
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

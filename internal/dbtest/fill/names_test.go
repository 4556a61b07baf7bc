package fill_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/dbtest/fill"
)

func TestIdsAreUUIDv7InOrder(t *testing.T) {
	t.Parallel()
	for n := int64(1); n < 100_000_000; n = n*2 + 1 {
		for _, id := range []struct{ this, next string }{
			{fill.UserID(n).String(), fill.UserID(n + 1).String()}, {fill.SessionID(n).String(), fill.SessionID(n + 1).String()},
		} {
			if id.this >= id.next {
				t.Errorf("%d: %s is not before %s", n, id.this, id.next)
			}
			if id.this[14] != '7' || id.this[19] < '8' || id.this[19] > 'b' {
				t.Errorf("%d: %s is no UUIDv7", n, id.this)
			}
		}
		if at := int64(fill.UserID(n).Time()); at == 0 || fill.UserTime(n).Year() > 2024 {
			t.Errorf("account %d is made at %s", n, fill.UserTime(n))
		}
	}
}

// A network is known once per account, so nobody may come twice before all
// have come, whatever their number.
func TestSessionsAreSpreadOverAllAccounts(t *testing.T) {
	t.Parallel()
	for _, users := range []int64{1, 2, 1000, 7919, 2 * 7919, 1_000_003} {
		seen := make([]bool, users+1)
		for n := int64(1); n <= users; n++ {
			user := fill.SessionUser(n, users)
			if user < 1 || user > users || seen[user] {
				t.Fatalf("of %d accounts, session %d is of %d", users, n, user)
			}
			seen[user] = true
		}
	}
}

package keyring

import (
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// Observed is what metrics show of the ring. Ages go by this machine's clock.
func (r *Ring) Observed() observe.KeyRing {
	s, now := r.current.Load(), r.options.Now()
	seen := observe.KeyRing{Ages: map[string][]time.Duration{}, Polled: r.age(), Failures: r.failures.Load()}
	for _, row := range s.rows {
		seen.Ages[row.State] = append(seen.Ages[row.State], now.Sub(since(row)))
	}
	_, err := r.Signing()
	seen.Signing = err == nil
	return seen
}

// since is when a key came into its state.
func since(row authdb.SigningKey) time.Time {
	switch State(row.State) {
	case Active:
		if row.ActivatedAt != nil {
			return *row.ActivatedAt
		}
	case Retiring:
		if row.RetiringAt != nil {
			return *row.RetiringAt
		}
	}
	return row.CreatedAt
}

package keyring

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
)

// issued counts the tokens that this instance has signed and not told the table
// of yet, by key and by the minute in which they expire.
type issued struct {
	mu     sync.Mutex
	counts map[issuedKey]int64
}

type issuedKey struct {
	kid     string
	expires int64 // seconds since 1970, rounded up to the minute
}

func (i *issued) add(kid string, expires time.Time, n int64) {
	const minute = 60
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.counts == nil {
		i.counts = map[issuedKey]int64{}
	}
	i.counts[issuedKey{kid, (expires.Unix() + minute - 1) / minute * minute}] += n
}

// take empties the count.
func (i *issued) take() map[issuedKey]int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	taken := i.counts
	i.counts = nil
	return taken
}

func (i *issued) putBack(taken map[issuedKey]int64) {
	for k, n := range taken {
		i.add(k.kid, time.Unix(k.expires, 0), n)
	}
}

// WriteIssued tells the table of the tokens that were signed since it was last
// told. Run does so at each poll; call it once more after the last token. What
// cannot be written is kept.
func (r *Ring) WriteIssued(ctx context.Context) {
	if err := r.writeIssued(ctx); err != nil {
		r.options.Log.WarnContext(ctx, "signed tokens could not be counted", "error", err)
	}
}

func (r *Ring) writeIssued(ctx context.Context) error {
	taken := r.issued.take()
	if len(taken) == 0 {
		return nil
	}
	var p authdb.AddIssuedTokensParams
	// In one order on all instances, so that none waits for another in a circle.
	order := slices.SortedFunc(maps.Keys(taken), func(a, b issuedKey) int {
		if a.kid != b.kid {
			return cmp.Compare(a.kid, b.kid)
		}
		return cmp.Compare(a.expires, b.expires)
	})
	for _, k := range order {
		p.Kids = append(p.Kids, k.kid)
		p.Expiries = append(p.Expiries, time.Unix(k.expires, 0))
		p.Counts = append(p.Counts, taken[k])
	}
	err := r.store.queries.AddIssuedTokens(ctx, p)
	if err != nil {
		r.issued.putBack(taken)
	}
	return err
}

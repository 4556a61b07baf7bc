package keyring

import (
	"context"
	"fmt"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
)

// Rewrapped is what a change of KEY_ENCRYPTION_KEY did, or would do.
type Rewrapped struct {
	Changed []string `json:"changed"` // kids whose private halves were under the previous key
	Current int      `json:"current"` // how many were under the current one already
}

// Rewrap puts every private key under the current KEY_ENCRYPTION_KEY: all or, when
// one opens under neither key (ErrCannotDecrypt, with its kid), none. Run again it
// finds nothing to do. With dry nothing stays changed.
func (s *Store) Rewrap(ctx context.Context, by audit.Actor, dry bool) (done Rewrapped, err error) {
	err = s.move(ctx, dry, func(q *authdb.Queries, _ ring) error {
		rows, err := q.ListLiveKeys(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.PrivateKey == nil {
				continue
			}
			envelope, changed, err := s.cipher.Rewrap(row.PrivateKey, []byte(row.Kid))
			if err != nil {
				return fmt.Errorf("signing key %s: %w", row.Kid, err)
			}
			if !changed {
				done.Current++
				continue
			}
			if _, err := q.RewrapKey(ctx, authdb.RewrapKeyParams{Kid: row.Kid, PrivateKey: envelope}); err != nil {
				return err
			}
			done.Changed = append(done.Changed, row.Kid)
		}
		if len(done.Changed) == 0 {
			return nil
		}
		return record(ctx, q, by, "key.rewrapped", nil, audit.Values{"kids": done.Changed})
	})
	return done, err
}

package keyring

import (
	"context"
	"errors"
	"fmt"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Maintain does what time asks for: it ends retiring keys whose last token has
// expired, rotates when the active key has signed for as long as it may, and sees
// to it that a key is pending. Several instances may call it at once; one is
// enough, every minute.
func (s *Store) Maintain(ctx context.Context) error {
	return errors.Join(s.retire(ctx), s.rotateIfDue(ctx), s.keepOnePending(ctx), s.dropCounts(ctx))
}

func (s *Store) retire(ctx context.Context) error {
	return s.move(ctx, false, func(q *authdb.Queries, _ ring) error {
		kids, err := q.RetireKeys(ctx)
		if err != nil {
			return fmt.Errorf("retire keys: %w", err)
		}
		for _, kid := range kids {
			if err := record(ctx, q, audit.System("keyring"), "key.retired", nil, audit.Values{"kid": kid}); err != nil {
				return err
			}
		}
		return nil
	})
}

// rotateIfDue waits another minute where the pending key is too young.
func (s *Store) rotateIfDue(ctx context.Context) error {
	if s.options.Rotation <= 0 {
		return nil
	}
	_, err := s.Rotate(ctx, audit.System("keyring"), RotateOptions{ifOlder: s.options.Rotation})
	if errors.Is(err, ErrTooYoung) || errors.Is(err, ErrNotPending) {
		return nil
	}
	return err
}

func (s *Store) keepOnePending(ctx context.Context) error {
	r, err := read(ctx, s.queries)
	if err != nil || len(r.with(Pending)) > 0 || r.full() {
		return postgres.Fault(err)
	}
	next, err := s.spare(true)
	if err != nil {
		return err
	}
	return s.move(ctx, false, func(q *authdb.Queries, r ring) error {
		if len(r.with(Pending)) > 0 {
			return nil // another instance was faster
		}
		return addSpare(ctx, q, audit.System("keyring"), next)
	})
}

func (s *Store) dropCounts(ctx context.Context) error {
	return postgres.Fault(s.queries.DropExpiredCounts(ctx))
}

package keyring

import (
	"context"
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// RotateOptions say which key becomes active.
type RotateOptions struct {
	KID    string // empty: the pending key that was published first
	Force  bool   // also one that verifiers may not have seen
	DryRun bool   // tell what would happen, and change nothing

	ifOlder time.Duration // do nothing unless the active key has signed for so long
}

// Rotation is what a rotation did, or would do.
type Rotation struct {
	Activated Key  `json:"activated"`
	Retiring  *Key `json:"retiring"` // nil where no key was active
	Pending   *Key `json:"pending"`  // the next one; nil in a dry run that would make it
	// Again says that the named key is active already: nothing was to be done.
	Again bool `json:"again"`
}

// Rotate makes a pending key active and the active one retiring, and sees to it
// that another is pending. It returns ErrTooYoung (with the time to wait) while
// verifiers may hold a key set without the new key, or right after another
// rotation: two that are asked for at once are one. Force overrides that. It
// returns ErrNotPending, fault.ErrNotFound for a kid that is in no ring, and
// ErrTooMany where too many retiring keys are published still.
func (s *Store) Rotate(ctx context.Context, by audit.Actor, o RotateOptions) (Rotation, error) {
	before, err := read(ctx, s.queries)
	if err != nil {
		return Rotation{}, err
	}
	p, err := planRotation(before, o) // refused before a key is made for nothing
	if err != nil || p.again || p.notDue {
		return Rotation{Activated: p.to, Again: p.again}, err
	}
	next, err := s.spare(p.spare && !o.DryRun)
	if err != nil {
		return Rotation{}, err
	}
	var done Rotation
	err = s.move(ctx, o.DryRun, func(q *authdb.Queries, r ring) error {
		if p, err = planRotation(r, o); err != nil || p.again || p.notDue {
			done = Rotation{Activated: p.to, Again: p.again}
			return err
		}
		if err := p.carryOut(ctx, q, by, o.Force, next); err != nil {
			return err
		}
		after, err := read(ctx, q)
		done = p.outcome(after)
		return err
	})
	return done, err
}

// spare makes the key that will be pending next.
func (s *Store) spare(wanted bool) (*sealedKey, error) {
	if !wanted {
		return nil, nil //nolint:nilnil // none is wanted
	}
	return s.generate(s.options.Algorithm, s.options.Bits)
}

type rotationPlan struct {
	from          *Key
	to            Key
	spare         bool // no other key is pending
	again, notDue bool
}

func planRotation(r ring, o RotateOptions) (p rotationPlan, err error) {
	if active := r.with(Active); len(active) > 0 {
		p.from = &active[0]
	}
	pending := r.with(Pending)
	switch {
	case o.KID != "":
		found := false
		if p.to, found = r.find(o.KID); !found {
			return p, fault.ErrNotFound
		}
	case len(pending) > 0:
		p.to = pending[0]
	}
	if p.from != nil && o.ifOlder > 0 && r.at.Sub(*p.from.ActivatedAt) < o.ifOlder {
		p.notDue = true
		return p, nil
	}
	switch {
	case p.to.State == Active:
		p.again = true
		return p, nil
	case p.to.State != Pending:
		return p, ErrNotPending
	}
	if wait := p.wait(r.at); wait > 0 && !o.Force {
		return p, ErrTooYoung.After(wait)
	}
	p.spare = len(pending) == 1
	if p.spare && r.full() {
		return p, ErrTooMany
	}
	return p, nil
}

// wait is how long the rotation should be put off.
func (p rotationPlan) wait(now time.Time) time.Duration {
	wait := seenAfter - now.Sub(p.to.CreatedAt)
	if p.from != nil {
		wait = max(wait, seenAfter-now.Sub(*p.from.ActivatedAt))
	}
	return wait
}

func (p rotationPlan) carryOut(ctx context.Context, q *authdb.Queries, by audit.Actor, forced bool, next *sealedKey) error {
	before, after := audit.Values{}, audit.Values{"kid": p.to.KID, "algorithm": p.to.Algorithm, "forced": forced}
	if p.from != nil {
		before["kid"] = p.from.KID
		if _, err := q.RetireActiveKey(ctx, authdb.RetireActiveKeyParams{Kid: p.from.KID, Skew: skew}); err != nil {
			return err
		}
	}
	if _, err := q.ActivateKey(ctx, p.to.KID); err != nil {
		return err
	}
	if err := record(ctx, q, by, "key.rotated", before, after); err != nil {
		return err
	}
	return addSpare(ctx, q, by, next)
}

func addSpare(ctx context.Context, q *authdb.Queries, by audit.Actor, next *sealedKey) error {
	if next == nil {
		return nil
	}
	if _, err := insertPending(ctx, q, next); err != nil {
		return err
	}
	return record(ctx, q, by, "key.created", nil, next.described())
}

func (p rotationPlan) outcome(after ring) (done Rotation) {
	done.Activated, _ = after.find(p.to.KID)
	if p.from != nil {
		from, _ := after.find(p.from.KID)
		done.Retiring = &from
	}
	if pending := after.with(Pending); len(pending) > 0 {
		done.Pending = &pending[0]
	}
	return done
}

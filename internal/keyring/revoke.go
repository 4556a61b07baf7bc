package keyring

import (
	"context"
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// RevokeOptions say how much is meant.
type RevokeOptions struct {
	Active bool // also the active key
	DryRun bool // tell what would happen, and change nothing
}

// Revocation is what a revocation did, or would do.
type Revocation struct {
	Revoked Key `json:"revoked"` // its TokensOut are refused from now on
	// Activated is the key that took the active one's place; nil in a dry run that
	// would make it. Unseen says that some
	// verifiers may not know it yet, and refuse its tokens until they have fetched
	// the set anew.
	Activated *Key `json:"activated"`
	Unseen    bool `json:"unseen"`
	Pending   *Key `json:"pending"` // the next one; nil in a dry run that would make it
	// Again says that it was revoked before: nothing was to be done.
	Again bool `json:"again"`
}

// Revoke has all tokens of a key refused: by instances of the auth service within
// 5 s, by verifiers within a minute. Its private half is destroyed. For the active
// key it asks for Active (ErrActive) and makes the pending key that was published
// first the active one, whatever its age, or a new one where none is pending. It
// returns fault.ErrNotFound for a kid that is in no ring.
func (s *Store) Revoke(ctx context.Context, by audit.Actor, kid string, o RevokeOptions) (Revocation, error) {
	before, err := read(ctx, s.queries)
	if err != nil {
		return Revocation{}, err
	}
	p, err := planRevocation(before, kid, o)
	if err != nil || p.again {
		return Revocation{Revoked: p.key, Again: p.again}, err
	}
	next, err := s.spare(p.spare && !o.DryRun)
	if err != nil {
		return Revocation{}, err
	}
	var done Revocation
	err = s.move(ctx, o.DryRun, func(q *authdb.Queries, r ring) error {
		p, err := planRevocation(r, kid, o)
		if err != nil || p.again {
			done = Revocation{Revoked: p.key, Again: p.again}
			return err
		}
		if err := p.carryOut(ctx, q, by, next, o.DryRun); err != nil {
			return err
		}
		after, err := read(ctx, q)
		done = p.outcome(after)
		return err
	})
	return done, err
}

type revocationPlan struct {
	key       Key
	successor *Key // the pending key to make active
	unseen    bool
	spare     bool // no key is pending afterwards
	again     bool
}

func planRevocation(r ring, kid string, o RevokeOptions) (p revocationPlan, err error) {
	var found bool
	if p.key, found = r.find(kid); !found {
		return p, fault.ErrNotFound
	}
	pending := r.with(Pending)
	switch p.key.State {
	case Revoked:
		p.again = true
	case Pending:
		p.spare = len(pending) == 1
	case Active:
		if !o.Active {
			return p, ErrActive
		}
		if len(pending) > 0 {
			p.successor = &pending[0]
			p.unseen = r.at.Sub(pending[0].CreatedAt) < seenAfter
		}
		p.unseen = p.unseen || p.successor == nil
		p.spare = len(pending) <= 1
	}
	return p, nil
}

func (p *revocationPlan) carryOut(ctx context.Context, q *authdb.Queries, by audit.Actor, next *sealedKey, dry bool) error {
	if _, err := q.RevokeKey(ctx, p.key.KID); err != nil {
		return err
	}
	after := audit.Values{"kid": p.key.KID, "tokens_out": p.key.TokensOut}
	if p.key.State == Active && (p.successor != nil || !dry) {
		if p.successor == nil { // the ring must not stand without
			if err := p.succeedWith(ctx, q, by, next); err != nil {
				return err
			}
			next = nil
		}
		if _, err := q.ActivateKey(ctx, p.successor.KID); err != nil {
			return err
		}
		after["successor"] = p.successor.KID
	}
	if err := record(ctx, q, by, "key.revoked", audit.Values{"kid": p.key.KID, "state": p.key.State}, after); err != nil {
		return err
	}
	return addSpare(ctx, q, by, next)
}

// succeedWith makes next the successor. There is none where the last pending key
// went away a moment ago.
func (p *revocationPlan) succeedWith(ctx context.Context, q *authdb.Queries, by audit.Actor, next *sealedKey) error {
	if next == nil {
		return errNoSuccessor
	}
	p.successor = &Key{KID: next.kid}
	return addSpare(ctx, q, by, next)
}

// errNoSuccessor is a race with another revocation; trying again is safe.
var errNoSuccessor = fault.ErrOverloaded.After(time.Second)

func (p revocationPlan) outcome(after ring) (done Revocation) {
	done.Revoked, _ = after.find(p.key.KID)
	done.Unseen = p.unseen
	if p.successor != nil {
		successor, _ := after.find(p.successor.KID)
		done.Activated = &successor
	}
	if pending := after.with(Pending); len(pending) > 0 {
		done.Pending = &pending[0]
	}
	return done
}

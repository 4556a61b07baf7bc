package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

const (
	// MaxAge is how long anybody may keep the published set (Cache-Control).
	MaxAge = time.Minute
	// seenAfter is when every verifier has a newly published key: whoever fetched
	// just before has thrown the set away, and whoever was told an old one by a
	// cache on the way, too.
	seenAfter = 2 * MaxAge
	// skew is how long after its expiry a token may still be accepted.
	skew = token.MaxLeeway
)

// How many keys may be published at a time, and how many may wait.
const (
	mostPending = 8
	mostLive    = 32 // maxItems of the set in the spec
)

// What a move is refused for.
var (
	// ErrTooYoung refuses to sign with a key that verifiers may not have seen, and
	// a second rotation right after the first.
	ErrTooYoung = fault.New(fault.Conflict, fault.CodeKeyTooYoung, "Verifiers may not have seen the pending key yet, or the active one was made so a moment ago.")
	// ErrNotPending says that the key, or any, does not wait to become active.
	ErrNotPending = fault.New(fault.Conflict, fault.CodeKeyNotPending, "There is no pending key, or the one that is named is not pending.")
	// ErrActive asks for confirmation.
	ErrActive = fault.New(fault.Conflict, fault.CodeKeyActive, "The key is the active one: everybody's access tokens would be refused. Confirm it with active=true.")
	// ErrTooMany keeps the published set within bounds.
	ErrTooMany = fault.New(fault.Conflict, fault.CodeTooManyKeys, "As many keys as may be are pending or published already.")
	// ErrOnceThere refuses to import what was revoked or has retired.
	ErrOnceThere = fault.New(fault.Conflict, fault.CodeKeyNotPending, "The key was in the ring before, and was revoked or has retired.")
)

// State is where a key stands in the key law.
type State string

// The states (signing_keys_state_check), a closed set.
const (
	Pending  State = "pending"  // published, does not sign
	Active   State = "active"   // signs; one
	Retiring State = "retiring" // verifies what it has signed
	Retired  State = "retired"  // gone: its last token has expired
	Revoked  State = "revoked"  // refused
)

// Key is a key of the ring, without its private half.
type Key struct {
	KID       string    `json:"kid"`
	Algorithm string    `json:"algorithm"`
	Bits      int       `json:"bits,omitempty"` // of an RSA modulus, else 0
	State     State     `json:"state"`
	CreatedAt time.Time `json:"created_at"` // when it was published, too
	// Times of moves; nil where there was none. VerifiesUntil is when a retiring
	// key's last token has expired, the skew included.
	ActivatedAt   *time.Time `json:"activated_at"`
	RetiringAt    *time.Time `json:"retiring_at"`
	VerifiesUntil *time.Time `json:"verifies_until"`
	RetiredAt     *time.Time `json:"retired_at"`
	RevokedAt     *time.Time `json:"revoked_at"`
	// TokensOut is how many tokens of it have not expired, by what the instances
	// have counted until a few seconds ago.
	TokensOut int64 `json:"tokens_out"`
}

// live says whether the key is in the published set.
func (k Key) live() bool { return k.State == Pending || k.State == Active || k.State == Retiring }

// StoreOptions say what keys are made, and when.
type StoreOptions struct {
	Algorithm string        // KEY_ALG: RS256 (also when empty), ES256 or EdDSA
	Bits      int           // KEY_BITS of an RSA key: 2048 (also when 0), 3072 or 4096
	Rotation  time.Duration // KEY_ROTATION: how long a key signs. 0: until somebody says so
}

// Store is the ring as the database has it, and makes the moves of the key law:
// one at a time, each in one transaction with its event in the audit. Instances
// follow by their Ring.
type Store struct {
	pool    *pgxpool.Pool
	queries *authdb.Queries
	cipher  *Cipher
	options StoreOptions
}

// NewStore takes the pool of the service's role. Without a cipher it lists, and
// retires and revokes where no key has to be made.
func NewStore(pool *pgxpool.Pool, c *Cipher, o StoreOptions) (*Store, error) {
	var err error
	if o.Algorithm, o.Bits, err = kindOf(o.Algorithm, o.Bits); err != nil {
		return nil, err
	}
	return &Store{pool: pool, queries: authdb.New(pool), cipher: c, options: o}, nil
}

// List gives the keys, the newest first: those that are published, or all that
// ever were.
func (s *Store) List(ctx context.Context, all bool) ([]Key, error) {
	r, err := read(ctx, s.queries)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	if !all {
		r.keys = slices.DeleteFunc(r.keys, func(k Key) bool { return !k.live() })
	}
	return r.keys, nil
}

// ring is what the table holds at a moment of the database's.
type ring struct {
	keys []Key
	at   time.Time
}

func read(ctx context.Context, q *authdb.Queries) (ring, error) {
	rows, err := q.ListKeys(ctx)
	if err != nil {
		return ring{}, fmt.Errorf("list the key ring: %w", err)
	}
	var r ring
	for _, row := range rows {
		r.at = row.ReadAt
		r.keys = append(r.keys, keyOf(row.SigningKey, row.TokensOut))
	}
	return r, nil
}

func keyOf(row authdb.SigningKey, out int64) Key {
	k := Key{
		KID: row.Kid, Algorithm: row.Algorithm, State: State(row.State), CreatedAt: row.CreatedAt,
		ActivatedAt: row.ActivatedAt, RetiringAt: row.RetiringAt, VerifiesUntil: row.VerifiesUntil, RetiredAt: row.RetiredAt,
		RevokedAt: row.RevokedAt, TokensOut: out,
	}
	if pub, err := publicKey(row); err == nil {
		k.Bits = bitsOf(pub.Key)
	}
	return k
}

// with gives the keys in a state, the oldest first.
func (r ring) with(state State) (found []Key) {
	for _, k := range slices.Backward(r.keys) {
		if k.State == state {
			found = append(found, k)
		}
	}
	return found
}

func (r ring) find(kid string) (Key, bool) {
	i := slices.IndexFunc(r.keys, func(k Key) bool { return k.KID == kid })
	if i < 0 {
		return Key{}, false
	}
	return r.keys[i], true
}

func (r ring) full() bool {
	live := 0
	for _, k := range r.keys {
		if k.live() {
			live++
		}
	}
	return live >= mostLive || len(r.with(Pending)) >= mostPending
}

// errDry ends a transaction whose work nobody wants to keep.
var errDry = errors.New("dry run")

// move runs do while nobody else moves a key. With dry nothing of it stays.
func (s *Store) move(ctx context.Context, dry bool, do func(q *authdb.Queries, r ring) error) error {
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		if err := q.LockKeyRing(ctx); err != nil {
			return fmt.Errorf("lock the key ring: %w", err)
		}
		r, err := read(ctx, q)
		if err != nil {
			return err
		}
		if err := do(q, r); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		return nil
	})
	switch {
	case errors.Is(err, errDry):
		return nil
	case errors.Is(err, ErrCannotDecrypt):
		return err
	}
	return postgres.Fault(err)
}

// record writes an event in the transaction of its move.
func record(ctx context.Context, q *authdb.Queries, by audit.Actor, kind string, before, after audit.Values) error {
	row, err := audit.NewRow(uuid.Must(uuid.NewV7()), by, audit.Event{Kind: kind, Before: before, After: after})
	if err != nil {
		return err
	}
	return q.InsertAuditEvent(ctx, authdb.InsertAuditEventParams(row))
}

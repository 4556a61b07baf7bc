package keyring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/token"
)

const (
	defaultPoll = 5 * time.Second
	// pollTimeout bounds one poll, so that a database that hangs is noticed.
	pollTimeout = 5 * time.Second
	// signsFor is how long an instance that does not reach the database goes on
	// signing: what it does not hear of may be that the key was revoked.
	signsFor = time.Minute
	// verifiesFor is how long it goes on verifying: the key law's limit.
	verifiesFor = 10 * time.Minute
	// renewEvery is how seldom tokens_until is written, beyond what may be signed
	// until the next poll.
	renewEvery = time.Minute
	// covered is what the table must have beyond the longest life of a token when
	// an instance goes on signing: it signs for signsFor without another word.
	covered = signsFor + 2*pollTimeout
)

// Options say how to follow the ring. The zero value is usable.
type Options struct {
	Longest time.Duration    // the longest life of any token that is minted. 0: 10 min
	Poll    time.Duration    // 0: 5 s
	Log     *slog.Logger     // nil: silent
	Now     func() time.Time // by which tokens are minted; nil: time.Now
	// Elapsed is what ages are measured by; nil: time.Now, whose monotonic reading
	// no change of the clock moves.
	Elapsed func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Longest <= 0 {
		o.Longest = 10 * time.Minute
	}
	if o.Poll <= 0 {
		o.Poll = defaultPoll
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Elapsed == nil {
		o.Elapsed = time.Now
	}
	return o
}

// Ring is this instance's view of the signing keys. It is safe for many
// goroutines; each method but Run and Reload answers from memory.
type Ring struct {
	store    *Store
	options  Options
	current  atomic.Pointer[snapshot]
	loaded   atomic.Pointer[time.Time] // by Elapsed
	failures atomic.Uint64
	issued   issued
	polling  sync.Mutex
	failing  bool // the last poll failed, and the log has it; Run's alone
}

var _ token.KeySet = (*Ring)(nil)

// Open loads the live keys and, where none is active yet, makes the first. Of
// several instances that start together one makes it and the others take it.
//
// It fails when the database does, and with ErrCannotDecrypt in the chain when
// KEY_ENCRYPTION_KEY does not open the active or a pending key: starting with a
// new key instead would sign everybody out, and hide a wrong configuration.
func Open(ctx context.Context, s *Store, o Options) (*Ring, error) {
	r := &Ring{store: s, options: o.withDefaults()}
	for range 2 {
		if err := r.Reload(ctx); err != nil {
			return nil, fmt.Errorf("open the key ring: %w", err)
		}
		if r.current.Load().signing.Private != nil {
			return r, nil
		}
		if err := r.insertFirst(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.Reload(ctx); err != nil || r.current.Load().signing.Private == nil {
		return nil, fmt.Errorf("open the key ring: %w", errors.Join(ErrNoSigningKey, err))
	}
	return r, nil
}

// insertFirst makes a key and puts it into the table, unless another instance
// has been faster.
func (r *Ring) insertFirst(ctx context.Context) error {
	key, err := r.store.generate(r.store.options.Algorithm, r.store.options.Bits)
	if err != nil {
		return err
	}
	id := uuid.Must(uuid.NewV7())
	inserted, err := r.store.queries.InsertActiveKey(ctx, authdb.InsertActiveKeyParams{
		Kid: key.kid, Algorithm: key.algorithm, PublicKey: key.public, PrivateKey: key.private, Bits: int32(key.bits),
		EventID: id, OccurredAt: audit.TimeOf(id),
	})
	if err != nil {
		return fmt.Errorf("insert the first signing key: %w", err)
	}
	if inserted == 1 {
		r.options.Log.InfoContext(ctx, "made the first signing key", "kid", key.kid, "algorithm", key.algorithm)
	}
	return nil
}

// Run follows the table until ctx ends. While the database does not answer, the
// last ring stays in use for as long as the key law has it; the log has one line
// when that begins and one when it ends. Call it once, on a goroutine of its own.
func (r *Ring) Run(ctx context.Context) {
	ticker := time.NewTicker(r.options.Poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			err := errors.Join(r.poll(ctx), r.count(ctx))
			if ctx.Err() != nil {
				return
			}
			r.report(ctx, err)
		}
	}
}

func (r *Ring) poll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	return r.Reload(ctx)
}

func (r *Ring) count(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	return r.writeIssued(ctx)
}

// Reload loads the table now, for whoever has changed it or was refused as if
// somebody had. Keys that cannot be used are left out and told of in the error;
// what the others' states say takes effect all the same.
func (r *Ring) Reload(ctx context.Context) error {
	r.polling.Lock()
	defer r.polling.Unlock()
	began := r.options.Elapsed()
	for range 3 {
		rows, err := r.store.queries.ListLiveKeys(ctx)
		if err != nil {
			return fmt.Errorf("list the signing keys: %w", err)
		}
		again, err := r.cover(ctx, rows)
		if err != nil {
			return err
		}
		if again {
			continue
		}
		s := r.next(rows)
		r.current.Store(s)
		r.loaded.Store(&began)
		return s.fault
	}
	return errors.New("the key ring does not come to rest")
}

// next is what rows make of the ring.
func (r *Ring) next(rows []authdb.SigningKey) *snapshot {
	old := r.current.Load()
	if old != nil && sameRows(old.rows, rows) {
		return old
	}
	s := build(rows, r.store.cipher)
	if old == nil || s.fault == nil || s.signing.Private != nil {
		return s
	}
	if _, live := s.keys[old.signing.KID]; live {
		s.signing = old.signing // better the last key, still published, than none
	}
	return s
}

// cover sees to it that no token is signed that expires later than the table
// knows: a key that retires verifies until then. again says that the active key
// is not what it was.
func (r *Ring) cover(ctx context.Context, rows []authdb.SigningKey) (again bool, err error) {
	if len(rows) == 0 || State(rows[0].State) != Active {
		return false, nil
	}
	until, now := rows[0].TokensUntil, r.options.Now()
	if until != nil && !until.Before(now.Add(r.options.Longest+covered)) {
		return false, nil
	}
	written, err := r.store.queries.CoverTokens(ctx, authdb.CoverTokensParams{
		Kid: rows[0].Kid, Clock: now, Ahead: r.options.Longest + covered + renewEvery,
	})
	if err != nil {
		return false, fmt.Errorf("cover tokens: %w", err)
	}
	return written == 0, nil // another instance was faster, or the key no longer signs
}

// report counts a failure and logs the first of a streak, and the end of it.
func (r *Ring) report(ctx context.Context, err error) {
	switch {
	case err != nil:
		r.failures.Add(1)
		if !r.failing {
			r.options.Log.ErrorContext(ctx, "the key ring could not be brought up to date; going on with what is usable", "error", err)
		}
	case r.failing:
		r.options.Log.InfoContext(ctx, "the key ring is up to date again")
	}
	r.failing = err != nil
}

func (r *Ring) age() time.Duration { return r.options.Elapsed().Sub(*r.loaded.Load()) }

// Signing gives the key to mint with, or ErrNoSigningKey: when there is none, or
// when the table has not been read for a minute.
func (r *Ring) Signing() (token.SigningKey, error) {
	s := r.current.Load()
	if s.signing.Private == nil || r.age() > signsFor {
		return token.SigningKey{}, ErrNoSigningKey
	}
	return s.signing, nil
}

// Mint signs a token with the active key and counts it. kid is that key's. It
// returns ErrNoSigningKey, or what is wrong with the claims.
func (r *Ring) Mint(c token.Claims) (minted, kid string, err error) {
	key, err := r.Signing()
	if err != nil {
		return "", "", err
	}
	minted, err = token.Mint(key, c)
	if err != nil {
		return "", "", err
	}
	r.issued.add(key.KID, c.ExpiresAt, 1)
	return minted, key.KID, nil
}

// Key implements token.KeySet: pending, active and retiring keys verify. It
// returns token.ErrKeysUnavailable when the table has not been read for 10 min.
func (r *Ring) Key(_ context.Context, kid string) (token.PublicKey, error) {
	if r.age() > verifiesFor {
		return token.PublicKey{}, token.ErrKeysUnavailable
	}
	k, ok := r.current.Load().keys[kid]
	if !ok {
		return token.PublicKey{}, token.ErrUnknownKey
	}
	return k, nil
}

// JWKS gives the published set (RFC 7517, section 5), the active key first, and
// its strong ETag, quotes included. The body is shared: do not change it.
func (r *Ring) JWKS() (body []byte, etag string) {
	s := r.current.Load()
	return s.jwks, s.etag
}

// Age is how long ago the table was read, for a metric.
func (r *Ring) Age() time.Duration { return r.age() }

// Failures counts the polls that failed or found keys that cannot be used.
func (r *Ring) Failures() uint64 { return r.failures.Load() }

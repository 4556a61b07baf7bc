package keyring

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/token"
)

const (
	defaultBits = 2048
	defaultPoll = 5 * time.Second
	// pollTimeout bounds one poll, so that a database that hangs is noticed.
	pollTimeout = 5 * time.Second
)

// Options say what keys to make and how to follow the others' changes. The zero
// value is usable.
type Options struct {
	Bits      int              // KEY_BITS: 2048 (also when 0), 3072 or 4096
	Algorithm string           // KEY_ALG: RS256 (also when empty)
	Poll      time.Duration    // 0: 5 s
	Log       *slog.Logger     // nil: silent
	Now       func() time.Time // nil: time.Now
}

func (o Options) withDefaults() (Options, error) {
	switch o.Bits {
	case 0:
		o.Bits = defaultBits
	case 2048, 3072, 4096:
	default:
		return o, fmt.Errorf("KEY_BITS must be 2048, 3072 or 4096, not %d", o.Bits)
	}
	if o.Algorithm != "" && o.Algorithm != token.RS256 {
		return o, fmt.Errorf("KEY_ALG must be %s, not %q", token.RS256, o.Algorithm)
	}
	o.Algorithm = token.RS256
	if o.Poll <= 0 {
		o.Poll = defaultPoll
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o, nil
}

// Ring is this instance's view of the signing keys. It is safe for many
// goroutines; each method but Run answers from memory.
type Ring struct {
	queries  *authdb.Queries
	cipher   *Cipher
	options  Options
	current  atomic.Pointer[snapshot]
	loaded   atomic.Pointer[time.Time]
	failures atomic.Uint64
	failing  bool // the last poll failed, and the log has it; Run's alone
}

var _ token.KeySet = (*Ring)(nil)

// Open loads the live keys and, where none is active yet, makes the first. Of
// several instances that start together one makes it and the others take it.
//
// It fails when the database does, and with ErrCannotDecrypt in the chain when
// KEY_ENCRYPTION_KEY does not open the active or a pending key: starting with a
// new key instead would sign everybody out, and hide a wrong configuration.
func Open(ctx context.Context, pool *pgxpool.Pool, c *Cipher, o Options) (*Ring, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Ring{queries: authdb.New(pool), cipher: c, options: o}
	s, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	if s.signing.Private == nil {
		if err := r.insertFirst(ctx); err != nil {
			return nil, err
		}
		if s, err = r.load(ctx); err != nil {
			return nil, err
		}
	}
	if s.signing.Private == nil {
		return nil, fmt.Errorf("open the key ring: %w", ErrNoSigningKey)
	}
	r.keep(s)
	return r, nil
}

// insertFirst makes a key and puts it into the table, unless another instance
// has been faster.
func (r *Ring) insertFirst(ctx context.Context) error {
	key, err := generate(r.options.Bits, r.cipher)
	if err != nil {
		return err
	}
	key.EventID = uuid.Must(uuid.NewV7())
	key.OccurredAt = audit.TimeOf(key.EventID)
	inserted, err := r.queries.InsertActiveKey(ctx, key)
	if err != nil {
		return fmt.Errorf("insert the first signing key: %w", err)
	}
	if inserted == 1 {
		r.options.Log.InfoContext(ctx, "made the first signing key", "kid", key.Kid, "bits", r.options.Bits)
	}
	return nil
}

func (r *Ring) load(ctx context.Context) (*snapshot, error) {
	rows, err := r.queries.ListLiveKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the signing keys: %w", err)
	}
	s := build(rows, r.cipher)
	if s.fault != nil {
		return nil, fmt.Errorf("open the key ring: %w", s.fault)
	}
	return s, nil
}

func (r *Ring) keep(s *snapshot) {
	r.current.Store(s)
	now := r.options.Now()
	r.loaded.Store(&now)
}

// Run follows the table until ctx ends. While the database does not answer, the
// last ring stays in use; the log has one line when that begins and one when it
// ends. Call it once, on a goroutine of its own.
func (r *Ring) Run(ctx context.Context) {
	ticker := time.NewTicker(r.options.Poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			err := r.poll(ctx)
			if ctx.Err() != nil {
				return
			}
			r.report(ctx, err)
		}
	}
}

// poll loads the table anew. Keys that cannot be used are left out and told of;
// what the others' states say takes effect all the same.
func (r *Ring) poll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	rows, err := r.queries.ListLiveKeys(ctx)
	if err != nil {
		return fmt.Errorf("list the signing keys: %w", err)
	}
	old := r.current.Load()
	if sameRows(old.rows, rows) {
		r.keep(old)
		return old.fault
	}
	s := build(rows, r.cipher)
	if _, live := s.keys[old.signing.KID]; live && s.fault != nil && s.signing.Private == nil {
		s.signing = old.signing // better the last key, still published, than none
	}
	r.keep(s)
	return s.fault
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

// Signing gives the key to mint with, or ErrNoSigningKey. Ask for it each time:
// it changes at rotation.
func (r *Ring) Signing() (token.SigningKey, error) {
	s := r.current.Load()
	if s.signing.Private == nil {
		return token.SigningKey{}, ErrNoSigningKey
	}
	return s.signing, nil
}

// Key implements token.KeySet: pending, active and retiring keys verify.
func (r *Ring) Key(_ context.Context, kid string) (token.PublicKey, error) {
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

// LastLoad is when the table was last read, for a metric.
func (r *Ring) LastLoad() time.Time { return *r.loaded.Load() }

// Failures counts the polls that failed or found keys that cannot be used.
func (r *Ring) Failures() uint64 { return r.failures.Load() }

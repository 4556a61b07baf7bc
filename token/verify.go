package token

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"
)

// MaxLeeway is how far two clocks may differ, and the default.
const MaxLeeway = 30 * time.Second

// Verifier decides whether to believe a token. Set the fields before first use
// and not after; it must not be copied then, and may be used by many goroutines.
type Verifier struct {
	Issuer   string // iss must be exactly this
	Audience string // aud must be or hold exactly this
	Keys     KeySet
	// Leeway is the difference of clocks that is allowed for. Zero and anything
	// above MaxLeeway mean MaxLeeway; a negative value means none.
	Leeway time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	seen cache
}

// Verify checks everything about a token: its form, type, algorithm, key,
// signature, issuer, audience and times (RFC 9068, section 4). It returns
// ErrInvalid or ErrKeysUnavailable. ctx bounds the wait for a key set.
func (v *Verifier) Verify(ctx context.Context, raw string) (*Claims, error) {
	return v.verify(ctx, raw, false)
}

// VerifyExpired is Verify, except that the token may have expired, for signing
// out with the token one has. The signature must still hold under a live key.
func (v *Verifier) VerifyExpired(ctx context.Context, raw string) (*Claims, error) {
	return v.verify(ctx, raw, true)
}

func (v *Verifier) verify(ctx context.Context, raw string, late bool) (*Claims, error) {
	if v.Issuer == "" || v.Audience == "" || v.Keys == nil {
		return nil, fmt.Errorf("%w: the verifier lacks an issuer, an audience or keys", ErrKeysUnavailable)
	}
	if len(raw) > MaxLength {
		return nil, invalid("too long")
	}
	id := sha256.Sum256([]byte(raw))
	if known := v.seen.get(&id); known != nil {
		return v.again(ctx, known, late)
	}
	t, err := parseCompact(raw)
	if err != nil {
		return nil, err
	}
	// Before the key look-up, so that junk and expired tokens neither cost a
	// public key operation nor make a Remote fetch.
	if err := v.check(t.claims, late); err != nil {
		return nil, err
	}
	key, err := v.key(ctx, t.kid)
	if err != nil {
		return nil, err
	}
	if err := key.verify(t.alg, t.signed, t.signature); err != nil {
		return nil, err
	}
	v.seen.put(&verified{id: id, claims: t.claims, kid: t.kid, key: key}, v.now())
	return t.claims.clone(), nil
}

// again checks what may have changed since a token was verified: the time, and
// whether its key is still in the set and the same. A revocation so takes effect
// at once, and the token gives up its place.
func (v *Verifier) again(ctx context.Context, known *verified, late bool) (*Claims, error) {
	if err := v.check(known.claims, late); err != nil {
		return nil, err
	}
	key, err := v.key(ctx, known.kid)
	if err == nil && !key.same(known.key) {
		err = invalid("the key has changed under its kid")
	}
	if errors.Is(err, ErrInvalid) {
		v.seen.drop(known)
	}
	if err != nil {
		return nil, err
	}
	return known.claims.clone(), nil
}

// key finds the key that kid names.
func (v *Verifier) key(ctx context.Context, kid string) (PublicKey, error) {
	k, err := v.Keys.Key(ctx, kid)
	switch {
	case err == nil:
		return k, nil
	case errors.Is(err, ErrUnknownKey):
		return PublicKey{}, invalid("unknown key")
	case errors.Is(err, ErrKeysUnavailable):
		return PublicKey{}, err
	}
	return PublicKey{}, fmt.Errorf("%w: %w", ErrKeysUnavailable, err)
}

// check looks at the claims; late lets an expired token through.
func (v *Verifier) check(c *Claims, late bool) error {
	now, leeway := v.now(), v.leeway()
	switch {
	case c.Issuer != v.Issuer:
		return invalid("another issuer")
	case !slices.Contains(c.Audience, v.Audience):
		return invalid("another audience")
	case !late && !c.ExpiresAt.Add(leeway).After(now):
		return invalid("expired")
	case c.IssuedAt.After(now.Add(leeway)):
		return invalid("issued in the future")
	case c.NotBefore.After(now.Add(leeway)):
		return invalid("not valid yet")
	}
	return nil
}

func (v *Verifier) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

func (v *Verifier) leeway() time.Duration {
	switch {
	case v.Leeway < 0:
		return 0
	case v.Leeway == 0 || v.Leeway > MaxLeeway:
		return MaxLeeway
	}
	return v.Leeway
}

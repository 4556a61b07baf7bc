package token_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// keySetFunc is a key set that answers as a test wants.
type keySetFunc func(kid string) (token.PublicKey, error)

func (f keySetFunc) Key(_ context.Context, kid string) (token.PublicKey, error) { return f(kid) }

func TestVerifyExpired(t *testing.T) {
	t.Parallel()
	clock := newClock()
	v := newVerifier(clock, staticOf(keyA()))
	raw := mint(t, keyA(), goodClaims())
	for _, round := range []string{"fresh", "again"} {
		if _, err := v.VerifyExpired(t.Context(), raw); err != nil {
			t.Fatalf("%s: %v", round, err)
		}
	}
	clock.add(24 * time.Hour)
	if _, err := v.VerifyExpired(t.Context(), raw); err != nil {
		t.Fatalf("expired and cached: %v", err)
	}
	wantInvalid(t, v, raw)
	fresh := newVerifier(clock, staticOf(keyA()))
	if _, err := fresh.VerifyExpired(t.Context(), raw); err != nil {
		t.Fatalf("expired: %v", err)
	}
	wantInvalid(t, fresh, raw)
	if _, err := fresh.VerifyExpired(t.Context(), mint(t, keyB(), goodClaims())); !errors.Is(err, token.ErrInvalid) {
		t.Fatalf("a foreign key: %v", err)
	}
}

// What the cache holds is asked about again each time.
func TestF10CachedTokenIsCheckedAgain(t *testing.T) {
	t.Parallel()
	clock := newClock()
	keys := staticOf(keyA())
	var answer error
	v := newVerifier(clock, keySetFunc(func(kid string) (token.PublicKey, error) {
		if answer != nil {
			return token.PublicKey{}, answer
		}
		return keys.Key(context.Background(), kid)
	}))
	raw := mint(t, keyA(), goodClaims())
	wantValid(t, v, raw)

	answer = token.ErrUnknownKey
	wantInvalid(t, v, raw)
	answer = nil
	wantValid(t, v, raw)

	kid := kidOf(keyA())
	keys[kid] = token.PublicKey{KID: kid, Algorithm: token.RS256, Key: &keyB().PublicKey}
	wantInvalid(t, v, raw)
	keys[kid] = token.PublicKey{KID: kid, Algorithm: token.RS256, Key: &keyA().PublicKey}
	wantValid(t, v, raw)

	clock.add(-time.Minute) // the clock jumps back
	wantInvalid(t, v, raw)
	clock.add(time.Minute + 10*time.Minute + 29*time.Second)
	wantValid(t, v, raw)
	clock.add(time.Second)
	wantInvalid(t, v, raw)
}

func TestClaimsBelongToTheCaller(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyA()))
	raw := mint(t, keyA(), goodClaims())
	for range 3 {
		c := wantValid(t, v, raw)
		if !c.HasRole("user") || c.HasRole("admin") || c.Audience[0] != audience || c.Subject == "x" {
			t.Fatalf("a caller's change reached another: %+v", c)
		}
		c.Roles[0], c.Audience[0], c.Subject = "admin", "x", "x"
	}
}

// A fault of the key set is never the token's.
func TestKeysUnavailable(t *testing.T) {
	t.Parallel()
	raw := mint(t, keyA(), goodClaims())
	for name, cause := range map[string]error{
		"as such": token.ErrKeysUnavailable, "wrapped": fmt.Errorf("x: %w", token.ErrKeysUnavailable),
		"cancelled": context.Canceled, "deadline": context.DeadlineExceeded, "another": errors.New("disk on fire"),
	} {
		v := newVerifier(newClock(), keySetFunc(func(string) (token.PublicKey, error) { return token.PublicKey{}, cause }))
		_, err := v.Verify(t.Context(), raw)
		if !errors.Is(err, token.ErrKeysUnavailable) || errors.Is(err, token.ErrInvalid) || !errors.Is(err, cause) {
			t.Errorf("%s: %v", name, err)
		}
		wantInvalid(t, v, "junk") // no key is needed to tell
	}
	for name, v := range map[string]*token.Verifier{
		"issuer": {Audience: audience, Keys: token.Static{}}, "audience": {Issuer: issuer, Keys: token.Static{}},
		"keys": {Issuer: issuer, Audience: audience},
	} {
		if _, err := v.Verify(t.Context(), raw); !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// Many goroutines, each with its own claims out of one cache.
func TestCacheUnderLoad(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyA()))
	raws := make([]string, 32)
	for i := range raws {
		c := goodClaims()
		c.Subject = fmt.Sprint("user-", i)
		raws[i] = mint(t, keyA(), c)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				n := (i + g) % len(raws)
				c, err := v.Verify(context.Background(), raws[n])
				if err != nil || c.Subject != fmt.Sprint("user-", n) {
					t.Errorf("token %d: %+v, %v", n, c, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

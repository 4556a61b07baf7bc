package rest

import (
	"testing"
	"time"
	"unsafe"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// asleep is t, and d later for a machine that slept meanwhile: its monotonic
// clock stood still. time has no door to that.
func asleep(t time.Time, d time.Duration) time.Time {
	type inside struct {
		wall uint64
		ext  int64 // the monotonic reading
	}
	later := t.Add(d)
	(*inside)(unsafe.Pointer(&later)).ext = (*inside)(unsafe.Pointer(&t)).ext
	return later
}

// TestIdentityIsNeverExpired by the clock of a verifier, whatever becomes of
// the clock.
func TestIdentityIsNeverExpired(t *testing.T) {
	t.Parallel()
	cipher, err := keyring.NewCipher(make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, db := dbtest.Both(t)
	store, err := keyring.NewStore(db.Pool, cipher, keyring.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keyring.Open(t.Context(), store, keyring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	clock := start
	i := &identity{keys: ring, issuer: "https://id.example", now: func() time.Time { return clock }}
	verifier := &token.Verifier{
		Issuer: i.issuer, Audience: httpapi.Audience, Keys: ring, Leeway: -1,
		Now: func() time.Time { return clock.Round(0).Truncate(time.Second) },
	}
	last := ""
	for _, c := range []struct {
		name  string
		clock time.Time
		fresh bool
	}{
		{"the first", start, true},
		{"used again", start.Add(identityTTL - identityMargin - time.Second), false},
		{"a minute before its end", start.Add(identityTTL - identityMargin), true},
		{"an hour later", start.Add(time.Hour), true},
		{"set back by an hour", start, true},
		{"after an hour's sleep", asleep(start, time.Hour), true},
		{"set back by two", start.Add(-time.Hour), true},
		{"and going on", start.Add(-time.Hour + time.Minute), false},
	} {
		clock = c.clock
		raw, err := i.token()
		if err != nil {
			t.Fatal(err)
		}
		if (raw != last) != c.fresh {
			t.Errorf("%s: a new token: %v", c.name, raw != last)
		}
		claims, err := verifier.Verify(t.Context(), raw)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if left := claims.ExpiresAt.Sub(clock.Round(0)); left < identityMargin-time.Second || left > identityTTL {
			t.Errorf("%s: good for another %s", c.name, left)
		}
		last = raw
	}
}

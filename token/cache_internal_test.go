package token

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

// However many tokens there are, the table does not grow, and the newest is in.
func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	c, now := &cache{}, time.Now()
	claims := &Claims{ExpiresAt: now.Add(time.Minute)}
	for i := range 5 * cacheSets * cacheWays {
		id := sha256.Sum256(binary.LittleEndian.AppendUint32(nil, uint32(i)))
		v := &verified{id: id, claims: claims}
		c.put(v, now)
		if c.get(&id) != v {
			t.Fatalf("entry %d is not found", i)
		}
	}
	if n := c.count(); n < cacheSets*cacheWays*9/10 {
		t.Errorf("%d entries after a flood: places are left unused", n)
	}
}

// An expired entry makes room before a live one does.
func TestCacheTakesExpiredPlaces(t *testing.T) {
	t.Parallel()
	c, now := &cache{}, time.Now()
	entry := func(n byte, ttl time.Duration) *verified {
		v := &verified{claims: &Claims{ExpiresAt: now.Add(ttl)}}
		v.id[8], v.id[31] = n, n // all of one set
		return v
	}
	for n := range byte(cacheWays) {
		c.put(entry(n, time.Minute), now)
	}
	expired := entry(2, -time.Minute)
	c.put(expired, now)
	c.put(entry(9, time.Minute), now)
	for _, n := range []byte{0, 1, 3, 9} {
		if c.get(&entry(n, 0).id) == nil {
			t.Errorf("entry %d is gone", n)
		}
	}
	if c.get(&expired.id) != nil {
		t.Error("the expired entry is still there")
	}
}

// A token whose key is gone, or has become another, gives up its place at the
// next look; an outage of the key set takes nothing away.
func TestRevokedTokenLeavesTheCache(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewSigningKey(private)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	raw, err := Mint(key, Claims{
		Issuer: "i", Subject: "s", Audience: []string{"a"}, ID: "j", ClientID: "c", IssuedAt: now, ExpiresAt: now.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	own := PublicKey{KID: key.KID, Algorithm: EdDSA, Key: private.Public()}
	another := PublicKey{KID: key.KID, Algorithm: EdDSA, Key: make(ed25519.PublicKey, ed25519.PublicKeySize)}
	for _, c := range []struct {
		name string
		set  KeySet
		want error
		left int
	}{
		{"the same key", NewStatic(own), nil, 1}, {"no set", NewRemote("", RemoteOptions{}), ErrKeysUnavailable, 1},
		{"revoked", Static{}, ErrInvalid, 0}, {"changed", NewStatic(another), ErrInvalid, 0},
		{"another algorithm", NewStatic(PublicKey{KID: key.KID, Algorithm: ES256, Key: own.Key}), ErrInvalid, 0},
	} {
		v := &Verifier{Issuer: "i", Audience: "a", Keys: NewStatic(own)}
		if _, err := v.Verify(t.Context(), raw); err != nil || v.seen.count() != 1 {
			t.Fatalf("%d entries, %v", v.seen.count(), err)
		}
		v.Keys = c.set
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := v.Verify(ctx, raw); !errors.Is(err, c.want) || v.seen.count() != c.left {
			t.Errorf("%s: %d entries left, %v", c.name, v.seen.count(), err)
		}
	}
}

func (c *cache) count() (n int) {
	for i := range c.places {
		for j := range c.places[i] {
			if c.places[i][j].Load() != nil {
				n++
			}
		}
	}
	return n
}

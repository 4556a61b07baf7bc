package token

import (
	"crypto/sha256"
	"encoding/binary"
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

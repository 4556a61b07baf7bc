package token

import (
	"crypto/sha256"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// The cache holds at most sets × ways tokens, about 3 MB when full.
const (
	cacheSets = 1024
	cacheWays = 4
)

// verified is a token whose signature held. It is never changed once stored.
type verified struct {
	id     [sha256.Size]byte // of the whole token, signature included
	claims *Claims
	kid    string
	key    PublicKey // that the signature held under
}

// cache remembers tokens that were verified, so that a client's next request
// with the same one costs a hash and no public key operation. It holds proofs, not
// permissions: whoever takes an entry out checks the time and the key again.
//
// A token is known by all of its bytes. Two spellings of one ES256 signature (r, s
// and r, n-s; RFC 7518 forbids neither) are two tokens with the same claims: each
// is verified on its own, and what tells tokens apart is jti.
//
// It is a table of sets, each with a few places, found by the token's hash.
// Places are swapped atomically, so there is no lock to wait for, and a flood of
// tokens can only push others out.
type cache struct {
	places [cacheSets][cacheWays]atomic.Pointer[verified]
}

func (c *cache) set(id *[sha256.Size]byte) *[cacheWays]atomic.Pointer[verified] {
	return &c.places[binary.LittleEndian.Uint32(id[:])%cacheSets]
}

func (c *cache) get(id *[sha256.Size]byte) *verified {
	set := c.set(id)
	for i := range set {
		if v := set[i].Load(); v != nil && v.id == *id {
			return v
		}
	}
	return nil
}

// put takes an empty or expired place, or else the one that other bits of the
// hash name, which is as good as chance.
func (c *cache) put(v *verified, now time.Time) {
	set := c.set(&v.id)
	at := int(v.id[len(v.id)-1]) % cacheWays
	for i := range set {
		old := set[i].Load()
		if old == nil || old.id == v.id || old.claims.ExpiresAt.Before(now) {
			at = i
			break
		}
	}
	set[at].Store(v)
}

// drop empties v's place, unless another has taken it.
func (c *cache) drop(v *verified) {
	set := c.set(&v.id)
	for i := range set {
		if set[i].CompareAndSwap(v, nil) {
			return
		}
	}
}

package httpapi

import (
	"hash/maphash"
	"net/netip"
	"strconv"
	"sync/atomic"
)

// bucket is what a limit counts for: a token's subject, or a network.
type bucket struct {
	isSubject bool
	subject   string
	address   netip.Addr
}

// String is the bucket's key in a counter, and a part of one in Redis.
func (b bucket) String() string {
	if b.isSubject {
		return "sub " + b.subject
	}
	var text [64]byte
	return string(b.address.AppendTo(append(text[:0], "ip "...)))
}

// bucketNames remembers the keys of buckets that were counted of late: a caller
// seldom comes once. Each has the place that its hash names, and the last one
// keeps it; a flood of callers costs what it would cost without.
type bucketNames struct {
	seed   maphash.Seed
	places [4096]atomic.Pointer[bucketName]
}

type bucketName struct {
	of   bucket
	name string
}

func newBucketNames() *bucketNames { return &bucketNames{seed: maphash.MakeSeed()} }

func (n *bucketNames) of(b bucket) string {
	place := &n.places[maphash.Comparable(n.seed, b)%uint64(len(n.places))]
	if known := place.Load(); known != nil && known.of == b {
		return known.name
	}
	made := &bucketName{b, b.String()}
	place.Store(made)
	return made.name
}

// numerals are 0000 to 9999, one after the other.
var numerals = func() string {
	text := make([]byte, 0, 4*10_000)
	for n := range 10_000 {
		text = append(text, byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
	}
	return string(text)
}()

// decimal is strconv.Itoa, without allocating below ten thousand: counts and
// seconds in headers seldom are more.
func decimal(n int) string {
	if n < 0 || n >= 10_000 {
		return strconv.Itoa(n)
	}
	skip := 0
	for least := 1000; skip < 3 && n < least; least /= 10 {
		skip++
	}
	return numerals[4*n+skip : 4*n+4]
}

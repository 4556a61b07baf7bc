package token_test

import (
	"errors"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/token"
)

// F19: a flood of invented kids leaves nothing behind and makes one fetch beside
// the regular one. Not parallel: it measures the heap.
func TestF19FloodLeavesNoMemory(t *testing.T) {
	s := newIssuer(t, keyP256())
	r := s.remote(t, token.RemoteOptions{})
	eventually(t, "the first fetch", r.Ready)
	v := newVerifier(newClock(), r)
	good := mint(t, keyP256(), goodClaims())
	wantValid(t, v, good)
	flood := func(from, to int) {
		for i := from; i < to; i++ {
			kid := "an-invented-kid-that-nobody-has-seen-" + strconv.Itoa(i)
			if _, err := r.Key(t.Context(), kid); !errors.Is(err, token.ErrUnknownKey) {
				t.Fatalf("%s: %v", kid, err)
			}
		}
		for i := from; i < from+200; i++ { // and with all that is around a kid
			header := goodHeader(keyP256()).with("kid", "invented-"+strconv.Itoa(i)).text()
			wantInvalid(t, v, forge(t, header, goodPayload().text(), jwt.SigningMethodES256, keyP256()))
		}
	}
	began := time.Now()
	flood(0, 1000) // what is made once, is made
	before := liveHeap()
	flood(1000, 200_000)
	grown := int64(liveHeap()) - int64(before)
	if grown > 1<<20 { // the kids alone are 8 MB
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	if hits, windows := s.hits.Load(), 1+int64(time.Since(began)/(30*time.Second)); hits > 1+windows {
		t.Errorf("%d fetches in %v", hits, time.Since(began))
	}
	wantValid(t, v, good)
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

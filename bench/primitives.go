package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/bench/result"
)

// primitive is work that no implementation can do without.
type primitive struct {
	name string
	do   func()
}

func primitives() ([]primitive, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte("what a token says"))
	list := []primitive{
		{rsaSignature, func() { _, _ = rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:]) }},
		{ecdsaSignature, func() { _, _ = ecdsa.SignASN1(rand.Reader, curve, digest[:]) }},
	}
	for _, hashed := range []struct {
		name string
		cost int
	}{{bcrypt10, 10}, {bcrypt12, 12}} {
		hash, err := bcrypt.GenerateFromPassword([]byte(personPassword), hashed.cost)
		if err != nil {
			return nil, err
		}
		list = append(list, primitive{hashed.name, func() { _ = bcrypt.CompareHashAndPassword(hash, []byte(personPassword)) }})
	}
	return list, nil
}

// Names of primitives.
const (
	rsaSignature   = "RSA-2048 signature"
	ecdsaSignature = "ECDSA P-256 signature"
	bcrypt10       = "bcrypt cost 10"
	bcrypt12       = "bcrypt cost 12"
)

// measure does one thing on all cores for a while, or most times where that is
// not 0: what it costs while the other core is busy, as under load.
func (p primitive) measure(during time.Duration, most int64) result.Primitive {
	var all sync.WaitGroup
	var begun, done atomic.Int64
	began, used := time.Now(), cpuOf(os.Getpid())
	for range runtime.NumCPU() {
		all.Go(func() {
			for time.Since(began) < during && (most == 0 || begun.Add(1) <= most) {
				p.do()
				done.Add(1)
			}
		})
	}
	all.Wait()
	n := float64(max(done.Load(), 1))
	return result.Primitive{
		Name: p.name, CPU: float64((cpuOf(os.Getpid()) - used).Microseconds()) / n, Rate: n / time.Since(began).Seconds(),
	}
}

// round is measure in the form of a round.
func (p primitive) round(during time.Duration, most int64) result.Round {
	began := time.Now()
	found := p.measure(during, most)
	seconds := time.Since(began).Seconds()
	each := found.CPU / 1000
	return result.Round{
		Requests: int64(math.Round(found.Rate * seconds)), Seconds: seconds, CPU: map[string]float64{"floor": found.CPU},
		Latency: result.Latency{P50: each, P95: each, P99: each, Max: each}, // it has no spread of its own
	}
}

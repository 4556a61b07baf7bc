package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Keys shows the signing keys of the auth service, or the key set that the
// users service follows.
type Keys struct{ registry prometheus.Registerer }

func newKeys(r prometheus.Registerer) *Keys { return &Keys{r} }

// KeyRing is the auth service's key ring at one moment.
type KeyRing struct {
	// Ages are those of the live keys, by state: since a pending key was
	// published, an active one became active, a retiring one stopped signing.
	Ages map[string][]time.Duration
	// Polled is how long ago the table was read.
	Polled time.Duration
	// Failures counts polls that failed, or found keys that cannot be used.
	Failures uint64
	// Signing says whether tokens can be made.
	Signing bool
}

// keyStates are those of a live key.
var keyStates = []string{"pending", "active", "retiring"}

// WatchRing reads the key ring at each scrape.
func (k *Keys) WatchRing(read func() KeyRing) {
	if k == nil {
		return
	}
	count := describe("signing_keys", "Live signing keys, by state.", "state")
	age := describe("signing_key_age_seconds", "Time that the oldest live key of a state has been in it.", "state")
	polled := describe("key_ring_age_seconds", "Time since this instance last read the key ring.")
	failures := describe("key_ring_poll_failures_total", "Reads of the key ring that failed, or found keys that cannot be used.")
	signing := describe("key_ring_signing", "1 while this instance can sign tokens.")
	k.registry.MustRegister(reader{[]*prometheus.Desc{count, age, polled, failures, signing}, func(ch chan<- prometheus.Metric) {
		now := read()
		for _, state := range keyStates {
			ages := now.Ages[state]
			ch <- prometheus.MustNewConstMetric(count, prometheus.GaugeValue, float64(len(ages)), state)
			oldest := time.Duration(0)
			for _, a := range ages {
				oldest = max(oldest, a)
			}
			if len(ages) > 0 {
				ch <- prometheus.MustNewConstMetric(age, prometheus.GaugeValue, oldest.Seconds(), state)
			}
		}
		ch <- prometheus.MustNewConstMetric(polled, prometheus.GaugeValue, now.Polled.Seconds())
		ch <- prometheus.MustNewConstMetric(failures, prometheus.CounterValue, float64(now.Failures))
		ch <- prometheus.MustNewConstMetric(signing, prometheus.GaugeValue, truth(now.Signing))
	}})
}

// KeySet is the key set that a service follows, at one moment.
type KeySet struct {
	Age             time.Duration // since the last fetch that worked
	Stale, Ready    bool
	Keys            int
	Fetches, Failed uint64
}

// WatchSet reads the followed key set at each scrape.
func (k *Keys) WatchSet(read func() KeySet) {
	if k == nil {
		return
	}
	fetches := describe("jwks_fetches_total", "Fetches of the auth service's key set, by outcome.", "outcome")
	age := describe("jwks_age_seconds", "Time since the key set was last fetched; after ten minutes its keys are no longer used.")
	stale := describe("jwks_stale", "1 while the last fetch failed and keys fetched before are used.")
	ready := describe("jwks_ready", "1 while there are keys to verify tokens with; without them every request with a token is answered 503.")
	keys := describe("jwks_keys", "Keys in the set.")
	k.registry.MustRegister(reader{[]*prometheus.Desc{fetches, age, stale, ready, keys}, func(ch chan<- prometheus.Metric) {
		now := read()
		ch <- prometheus.MustNewConstMetric(fetches, prometheus.CounterValue, float64(now.Fetches-min(now.Failed, now.Fetches)), Success)
		ch <- prometheus.MustNewConstMetric(fetches, prometheus.CounterValue, float64(now.Failed), "failed")
		if now.Keys > 0 || now.Ready {
			ch <- prometheus.MustNewConstMetric(age, prometheus.GaugeValue, now.Age.Seconds())
		}
		ch <- prometheus.MustNewConstMetric(stale, prometheus.GaugeValue, truth(now.Stale))
		ch <- prometheus.MustNewConstMetric(ready, prometheus.GaugeValue, truth(now.Ready))
		ch <- prometheus.MustNewConstMetric(keys, prometheus.GaugeValue, float64(now.Keys))
	}})
}

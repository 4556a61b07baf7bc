package token

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// The rhythm of a Remote. A key that is revoked at its issuer is refused within
// fetchEvery, its tokens within that and the issuer's own delay (5 s).
const (
	fetchEvery   = 30 * time.Second // also the most often that unknown kids cause a fetch
	leastEvery   = 5 * time.Second  // that an answer's max-age may shorten it to
	firstBackoff = 50 * time.Millisecond
	maxBackoff   = 2 * time.Second
	retryEvery   = 5 * time.Second  // after a failure with a set that is still usable: a revocation must not wait for two rounds
	firstWait    = 2 * time.Second  // that Key waits for the very first set
	maxAge       = 10 * time.Minute // that a set is used without a successful fetch
)

// RemoteOptions has a usable zero value.
type RemoteOptions struct {
	Transport http.RoundTripper // nil: one of its own, with HTTP(S)_PROXY as usual
	// Authorities may sign the certificate of the address; nil is the system's.
	// A Transport has its own.
	Authorities *x509.CertPool
	Log         *slog.Logger // nil: silent. A streak of failures is one line, its end another
	// Now is the clock; nil is time.Now, whose times carry a monotonic reading.
	// That is what ages are measured by: a clock that is set, or steered by NTP,
	// makes a set neither older nor younger. A machine that sleeps may stop it.
	Now func() time.Time
}

// Remote is the key set behind a JWKS address, kept up to date by Run. It is
// safe for many goroutines.
//
//	            first fetch                    fetches fail for 10 min, or the set is empty
//	waiting ───────────────────▶ usable ──────────────────────────────────────────────────▶ unusable
//	Key waits ≤ 2 s             Key answers  ◀──────────────────────────────────────────  Key: ErrKeysUnavailable
//	Run tries every 50 ms–2 s   Run: every 30 s, 5 s after a failure; a fetch             Run: every 50 ms–2 s
//
// A fetch replaces the set: a key that is no longer in it is refused at once. The
// answer's ETag goes back with the next question, so that a set that has not
// changed costs a 304. Its max-age may shorten the 30 s, to 5 s at least; nothing
// prolongs them.
//
// A kid that is not in a usable set causes a fetch of its own, at most one in
// 30 s whatever their number; nothing is kept per kid, so a flood of invented
// ones costs no memory. All who ask meanwhile wait for the same fetch.
type Remote struct {
	url    string
	client *http.Client
	now    func() time.Time
	began  time.Time
	log    *slog.Logger

	set      atomic.Pointer[remoteSet]
	first    chan struct{} // closed when set is first stored
	fetches  atomic.Uint64
	failures atomic.Uint64

	mu       sync.Mutex
	flight   chan struct{} // closed when the fetch that is under way ends; nil when there is none
	demanded time.Time     // when an unknown kid last had its fetch
	missed   bool          // an unknown kid was turned away since
	failing  bool          // the last fetch failed, and the log has it
	postpone chan struct{} // tells Run that a demanded fetch has just begun
	wanted   chan struct{} // tells Run that somebody was turned away for want of a usable set
}

// remoteSet is never changed once stored.
type remoteSet struct {
	keys    map[string]PublicKey
	fetched time.Time     // with its monotonic reading, which nothing here may strip
	etag    string        // of the answer; empty where it had none
	every   time.Duration // after which to ask again
}

// NewRemote makes the key set behind url. Start Run for it to have any keys.
func NewRemote(url string, o RemoteOptions) *Remote {
	if o.Transport == nil {
		o.Transport = newTransport(o.Authorities)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Remote{
		url: url, client: newFetchClient(o.Transport), now: o.Now, began: o.Now(), log: o.Log,
		first: make(chan struct{}), postpone: make(chan struct{}, 1), wanted: make(chan struct{}, 1),
	}
}

// Run fetches until ctx ends: at once, then every 30 s or what a shorter max-age
// says, sooner after a failure, and more often as long as there is no usable set.
// Call it once, on a goroutine of its own.
func (r *Remote) Run(ctx context.Context) {
	backoff := firstBackoff
	for {
		if fetch := r.fetchNow(); fetch != nil {
			select {
			case <-fetch:
			case <-ctx.Done():
				return
			}
		}
		var pause time.Duration
		usable := r.Ready()
		if usable {
			pause, backoff = r.set.Load().every, firstBackoff
		} else {
			pause, backoff = backoff, min(2*backoff, maxBackoff)
		}
		if usable && pause > retryEvery && r.failed() {
			if !r.sleep(ctx, retryEvery) {
				return
			}
			if !r.flooded() {
				continue
			}
			pause -= retryEvery // one in 30 s, whatever comes
		}
		if !r.sleep(ctx, pause) {
			return
		}
	}
}

// failed says whether the last fetch did.
func (r *Remote) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failing
}

// flooded says whether unknown kids came since the last fetch that was theirs.
func (r *Remote) flooded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missed
}

// sleep waits for d, anew when a demanded fetch begins meanwhile, and no longer
// when the set has become unusable, as after a machine's sleep.
func (r *Remote) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	wanted := r.wanted
	if d <= maxBackoff {
		wanted = nil // it is soon enough, and a flood of requests must not hurry it
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-r.postpone:
			timer.Reset(d)
		case <-wanted:
			return true
		case <-timer.C:
			return true
		}
	}
}

// Key implements KeySet. Beside ErrUnknownKey it returns ErrKeysUnavailable: when
// there was no set within ctx and 2 s, or when the last is older than 10 min.
func (r *Remote) Key(ctx context.Context, kid string) (PublicKey, error) {
	if err := r.awaitFirst(ctx); err != nil {
		return PublicKey{}, err
	}
	if !r.Ready() {
		select {
		case r.wanted <- struct{}{}:
		default:
		}
		return PublicKey{}, ErrKeysUnavailable
	}
	if k, ok := r.set.Load().keys[kid]; ok {
		return k, nil
	}
	if fetch := r.fetchFor(); fetch != nil {
		select {
		case <-fetch:
		case <-ctx.Done():
			return PublicKey{}, fmt.Errorf("%w: %w", ErrKeysUnavailable, ctx.Err())
		}
		if !r.Ready() {
			return PublicKey{}, ErrKeysUnavailable
		}
	}
	// Where there is no fetch, another's may have ended since the first look.
	if k, ok := r.set.Load().keys[kid]; ok {
		return k, nil
	}
	return PublicKey{}, ErrUnknownKey
}

func (r *Remote) awaitFirst(ctx context.Context) error {
	if r.set.Load() != nil {
		return nil
	}
	timer := time.NewTimer(firstWait)
	defer timer.Stop()
	select {
	case <-r.first:
		return nil
	case <-timer.C:
		return fmt.Errorf("%w: not fetched yet", ErrKeysUnavailable)
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrKeysUnavailable, ctx.Err())
	}
}

// Ready says whether there is a usable set: one with a key, fetched within the
// last 10 minutes.
func (r *Remote) Ready() bool {
	s := r.set.Load()
	return s != nil && len(s.keys) > 0 && r.now().Sub(s.fetched) <= maxAge
}

// Stale says whether there is a usable set that the last fetch could not renew:
// verification goes on with it, for 10 minutes at most.
func (r *Remote) Stale() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failing && r.Ready()
}

// Age is the time since the last successful fetch, or since NewRemote where there
// has been none: the metric to watch. In good health it is 30 s at most, and a
// little; beyond 10 min every token is answered with ErrKeysUnavailable.
func (r *Remote) Age() time.Duration {
	if s := r.set.Load(); s != nil {
		return r.now().Sub(s.fetched)
	}
	return r.now().Sub(r.began)
}

// LastSuccess is when the set was last fetched; zero if never.
func (r *Remote) LastSuccess() time.Time {
	if s := r.set.Load(); s != nil {
		return s.fetched
	}
	return time.Time{}
}

// Fetches counts the fetches that have ended, those that failed included.
func (r *Remote) Fetches() uint64 { return r.fetches.Load() }

// Failures counts the fetches that have failed.
func (r *Remote) Failures() uint64 { return r.failures.Load() }

// KeyCount is the number of keys in the last set.
func (r *Remote) KeyCount() int {
	if s := r.set.Load(); s != nil {
		return len(s.keys)
	}
	return 0
}

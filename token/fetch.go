package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	fetchTimeout = 2 * time.Second // for the whole exchange
	maxSetSize   = 256 << 10       // bytes
)

// newFetchClient follows no redirects: the address of the keys is configuration,
// and nobody on the way may move it.
func newFetchClient(t http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     t,
		Timeout:       fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newTransport is not a clone of http.DefaultTransport, which the program around
// us may have replaced by something else.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: fetchTimeout,
		MaxIdleConnsPerHost: 1,
		IdleConnTimeout:     2 * fetchEvery,
	}
}

// fetchNow joins the fetch that is under way or starts one. The channel is
// closed when it ends. Where unknown kids were turned away since their last
// fetch, this one counts as theirs, and where one of theirs has just begun there
// is none (nil): a flood so never makes more than one fetch in 30 s of the two.
func (r *Remote) fetchNow() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight != nil {
		return r.flight
	}
	select {
	case <-r.postpone:
		return nil
	default:
	}
	if r.missed {
		r.demanded, r.missed = r.now(), false
	}
	return r.start()
}

// fetchFor is the same on behalf of an unknown kid: nil where another had its
// fetch less than 30 s ago.
func (r *Remote) fetchFor() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight != nil {
		return r.flight
	}
	now := r.now()
	if !r.demanded.IsZero() && now.Sub(r.demanded) < fetchEvery {
		r.missed = true
		return nil
	}
	r.demanded, r.missed = now, false
	select {
	case r.postpone <- struct{}{}:
	default:
	}
	return r.start()
}

// start needs r.mu. The fetch has its own deadline and not a caller's, for
// others wait for it too.
func (r *Remote) start() <-chan struct{} {
	done := make(chan struct{})
	r.flight = done
	go func() {
		keys, err := r.fetch()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.take(keys, err)
		r.flight = nil
		close(done)
	}()
	return done
}

// take puts the outcome of a fetch in place. It needs r.mu.
func (r *Remote) take(keys map[string]PublicKey, err error) {
	if err != nil {
		r.failures.Add(1)
		if !r.failing {
			r.log.Warn("the key set could not be fetched; going on with the last one", "error", err, "last_success", r.LastSuccess())
		}
		r.failing = true
		return
	}
	if r.failing {
		r.log.Info("the key set is fetched again", "keys", len(keys))
	}
	r.failing = false
	if r.set.Swap(&remoteSet{keys: keys, fetched: r.now()}) == nil {
		close(r.first)
	}
}

// fetch asks for the set. Errors hold nothing of the answer's body.
func (r *Remote) fetch() (map[string]PublicKey, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, errors.New("the address of the key set is not a URL")
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	// The set may be cached for a minute on the way; a revocation must not wait.
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the key set's server answers %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxSetSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	if len(body) > maxSetSize {
		return nil, fmt.Errorf("the key set has more than %d bytes", maxSetSize)
	}
	list, err := ParseJWKSet(body)
	if err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	keys := make(map[string]PublicKey, len(list))
	for _, k := range list {
		keys[k.KID] = k
	}
	return keys, nil
}

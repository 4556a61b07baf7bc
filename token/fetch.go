package token

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	fetchTimeout = 2 * time.Second // for the whole exchange
	maxSetSize   = 256 << 10       // bytes
	maxHeaders   = 64 << 10        // bytes
	maxETag      = 1 << 10         // bytes; a longer one is not sent back
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
func newTransport(authorities *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		TLSClientConfig:     &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: fetchTimeout,
		MaxIdleConnsPerHost: 1,
		IdleConnTimeout:     2 * fetchEvery,

		MaxResponseHeaderBytes: maxHeaders,
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
		next, err := r.fetch()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.take(next, err)
		r.flight = nil
		close(done)
	}()
	return done
}

// take puts the outcome of a fetch in place. It needs r.mu.
func (r *Remote) take(next *remoteSet, err error) {
	r.fetches.Add(1)
	if err != nil {
		r.failures.Add(1)
		if !r.failing {
			r.warn(err)
		}
		r.failing = true
		return
	}
	if r.failing {
		r.log.Info("the key set is fetched again", "keys", len(next.keys))
	}
	r.failing = false
	next.fetched = r.now()
	if r.set.Swap(next) == nil {
		close(r.first)
	}
}

// warn has one line for a streak of failures.
func (r *Remote) warn(err error) {
	if r.set.Load() == nil {
		r.log.Warn("the key set could not be fetched yet", "error", err)
		return
	}
	r.log.Warn("the key set could not be fetched; going on with the last one", "error", err, "last_success", r.LastSuccess())
}

// fetch asks for the set, or whether the one it has still holds. Errors hold
// nothing of the answer's body.
func (r *Remote) fetch() (*remoteSet, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, errors.New("the address of the key set is not a URL")
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	// The set may be cached for a minute on the way; a revocation must not wait.
	req.Header.Set("Cache-Control", "no-cache")
	held := r.set.Load()
	conditional := held != nil && held.etag != ""
	if conditional {
		req.Header.Set("If-None-Match", held.etag)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	every := everyOf(resp.Header)
	switch {
	case resp.StatusCode == http.StatusOK:
		keys, err := readSet(resp.Body)
		return &remoteSet{keys: keys, etag: etagOf(resp.Header), every: every}, err
	case resp.StatusCode == http.StatusNotModified && conditional:
		return &remoteSet{keys: held.keys, etag: held.etag, every: every}, nil
	}
	return nil, fmt.Errorf("the key set's server answers %d", resp.StatusCode)
}

func readSet(r io.Reader) (map[string]PublicKey, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxSetSize+1))
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

// etagOf gives what to ask with the next time (RFC 9110, section 8.8.3).
func etagOf(h http.Header) string {
	etag := h.Get("ETag")
	if len(etag) > maxETag {
		return ""
	}
	return etag
}

// everyOf gives the pause until the next fetch. A server may have us ask more
// often than every 30 s by its max-age (RFC 9111, section 5.2.2.1), but nothing
// that it says makes a revocation wait longer. no-store and no-cache change
// nothing: a set is held for 30 s by this package's own rule, which it states.
func everyOf(h http.Header) time.Duration {
	every := fetchEvery
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return fetchEvery
		case "max-age":
			if n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
				every = min(every, max(time.Duration(n)*time.Second, leastEvery))
			}
		}
	}
	return every
}

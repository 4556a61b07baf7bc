package token_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// What lies on a limit is taken, what lies past it is not.
func TestMintToTheLimit(t *testing.T) {
	t.Parallel()
	epoch := time.Unix(0, 0)
	for name, spoil := range map[string]func(*token.Claims){
		"exp of 1970":       func(c *token.Claims) { c.ExpiresAt = epoch },
		"iat of 1970":       func(c *token.Claims) { c.IssuedAt = epoch },
		"nbf of 1970":       func(c *token.Claims) { c.NotBefore = epoch },
		"an empty audience": func(c *token.Claims) { c.Audience = []string{audience, ""} },
	} {
		c := goodClaims()
		spoil(&c)
		if raw, err := token.Mint(signingKey(keyEd25519()), c); err == nil {
			t.Errorf("%s: minted %s", name, raw)
		}
	}
	c := goodClaims()
	c.NotBefore = time.Unix(1, 0)
	mint(t, keyEd25519(), c)
	longest := 0
	for n := range 8 { // four bytes more make a token of three or four more
		c.Scope = strings.Repeat("s", 5600+n)
		for raw, err := token.Mint(signingKey(keyEd25519()), c); err == nil; raw, err = token.Mint(signingKey(keyEd25519()), c) {
			longest = max(longest, len(raw))
			c.Scope += "s"
		}
	}
	if longest != token.MaxLength && longest != token.MaxLength-1 { // no text makes a length of 4n+1
		t.Errorf("the longest token has %d bytes", longest)
	}
}

func TestKIDsToTheLimit(t *testing.T) {
	t.Parallel()
	for length, fits := range map[int]bool{1: true, 128: true, 129: false, 0: false} {
		kid := strings.Repeat("k", length)
		key := signingKey(keyA())
		key.KID = kid
		raw, err := token.Mint(key, goodClaims())
		if (err == nil) != fits {
			t.Errorf("%d bytes: minted: %v", length, err)
		}
		public := publicKey(keyA())
		public.KID = kid
		if _, err := token.NewJWK(public); (err == nil) != fits {
			t.Errorf("%d bytes: written: %v", length, err)
		}
		jwk := jwkOf("k", keyA())
		jwk.KID = kid
		keys, err := token.ParseJWKSet(setOf(t, jwk))
		if err != nil || (len(keys) == 1) != fits {
			t.Errorf("%d bytes: read %d: %v", length, len(keys), err)
		}
		if fits {
			wantValid(t, newVerifier(newClock(), token.Static{kid: public}), raw)
		}
	}
}

// JSON is strict at any depth, to the eighth level.
func TestStrictAtDepth(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyA()))
	const twice = `{"z":1,"z":2}`
	for name, c := range map[string]struct {
		value string
		fits  bool
	}{
		"once":               {`{"y":{"z":1}}`, true},
		"a member twice":     {twice, false},
		"deeper":             {`{"y":` + twice + `}`, false},
		"deeper still":       {`{"x":{"y":` + twice + `}}`, false},
		"in lists":           {`[[` + twice + `]]`, false},
		"lists to the limit": {strings.Repeat("[", 8) + strings.Repeat("]", 8), true},
		"lists past it":      {strings.Repeat("[", 9) + strings.Repeat("]", 9), false},
		"objects to it":      {strings.Repeat(`{"a":`, 7) + "1" + strings.Repeat("}", 7), true},
		"objects past it":    {strings.Repeat(`{"a":`, 8) + "1" + strings.Repeat("}", 8), false},
	} {
		raw := forgeA(t, goodHeader(keyA()).text(), goodPayload().with("more", json.RawMessage(c.value)).text())
		if _, err := v.Verify(t.Context(), raw); (err == nil) != c.fits {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodysClaims(t *testing.T) {
	t.Parallel()
	if c, ok := token.FromContext(token.NewContext(t.Context(), nil)); ok || c != nil {
		t.Errorf("%v, %v", c, ok)
	}
}

// A set of 256 KiB is the largest that is read; whoever publishes it is known by
// the authorities that were given, and its recovery has one line in the log, too.
func TestFetchOverTLS(t *testing.T) {
	t.Parallel()
	body := setOf(t, jwkOf(kidOf(keyA()), keyA()))
	full := append(bytes.Clone(body), bytes.Repeat([]byte(" "), 256<<10-len(body))...)
	hits := 0 // one after the other
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hits++; r.ProtoMajor != 2 {
			t.Errorf("asked by %s", r.Proto)
		}
		if hits == 2 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write(full)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	var log lockedBuffer
	clock := newClock()
	r := token.NewRemote(s.URL, token.RemoteOptions{Authorities: pool, Now: clock.now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go r.Run(ctx)
	eventually(t, "a fetch over TLS", r.Ready)
	if strings.Contains(log.String(), "again") {
		t.Errorf("the first fetch is a recovery: %s", log.String())
	}
	for range 3 { // one fails, two do not
		clock.add(30 * time.Second)
		if _, err := r.Key(t.Context(), "unknown"); !errors.Is(err, token.ErrUnknownKey) {
			t.Error(err)
		}
	}
	if n := strings.Count(log.String(), "fetched again"); n != 1 || r.Failures() != 1 {
		t.Errorf("%d lines, %d failures: %s", n, r.Failures(), log.String())
	}
}

// What no key could have signed is refused before any key is asked for.
func TestJunkMakesNoFetch(t *testing.T) {
	t.Parallel()
	s := newIssuer(t, keyA())
	r := s.remote(t, token.RemoteOptions{})
	eventually(t, "the first fetch", r.Ready)
	v := newVerifier(newClock(), r)
	good := goodHeader(keyA()).with("kid", "unknown")
	for name, header := range map[string]object{
		"none": good.with("alg", "none"), "HS256": good.with("alg", "HS256"), "no alg": good.with("alg", nil), "typ": good.with("typ", "jwt"),
		"no kid": good.with("kid", nil), "jku": good.with("jku", "https://evil.example"), "crit": good.with("crit", []string{"exp"}),
	} {
		wantInvalid(t, v, forgeA(t, header.text(), goodPayload().text()))
		if n := s.hits.Load(); n != 1 {
			t.Fatalf("%s: %d fetches", name, n)
		}
	}
	wantInvalid(t, v, forgeA(t, good.text(), goodPayload().text()))
	if n := s.hits.Load(); n != 2 {
		t.Errorf("%d fetches, with one for a kid that could be", n)
	}
}

// Who asks for a new kid while another's fetch is under way waits for that one.
func TestASecondCallerJoinsTheFetch(t *testing.T) {
	t.Parallel()
	s := newIssuer(t, keyA())
	r := s.remote(t, token.RemoteOptions{})
	eventually(t, "the first fetch", r.Ready)
	body := setOf(t, jwkOf(kidOf(keyA()), keyA()), jwkOf(kidOf(keyB()), keyB()))
	asked, answer := make(chan struct{}), make(chan struct{})
	s.will(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		_, _ = w.Write(body)
	})
	found := make(chan error, 2)
	key := func() {
		k, err := r.Key(context.Background(), kidOf(keyB()))
		if err == nil && k.KID != kidOf(keyB()) {
			err = errors.New("the key is " + k.KID)
		}
		found <- err
	}
	go key()
	<-asked
	go key()
	select {
	case err := <-found:
		t.Errorf("answered before the fetch was: %v", err)
		found <- err
	case <-time.After(50 * time.Millisecond):
	}
	close(answer)
	for range 2 {
		if err := <-found; err != nil {
			t.Error(err)
		}
	}
}

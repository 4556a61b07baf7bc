package token_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/token"
)

const (
	issuer   = "https://id.example"
	audience = "latchkey"
)

// start is when every test begins.
var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// RSA keys are dear: two for the whole binary.
var (
	keyA = sync.OnceValue(newKey)
	keyB = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

func signingKey(k crypto.Signer) token.SigningKey {
	key, err := token.NewSigningKey(k)
	if err != nil {
		panic(err)
	}
	return key
}

func publicKey(k crypto.Signer) token.PublicKey {
	key, err := token.NewPublicKey(k.Public())
	if err != nil {
		panic(err)
	}
	return key
}

func kidOf(k crypto.Signer) string { return signingKey(k).KID }

func staticOf(keys ...crypto.Signer) token.Static {
	s := token.Static{}
	for _, k := range keys {
		s[kidOf(k)] = publicKey(k)
	}
	return s
}

func jwkOf(kid string, k crypto.Signer) token.JWK {
	key := publicKey(k)
	key.KID = kid
	j, err := token.NewJWK(key)
	if err != nil {
		panic(err)
	}
	return j
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: start} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newVerifier(c *clock, keys token.KeySet) *token.Verifier {
	return &token.Verifier{Issuer: issuer, Audience: audience, Keys: keys, Now: c.now}
}

func goodClaims() token.Claims {
	return token.Claims{
		Issuer: issuer, Subject: "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", Audience: []string{audience},
		ExpiresAt: start.Add(10 * time.Minute), IssuedAt: start,
		ID: "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f", SessionID: "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b30",
		ClientID: "latchkey", Roles: []string{"user", "editor"}, Scope: "users:read users:write", EmailVerified: true,
	}
}

func mint(t testing.TB, k crypto.Signer, c token.Claims) string {
	t.Helper()
	raw, err := token.Mint(signingKey(k), c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// object is JSON that a test builds an attack from. An entry that is nil is left
// out.
type object map[string]any

func goodHeader(k crypto.Signer) object {
	key := signingKey(k)
	return object{"alg": key.Algorithm, "typ": "at+jwt", "kid": key.KID}
}

func goodPayload() object {
	return object{
		"iss": issuer, "sub": "u1", "aud": audience, "exp": start.Unix() + 600, "iat": start.Unix(),
		"jti": "j1", "client_id": "latchkey", "sid": "s1", "roles": []string{"user"},
	}
}

func (o object) with(name string, value any) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	out[name] = value
	return out
}

func (o object) text() string {
	out := object{}
	for k, v := range o {
		if v != nil {
			out[k] = v
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// forge signs whatever it is given.
func forge(t testing.TB, header, payload string, method jwt.SigningMethod, key any) string {
	t.Helper()
	signed := b64(header) + "." + b64(payload)
	signature, err := method.Sign(signed, key)
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// forgeA signs with the right key: only the content can be wrong.
func forgeA(t testing.TB, header, payload string) string {
	t.Helper()
	return forge(t, header, payload, jwt.SigningMethodRS256, keyA())
}

// wantInvalid holds the answer to be a plain ErrInvalid, whose text has nothing
// of the token in it.
func wantInvalid(t testing.TB, v *token.Verifier, raw string) {
	t.Helper()
	claims, err := v.Verify(context.Background(), raw)
	if !errors.Is(err, token.ErrInvalid) || errors.Is(err, token.ErrKeysUnavailable) || claims != nil {
		t.Fatalf("got %v, %v; want ErrInvalid", claims, err)
	}
	for part := range strings.SplitSeq(raw, ".") {
		if len(part) > 8 && strings.Contains(err.Error(), part[:8]) {
			t.Fatalf("the error holds a part of the token: %v", err)
		}
	}
}

func wantValid(t testing.TB, v *token.Verifier, raw string) *token.Claims {
	t.Helper()
	claims, err := v.Verify(context.Background(), raw)
	if err != nil {
		t.Fatalf("a valid token was refused: %v", err)
	}
	return claims
}

func b64Decode(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

func rsaOf(t testing.TB, k token.PublicKey) *rsa.PublicKey {
	t.Helper()
	pub, ok := k.Key.(*rsa.PublicKey)
	if !ok {
		t.Fatalf("%T is no RSA key", k.Key)
	}
	return pub
}

func setOf(t testing.TB, keys ...token.JWK) []byte {
	t.Helper()
	body, err := json.Marshal(token.JWKSet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

package token_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// FuzzVerify: nothing but the minted tokens is ever believed, nothing panics, and
// the only error is ErrInvalid. A token has one spelling, but for the signature of
// ES256 (r, s and r, n-s): there what was signed must be a minted token's.
func FuzzVerify(f *testing.F) {
	v := newVerifier(newClock(), staticOf(keyA(), keyP256(), keyEd25519()))
	other := goodClaims()
	other.Roles, other.Audience = nil, []string{"x", audience}
	minted, signedES256 := map[string]bool{}, map[string]bool{}
	for _, a := range algorithms() {
		for _, c := range []token.Claims{goodClaims(), other} {
			raw := mint(f, a.key, c)
			f.Add(raw)
			minted[raw] = true
			if a.name == token.ES256 {
				signedES256[raw[:strings.LastIndexByte(raw, '.')]] = true
			}
		}
		f.Add(a.forge(f, goodHeader(a.key).with("alg", "HS256").text(), goodPayload().text()))
		f.Add(a.forge(f, goodHeader(keyB()).with("alg", a.name).text(), goodPayload().text()))
		f.Add(b64(goodHeader(a.key).text()) + "." + b64(goodPayload().text()) + "." + b64(strings.Repeat("\x00", 64)))
	}
	f.Add(mint(f, keyB(), goodClaims()))
	f.Add(b64(`{"alg":"none","typ":"at+jwt"}`) + "." + b64(goodPayload().text()) + ".")
	f.Add(b64(goodHeader(keyA()).text()) + "." + b64(`{"exp":1e400,"aud":[[]],"aud":{}}`) + ".AA")
	f.Add("...")
	f.Add("")
	f.Fuzz(func(t *testing.T, raw string) {
		claims, err := v.Verify(context.Background(), raw)
		switch {
		case minted[raw]:
			if err != nil {
				t.Fatalf("a minted token is refused: %v", err)
			}
		case err == nil && signedES256[raw[:strings.LastIndexByte(raw, '.')]]:
		case err == nil:
			t.Fatalf("believed %q: %+v", raw, claims)
		case !errors.Is(err, token.ErrInvalid):
			t.Fatalf("%q: %v", raw, err)
		}
	})
}

// FuzzParseJWKSet: whatever a key set holds, what comes out of it is usable.
func FuzzParseJWKSet(f *testing.F) {
	f.Add([]byte(`{"keys":[` + rfcKey + `]}`))
	f.Add([]byte(`{"keys":[` + rfcEC + "," + rfcOKP + `]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"k","x":"` + octets(32) + `","y":"` + octets(32) + `"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"k","x":"` + octets(32) + `","d":"` + octets(32) + `"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC"},1,null]}`))
	f.Add([]byte(`{"keys":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := token.ParseJWKSet(body)
		if err != nil && keys != nil {
			t.Fatal("keys and an error")
		}
		for _, k := range keys {
			own, err := token.NewPublicKey(k.Key)
			if err != nil || k.KID == "" || own.Algorithm != k.Algorithm {
				t.Fatalf("%+v: %v", k, err)
			}
			jwk, err := token.NewJWK(k)
			if err != nil {
				t.Fatalf("cannot be written: %v", err)
			}
			again, err := token.ParseJWKSet(setOf(t, jwk))
			if err != nil || len(again) != 1 || !reflect.DeepEqual(again[0], k) {
				t.Fatalf("not the same when written and read again: %v", err)
			}
		}
	})
}

// FuzzBearerToken: a token is taken from a header as it stands there, in the one
// form that tokens have.
func FuzzBearerToken(f *testing.F) {
	for _, header := range []string{"Bearer a.b.c", "bearer  a", "Bearer", "Bearer ", "Bearer a b", "Basic YTpi", "Bearer a=", "Bearer =", "Bearer a,", "Bearer\ta", "BEARER é"} {
		f.Add(header)
	}
	form := regexp.MustCompile(`^(?i:bearer) +([A-Za-z0-9._~+/-]+=*)$`)
	f.Fuzz(func(t *testing.T, header string) {
		raw, ok := token.BearerToken(&http.Request{Header: http.Header{"Authorization": {header}}})
		want := form.FindStringSubmatch(header)
		if ok != (want != nil) || ok && raw != want[1] {
			t.Fatalf("%q has the token %q, %v", header, raw, ok)
		}
	})
}

package token_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// FuzzVerify: nothing but the minted tokens is ever believed (a token has one
// spelling, and RS256 signatures are deterministic), nothing panics, and the
// only error is ErrInvalid.
func FuzzVerify(f *testing.F) {
	v := newVerifier(newClock(), staticOf(keyA()))
	other := goodClaims()
	other.Roles, other.Audience = nil, []string{"x", audience}
	minted := map[string]bool{mint(f, keyA(), goodClaims()): true, mint(f, keyA(), other): true}
	for raw := range minted {
		f.Add(raw)
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

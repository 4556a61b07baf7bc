package token_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// rfcKey is the example of RFC 7638, section 3.1.
const rfcKey = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKR` +
	`XjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6` +
	`qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",` +
	`"e":"AQAB","alg":"RS256","kid":"2011-04-29","use":"sig"}`

func TestS81ThumbprintOfTheRFC(t *testing.T) {
	t.Parallel()
	keys, err := token.ParseJWKSet([]byte(`{"keys":[` + rfcKey + `]}`))
	if err != nil || len(keys) != 1 {
		t.Fatalf("%v, %v", keys, err)
	}
	if keys[0].KID != "2011-04-29" {
		t.Errorf("kid %q", keys[0].KID)
	}
	if got, err := token.Thumbprint(keys[0].Key); err != nil || got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("thumbprint %s, %v", got, err)
	}
}

func TestS81JWKRoundTrip(t *testing.T) {
	t.Parallel()
	body := setOf(t, jwkOf("a", keyA()), jwkOf("b", keyB()))
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(body, &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		if len(k) != 6 || k["kty"] != "RSA" || k["alg"] != "RS256" || k["use"] != "sig" || k["e"] != "AQAB" || k["n"] == "" || k["kid"] == "" {
			t.Errorf("members %v", k)
		}
	}
	keys, err := token.ParseJWKSet(body)
	if err != nil || len(keys) != 2 || !rsaOf(t, keys[0]).Equal(&keyA().PublicKey) || !rsaOf(t, keys[1]).Equal(&keyB().PublicKey) {
		t.Errorf("%v, %v", keys, err)
	}
}

// Keys without a use for us are passed over, and the good one beside them stays.
func TestParseJWKSetPassesOver(t *testing.T) {
	t.Parallel()
	good := jwkOf("good", keyA())
	n := keyB().N
	b := func(i *big.Int) string { return base64.RawURLEncoding.EncodeToString(i.Bytes()) }
	with := func(name string, value any) object {
		o := object{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "bad", "n": b(n), "e": "AQAB"}
		return o.with(name, value)
	}
	cases := []any{
		1, "x", nil, []any{}, object{},
		with("kty", "EC"), with("kty", nil), with("use", "enc"), with("use", nil), with("alg", "PS256"), with("alg", nil), with("alg", "none"),
		with("kid", nil), with("kid", ""), with("kid", strings.Repeat("k", 129)), with("kid", 7), with("d", "AQAB"),
		with("n", nil), with("n", ""), with("n", 5), with("n", "!!"), with("n", b(n)+"="), with("n", base64.RawURLEncoding.EncodeToString(append([]byte{0}, n.Bytes()...))),
		with("n", b(new(big.Int).Rsh(n, 1025))), with("n", b(new(big.Int).Add(n, big.NewInt(1)))), with("n", b(new(big.Int).SetBit(n, 9000, 1))),
		with("e", nil), with("e", ""), with("e", "AA"), with("e", "AQ"), with("e", "Ag"), with("e", "AQAC"), with("e", "AAEAAQ"), with("e", b(new(big.Int).SetBit(big.NewInt(1), 31, 1))),
	}
	for i, c := range cases {
		if o, ok := c.(object); ok {
			c = json.RawMessage(o.text())
		}
		body, err := json.Marshal(map[string]any{"keys": []any{c, good}})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := token.ParseJWKSet(body)
		if err != nil || len(keys) != 1 || keys[0].KID != "good" {
			t.Errorf("case %d, %.120s: %d keys, %v", i, body, len(keys), err)
		}
	}
	// The control: unchanged, it is a key. A small odd exponent will do.
	for _, o := range []object{with("kid", "k"), with("e", "Aw"), with("x5c", "ignored")} {
		if keys, err := token.ParseJWKSet([]byte(`{"keys":[` + o.text() + `]}`)); err != nil || len(keys) != 1 {
			t.Errorf("%.60s: %v, %v", o.text(), keys, err)
		}
	}
}

func TestParseJWKSetRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing": "", "HTML": "<html>", "no keys": "{}", "null keys": `{"keys":null}`, "an object": `{"keys":{}}`, "an array": "[]",
		"a bare key": rfcKey, "two of one kid": fmt.Sprintf(`{"keys":[%s,%s]}`, rfcKey, rfcKey), "trailing": `{"keys":[]}{}`,
		"duplicate keys": `{"keys":[],"keys":[]}`, "a duplicate member": `{"keys":[{"kty":"EC","kty":"RSA"}]}`,
	} {
		if keys, err := token.ParseJWKSet([]byte(body)); err == nil {
			t.Errorf("%s: %v", name, keys)
		}
	}
	if keys, err := token.ParseJWKSet([]byte(`{"keys":[],"more":1}`)); err != nil || len(keys) != 0 {
		t.Errorf("an empty set: %v, %v", keys, err)
	}
}

package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// rfcKey is the example of RFC 7638, section 3.1.
const rfcKey = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKR` +
	`XjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6` +
	`qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",` +
	`"e":"AQAB","alg":"RS256","kid":"2011-04-29","use":"sig"}`

// rfcEC is the example of RFC 7517, appendix A.1, with our members; rfcOKP that of
// RFC 8037, appendix A.2.
const (
	rfcEC = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",` +
		`"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1","alg":"ES256"}`
	rfcOKP = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"sig","kid":"2","alg":"EdDSA"}`
)

// The first and the last are the RFCs' own; the middle one was computed with
// sha256sum from section 3.2's members.
func TestS81ThumbprintsOfTheRFCs(t *testing.T) {
	t.Parallel()
	keys, err := token.ParseJWKSet([]byte(`{"keys":[` + rfcKey + "," + rfcEC + "," + rfcOKP + `]}`))
	if err != nil || len(keys) != 3 {
		t.Fatalf("%v, %v", keys, err)
	}
	for i, want := range []struct{ kid, alg, thumbprint string }{
		{"2011-04-29", token.RS256, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		{"1", token.ES256, "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"},
		{"2", token.EdDSA, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
	} {
		if keys[i].KID != want.kid || keys[i].Algorithm != want.alg {
			t.Errorf("kid %q for %s", keys[i].KID, keys[i].Algorithm)
		}
		if got, err := token.Thumbprint(keys[i].Key); err != nil || got != want.thumbprint {
			t.Errorf("thumbprint %s, %v", got, err)
		}
	}
}

func TestS81JWKRoundTrip(t *testing.T) {
	t.Parallel()
	const common = " kty kid alg use "
	for _, c := range []struct {
		key     crypto.Signer
		alg     string
		kty     string
		members string
	}{
		{keyA(), "RS256", "RSA", common + "n e "}, {keyP256(), "ES256", "EC", common + "crv x y "},
		{leadingZeros(t), "ES256", "EC", common + "crv x y "}, {keyEd25519(), "EdDSA", "OKP", common + "crv x "},
	} {
		body := setOf(t, jwkOf("a", c.key), jwkOf("b", keyB()))
		var set struct{ Keys []map[string]string }
		if err := json.Unmarshal(body, &set); err != nil {
			t.Fatal(err)
		}
		k := set.Keys[0]
		for name, value := range k {
			if !strings.Contains(c.members, " "+name+" ") || value == "" {
				t.Errorf("%s: member %s is %q", c.alg, name, value)
			}
			if (name == "x" || name == "y") && len(value) != 43 {
				t.Errorf("%s: %s has %d characters, not those of 32 octets", c.alg, name, len(value))
			}
		}
		if len(k) != len(strings.Fields(c.members)) || k["kty"] != c.kty || k["alg"] != c.alg || k["use"] != "sig" || k["kid"] != "a" {
			t.Errorf("members %v", k)
		}
		keys, err := token.ParseJWKSet(body)
		want := publicKey(c.key)
		want.KID = "a"
		if err != nil || len(keys) != 2 || !reflect.DeepEqual(keys[0], want) || !rsaOf(t, keys[1]).Equal(keyB().Public()) {
			t.Errorf("%v, %v", keys, err)
		}
	}
	for name, spoil := range map[string]func(*token.PublicKey){
		"no kid": func(k *token.PublicKey) { k.KID = "" }, "a long kid": func(k *token.PublicKey) { k.KID = strings.Repeat("k", 129) },
		"another algorithm": func(k *token.PublicKey) { k.Algorithm = "PS256" }, "no key": func(k *token.PublicKey) { k.Key = nil },
	} {
		k := publicKey(keyA())
		spoil(&k)
		if j, err := token.NewJWK(k); err == nil {
			t.Errorf("%s: written as %+v", name, j)
		}
	}
}

// leadingZeros is a key one of whose coordinates begins with a zero octet, which
// must not be left out (one in 128 has that).
func leadingZeros(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	for range 1 << 14 {
		k := newECKey(elliptic.P256())
		point, err := k.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if point[1] == 0 || point[33] == 0 {
			return k
		}
	}
	t.Fatal("no such key")
	return nil
}

// Keys without a use for us are passed over, and the good one beside them stays.
func TestParseJWKSetPassesOver(t *testing.T) {
	t.Parallel()
	good := jwkOf("good", keyA())
	ec, okp := jwkObject(t, rfcEC), jwkObject(t, rfcOKP)
	x, y := ec["x"].(string), ec["y"].(string)
	// 31 octets and 33, which put together are the very point.
	px, py := point(t, x), point(t, y)
	shortX, longY := base64.RawURLEncoding.EncodeToString(px[:31]), base64.RawURLEncoding.EncodeToString(append([]byte{px[31]}, py...))
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
		with("p", "AQAB"), with("q", "AQAB"), with("dp", ""), with("dq", ""), with("qi", 1), with("alg", "ES256"), with("alg", "EdDSA"),
		ec.with("d", "AQAB"), ec.with("d", ""), ec.with("crv", "P-384"), ec.with("crv", nil), ec.with("crv", "p-256"), ec.with("crv", "Ed25519"),
		ec.with("kty", "OKP"), ec.with("kty", "RSA"), ec.with("alg", "RS256"), ec.with("alg", "EdDSA"), ec.with("alg", "ES384"), ec.with("alg", nil),
		ec.with("use", "enc"), ec.with("kid", ""), ec.with("x", nil), ec.with("y", nil), ec.with("y", ""), ec.with("x", 7), ec.with("x", y), ec.with("y", x),
		ec.with("x", x[:42]), ec.with("x", x+"AA"), ec.with("x", x+"="), ec.with("x", x+"\n"), ec.with("x", "AA"+x), ec.with("y", octets(33)), ec.with("y", octets(31)),
		ec.with("x", shortX).with("y", longY), ec.with("x", octets(32)).with("y", octets(32)), ec.with("x", strings.Repeat("_", 42)+"8"),
		okp.with("d", "AQAB"), okp.with("crv", "Ed448"), okp.with("crv", "X25519"), okp.with("crv", nil), okp.with("crv", "P-256"), okp.with("kty", "EC"),
		okp.with("kty", "RSA"), okp.with("alg", "RS256"), okp.with("alg", "ES256"), okp.with("alg", "Ed25519"), okp.with("alg", nil), okp.with("use", nil),
		okp.with("kid", nil), okp.with("x", nil), okp.with("x", ""), okp.with("x", octets(31)), okp.with("x", octets(33)), okp.with("x", 1),
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
	for _, o := range []object{with("kid", "k"), with("e", "Aw"), with("x5c", "ignored"), ec, okp, ec.with("x5c", "ignored"), okp.with("y", "ignored")} {
		if keys, err := token.ParseJWKSet([]byte(`{"keys":[` + o.text() + `]}`)); err != nil || len(keys) != 1 {
			t.Errorf("%.60s: %v, %v", o.text(), keys, err)
		}
	}
}

func jwkObject(t *testing.T, text string) object {
	t.Helper()
	o := object{}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func point(t *testing.T, coordinate string) []byte {
	t.Helper()
	b, err := b64Decode(coordinate)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func octets(n int) string { return base64.RawURLEncoding.EncodeToString(make([]byte, n)) }

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

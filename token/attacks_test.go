package token_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"runtime"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/token"
)

// attackVerifier knows keyA, and says that the control is valid: otherwise a
// refusal would prove nothing.
func attackVerifier(t *testing.T) *token.Verifier {
	t.Helper()
	v := newVerifier(newClock(), staticOf(keyA()))
	wantValid(t, v, forgeA(t, goodHeader(keyA()).text(), goodPayload().text()))
	return v
}

func TestS25AlgNone(t *testing.T) {
	t.Parallel()
	eachAlgorithm(t, func(t *testing.T, a algorithm, v *token.Verifier) {
		for _, alg := range []any{"none", "None", "nOnE", "NONE", "", nil, 0, true, []string{a.name}} {
			header := goodHeader(a.key).with("alg", alg).text()
			wantInvalid(t, v, b64(header)+"."+b64(goodPayload().text())+".")
			wantInvalid(t, v, a.forge(t, header, goodPayload().text()))
		}
		// The right alg and no signature.
		wantInvalid(t, v, b64(goodHeader(a.key).text())+"."+b64(goodPayload().text())+".")
	})
}

func TestS26HMACUnderThePublicKey(t *testing.T) {
	t.Parallel()
	eachAlgorithm(t, func(t *testing.T, a algorithm, v *token.Verifier) {
		for _, secret := range publicForms(t, a.key.Public()) {
			for _, alg := range []string{"HS256", "HS512", a.name} {
				header := goodHeader(a.key).with("alg", alg).text()
				wantInvalid(t, v, forge(t, header, goodPayload().text(), jwt.SigningMethodHS256, secret))
			}
		}
	})
}

// publicForms are the ways to write a public key that somebody may take for the
// secret of an HMAC.
func publicForms(t *testing.T, pub crypto.PublicKey) [][]byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	forms := [][]byte{der, text, bytes.TrimSpace(text)}
	switch k := pub.(type) {
	case *rsa.PublicKey:
		pkcs1 := x509.MarshalPKCS1PublicKey(k)
		forms = append(forms, pkcs1, k.N.Bytes(), pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1}))
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, point, point[1:])
	case ed25519.PublicKey:
		forms = append(forms, k)
	}
	return forms
}

func TestS27OtherAlgorithms(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	for _, m := range []struct {
		method jwt.SigningMethod
		key    crypto.Signer
	}{
		{jwt.SigningMethodRS384, keyA()}, {jwt.SigningMethodRS512, keyA()}, {jwt.SigningMethodPS256, keyA()},
		{jwt.SigningMethodES256, keyP256()}, {jwt.SigningMethodRS256, keyB()},
	} {
		for _, alg := range []string{m.method.Alg(), "RS256", "rs256"} {
			header := goodHeader(keyA()).with("alg", alg).text()
			wantInvalid(t, v, forge(t, header, goodPayload().text(), m.method, m.key))
		}
	}
	// A key of the set that is bound to another algorithm or is none of ours.
	kid := kidOf(keyA())
	raw := mint(t, keyA(), goodClaims())
	small := &rsa.PublicKey{N: new(big.Int).Rsh(keyA().N, 1025), E: 65537}
	for name, key := range map[string]token.PublicKey{
		"PS256": {KID: kid, Algorithm: "PS256", Key: &keyA().PublicKey},
		"none":  {KID: kid, Key: &keyA().PublicKey},
		"EC":    {KID: kid, Algorithm: "RS256", Key: keyP256().Public()},
		"nil":   {KID: kid, Algorithm: "RS256"},
		"small": {KID: kid, Algorithm: "RS256", Key: small},
	} {
		t.Run(name, func(t *testing.T) { wantInvalid(t, newVerifier(newClock(), token.Static{kid: key}), raw) })
	}
}

func TestS28KeyID(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	good := kidOf(keyA())
	for _, kid := range []any{
		nil, "", "unknown", 0, true, object{"kid": good}, []string{good}, "../" + good, "../../etc/passwd",
		good + "\x00", good + " ", strings.ToUpper(good), "' OR 1=1 --", "x' UNION SELECT 'k", strings.Repeat("k", 129),
		kidOf(keyB()),
	} {
		wantInvalid(t, v, forgeA(t, goodHeader(keyA()).with("kid", kid).text(), goodPayload().text()))
	}
	wantInvalid(t, v, forgeA(t, `{"alg":"RS256","typ":"at+jwt","kid":null}`, goodPayload().text()))

	long, longer := strings.Repeat("k", 128), strings.Repeat("k", 129)
	key := token.PublicKey{Algorithm: token.RS256, Key: &keyA().PublicKey}
	v = newVerifier(newClock(), token.Static{long: key, longer: key})
	wantValid(t, v, forgeA(t, goodHeader(keyA()).with("kid", long).text(), goodPayload().text()))
	wantInvalid(t, v, forgeA(t, goodHeader(keyA()).with("kid", longer).text(), goodPayload().text()))
}

func TestS29HeaderMembers(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	own := jwkOf("mine", keyB())
	for name, value := range map[string]any{
		"jku": "https://evil.example/jwks.json", "x5u": "https://evil.example/c.pem", "jwk": own, "x5c": []string{"MIIB"},
		"x5t": "abc", "crit": []string{"exp"}, "b64": false, "zip": "DEF", "cty": "JWT", "enc": "A256GCM", "KID": "x", "exp": 1,
	} {
		header := goodHeader(keyA()).with(name, value).text()
		wantInvalid(t, v, forgeA(t, header, goodPayload().text()))
		wantInvalid(t, v, forge(t, header, goodPayload().text(), jwt.SigningMethodRS256, keyB()))
	}
}

func TestS32IssuerAndAudience(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	bad := map[string][]any{
		"iss": {
			nil, "", "https://evil.example", issuer + "/", "https://ID.example", "http://id.example", issuer + ".evil.example",
			" " + issuer, issuer + "\x00", 1, []string{issuer}, "https://id.example:443",
		},
		"aud": {
			nil, "", "Latchkey", "latchkey ", "latchkey2", "latch", 1, []string{}, []string{"other"}, []any{1, audience},
			object{"latchkey": true}, "latchkey,other", [][]string{{audience}},
		},
		"sub":            {nil, "", 1, []string{"u1"}},
		"jti":            {nil, "", 1},
		"client_id":      {nil, "", 1},
		"sid":            {1, []string{"s"}},
		"roles":          {"admin", []any{"user", 1}, object{"admin": true}, []any{nil}},
		"scope":          {1, []string{"users:read"}},
		"email_verified": {"true", 1},
	}
	for name, values := range bad {
		for _, value := range values {
			wantInvalid(t, v, forgeA(t, goodHeader(keyA()).text(), goodPayload().with(name, value).text()))
		}
	}
	for _, aud := range []any{audience, []string{audience}, []string{"other", audience}} {
		wantValid(t, v, forgeA(t, goodHeader(keyA()).text(), goodPayload().with("aud", aud).text()))
	}
}

func TestS33Type(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	for _, typ := range []any{nil, "", "JWT", "jwt", "rt+jwt", "at+jwt ", "application/jwt", "text/at+jwt", 1, []string{"at+jwt"}} {
		wantInvalid(t, v, forgeA(t, goodHeader(keyA()).with("typ", typ).text(), goodPayload().text()))
	}
	for _, typ := range []string{"at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT"} {
		wantValid(t, v, forgeA(t, goodHeader(keyA()).with("typ", typ).text(), goodPayload().text()))
	}
	wantInvalid(t, v, "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.7."+b64("a refresh token's mac"))
	wantInvalid(t, v, b64("a reset token of 32 random bytes"))
}

func TestS34Form(t *testing.T) {
	t.Parallel()
	eachAlgorithm(t, func(t *testing.T, a algorithm, v *token.Verifier) {
		raw := mint(t, a.key, goodClaims())
		parts := strings.Split(raw, ".")
		for i, part := range parts {
			for at := 0; at < len(part); at += 3 {
				for _, bit := range []byte{1, 2, 4, 8, 16} {
					flipped := []byte(part)
					flipped[at] ^= bit
					wantInvalid(t, v, join(parts, i, string(flipped)))
				}
			}
			// The last character's unused bits are part of the spelling too.
			last := []byte(part)
			last[len(last)-1]++
			for _, changed := range []string{
				string(last), part[:len(part)-1], part[1:], part[:len(part)/2], "", part + "A", part + "=", part + "==",
				part + "\n", "\r\n" + part, part + " ", " " + part, part + "\x00", part[:4] + "\n" + part[4:],
			} {
				wantInvalid(t, v, join(parts, i, changed))
			}
		}
		for _, changed := range []string{
			"", ".", "..", "...", "a", raw + ".", "." + raw, raw + "." + parts[2], parts[0] + "." + parts[1], "Bearer " + raw,
			raw + raw, strings.ReplaceAll(raw, "-", "+"), strings.Repeat("A", token.MaxLength) + "." + raw,
		} {
			if changed != raw {
				wantInvalid(t, v, changed)
			}
		}
	})
}

func join(parts []string, i int, changed string) string {
	out := append([]string{}, parts...)
	out[i] = changed
	return strings.Join(out, ".")
}

// Not parallel: it measures the heap.
func TestS34MegabyteOfDots(t *testing.T) {
	v := newVerifier(newClock(), staticOf(keyA()))
	raw := strings.Repeat(".", 1<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		wantQuickly(t, v, raw)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("100 megabytes of dots took %d bytes", used)
	}
}

func wantQuickly(t *testing.T, v *token.Verifier, raw string) {
	t.Helper()
	if _, err := v.Verify(context.Background(), raw); err == nil {
		t.Fatal("dots are valid")
	}
}

func TestS35Duplicates(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	header, payload := goodHeader(keyA()).text(), goodPayload().text()
	more := func(object, member string) string { return strings.TrimSuffix(object, "}") + "," + member + "}" }
	for _, member := range []string{
		`"sub":"u1"`, `"sub":"u2"`, `"exp":1`, `"roles":["admin"]`, `"\u0073ub":"u2"`, `"x":{"a":1,"a":2}`, `"x":[{"a":1,"a":2}]`,
	} {
		wantInvalid(t, v, forgeA(t, header, more(payload, member)))
	}
	for _, member := range []string{`"alg":"RS256"`, `"alg":"none"`, `"typ":"at+jwt"`, `"kid":"x"`, `"\u006bid":"x"`} {
		wantInvalid(t, v, forgeA(t, more(header, member), payload))
	}
	for _, text := range []string{
		"", "null", "[]", `"x"`, "1", "{", payload + "{}", payload + "x", "\xef\xbb\xbf" + payload, more(payload, `"x":"`+"\xff"+`"`),
		strings.TrimSuffix(payload, "}") + ",}", strings.Repeat("[", 3000), more(payload, `"x":`+strings.Repeat("[", 20)+strings.Repeat("]", 20)),
	} {
		wantInvalid(t, v, forgeA(t, header, text))
		wantInvalid(t, v, forgeA(t, text, payload))
	}
	// Names are told apart by case, and unknown ones are passed over.
	wantInvalid(t, v, forgeA(t, header, more(goodPayload().with("sub", nil).text(), `"Sub":"u1"`)))
	wantValid(t, v, forgeA(t, header, more(payload, `"Sub":"u2","x":{"y":[1,null]}`)))
}

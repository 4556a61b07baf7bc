package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/token"
)

var (
	keyP256 = sync.OnceValue(func() *ecdsa.PrivateKey { return newECKey(elliptic.P256()) })
	// Always the same, as are its signatures: each of a fuzzer's processes knows it.
	keyEd25519 = sync.OnceValue(func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) })
)

func newECKey(c elliptic.Curve) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// algorithm is one that tokens may be signed with, and a key for it.
type algorithm struct {
	name   string
	key    crypto.Signer
	method jwt.SigningMethod
}

func algorithms() []algorithm {
	return []algorithm{
		{token.RS256, keyA(), jwt.SigningMethodRS256},
		{token.ES256, keyP256(), jwt.SigningMethodES256},
		{token.EdDSA, keyEd25519(), jwt.SigningMethodEdDSA},
	}
}

// eachAlgorithm runs test with a verifier that knows the one key, and has found
// that key's token to be valid: otherwise a refusal would prove nothing.
func eachAlgorithm(t *testing.T, test func(t *testing.T, a algorithm, v *token.Verifier)) {
	t.Helper()
	for _, a := range algorithms() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			v := newVerifier(newClock(), staticOf(a.key))
			wantValid(t, v, a.forge(t, goodHeader(a.key).text(), goodPayload().text()))
			test(t, a, v)
		})
	}
}

// forge signs with the right key by the right method, whatever is said.
func (a algorithm) forge(t testing.TB, header, payload string) string {
	t.Helper()
	return forge(t, header, payload, a.method, a.key)
}

func TestAlgorithmIsTheKeys(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyA(), keyP256(), keyEd25519()))
	for _, a := range algorithms() {
		key := signingKey(a.key)
		if key.Algorithm != a.name || len(key.KID) != 43 || publicKey(a.key).KID != key.KID {
			t.Errorf("%s: %s under %q", a.name, key.Algorithm, key.KID)
		}
		raw := mint(t, a.key, goodClaims())
		head, _, _ := strings.Cut(raw, ".")
		if got := decode(t, head); got != `{"alg":"`+a.name+`","typ":"at+jwt","kid":"`+key.KID+`"}` {
			t.Errorf("header %s", got)
		}
		for _, round := range []string{"fresh", "cached"} {
			if c := wantValid(t, v, raw); c.Subject != goodClaims().Subject {
				t.Errorf("%s, %s: %+v", a.name, round, c)
			}
		}
	}
}

// Each key refuses every other algorithm's name, with a signature that would hold
// by its own method, and every other key's signature under its own name.
func TestS27EachKeyHasOneAlgorithm(t *testing.T) {
	t.Parallel()
	eachAlgorithm(t, func(t *testing.T, a algorithm, v *token.Verifier) {
		for _, alg := range []string{
			"RS256", "ES256", "EdDSA", "Ed25519", "RS384", "RS512", "PS256", "ES384", "ES512", "ES256K", "HS256", "none", "None",
			strings.ToLower(a.name), a.name + " ", "",
		} {
			if alg != a.name {
				wantInvalid(t, v, a.forge(t, goodHeader(a.key).with("alg", alg).text(), goodPayload().text()))
			}
		}
		for _, other := range algorithms() {
			if other.name == a.name {
				continue
			}
			for _, alg := range []string{a.name, other.name} {
				wantInvalid(t, v, other.forge(t, goodHeader(a.key).with("alg", alg).text(), goodPayload().text()))
			}
		}
		// A key of the set that says it were for another: it verifies nothing.
		for _, alg := range []string{"RS256", "ES256", "EdDSA", "none", ""} {
			if alg == a.name {
				continue
			}
			key := publicKey(a.key)
			key.Algorithm = alg
			wrong := newVerifier(newClock(), token.NewStatic(key))
			wantInvalid(t, wrong, a.forge(t, goodHeader(a.key).text(), goodPayload().text()))
			wantInvalid(t, wrong, a.forge(t, goodHeader(a.key).with("alg", alg).text(), goodPayload().text()))
		}
	})
}

// A token that was verified is not believed under a key of another algorithm that
// takes its kid.
func TestCachedTokenKeepsItsAlgorithm(t *testing.T) {
	t.Parallel()
	for _, a := range algorithms() {
		keys := staticOf(a.key)
		v := newVerifier(newClock(), keys)
		raw := mint(t, a.key, goodClaims())
		wantValid(t, v, raw)
		kid := kidOf(a.key)
		for _, other := range algorithms() {
			for _, alg := range []string{a.name, other.name} {
				keys[kid] = token.PublicKey{KID: kid, Algorithm: alg, Key: other.key.Public()}
				if _, err := v.Verify(t.Context(), raw); (err == nil) != (other.name == a.name) {
					t.Errorf("%s under a key for %s that says %s: %v", a.name, other.name, alg, err)
				}
			}
		}
	}
}

// ES256 signatures are r and s, 32 bytes each (RFC 7518, section 3.4).
func TestES256SignatureForms(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyP256()))
	raw := mint(t, keyP256(), goodClaims())
	signed, signature := splitSignature(t, raw)
	wantValid(t, v, raw)
	order := elliptic.P256().Params().N
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	pair := func(r, s *big.Int) []byte {
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	zero, largest := new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	wide := append(append(append([]byte{0}, signature[:32]...), 0), signature[32:]...)
	for name, bad := range map[string][]byte{
		"ASN.1": der, "ASN.1, cut to 64 bytes": der[:64], "both zero": pair(zero, zero), "r zero": pair(zero, s), "s zero": pair(r, zero),
		"r the order": pair(order, s), "s the order": pair(r, order), "r 2^256-1": pair(largest, s), "s 2^256-1": pair(r, largest),
		"r and s swapped": pair(s, r), "n-r": pair(new(big.Int).Sub(order, r), s), "33 bytes each": wide, "a zero before": append([]byte{0}, signature...),
		"a zero behind": append(append([]byte{}, signature...), 0), "63 bytes": signature[:63], "r alone": signature[:32], "nothing": {},
		"twice": append(append([]byte{}, signature...), signature...),
	} {
		t.Run(name, func(t *testing.T) { wantInvalid(t, v, signed+"."+base64.RawURLEncoding.EncodeToString(bad)) })
	}
	// The other spelling of the same signature holds too; it is no way to another
	// payload, and the cache takes it for a token of its own.
	wantValid(t, v, signed+"."+base64.RawURLEncoding.EncodeToString(pair(r, new(big.Int).Sub(order, s))))
}

func TestEdDSASignatureForms(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyEd25519()))
	raw := mint(t, keyEd25519(), goodClaims())
	signed, signature := splitSignature(t, raw)
	wantValid(t, v, raw)
	digest := sha512.Sum512([]byte(signed))
	prehashed, err := keyEd25519().Sign(rand.Reader, digest[:], crypto.SHA512)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"63 bytes": signature[:63], "half": signature[:32], "nothing": {}, "zeros": make([]byte, 64),
		"a zero behind": append(append([]byte{}, signature...), 0), "S beyond the order": addOrder(signature), "Ed25519ph": prehashed,
	} {
		t.Run(name, func(t *testing.T) { wantInvalid(t, v, signed+"."+base64.RawURLEncoding.EncodeToString(bad)) })
	}
}

// addOrder gives the signature whose S is larger by the order of the group, which
// RFC 8032, section 5.1.7 has a verifier refuse: a token so has one spelling.
func addOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := append([]byte{}, signature[32:]...)
	reverse(s)
	sum := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	reverse(sum)
	return append(append([]byte{}, signature[:32]...), sum...)
}

func reverse(b []byte) {
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
}

func splitSignature(t *testing.T, raw string) (signed string, signature []byte) {
	t.Helper()
	at := strings.LastIndexByte(raw, '.')
	signature, err := b64Decode(raw[at+1:])
	if err != nil {
		t.Fatal(err)
	}
	return raw[:at], signature
}

// signerOf is a private key of a type that is not ours.
type signerOf struct{ crypto.Signer }

func TestKeysThatAreNotTaken(t *testing.T) {
	t.Parallel()
	p384 := newECKey(elliptic.P384())
	offCurve := &ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)} //nolint:staticcheck // SA1019: there is no other way to make a bad one
	for name, pub := range map[string]crypto.PublicKey{
		"nil": nil, "no RSA key": (*rsa.PublicKey)(nil), "an empty RSA key": &rsa.PublicKey{}, "1023 bits": &rsa.PublicKey{N: new(big.Int).Rsh(keyA().N, 1025), E: 65537},
		"2047 bits": &rsa.PublicKey{N: new(big.Int).Rsh(keyA().N, 1), E: 65537}, "8193 bits": &rsa.PublicKey{N: new(big.Int).Lsh(keyA().N, 8193-2048), E: 65537},
		"no EC key": (*ecdsa.PublicKey)(nil), "an empty EC key": &ecdsa.PublicKey{}, "no point": &ecdsa.PublicKey{Curve: elliptic.P256()},
		"P-384": p384.Public(), "not on the curve": offCurve, "31 bytes": publicKey(keyEd25519()).Key.(ed25519.PublicKey)[:31],
		"no Ed25519 key": ed25519.PublicKey(nil), "a value": keyA().PublicKey, "a private key": keyA(), "text": "key",
	} {
		if k, err := token.NewPublicKey(pub); err == nil || k.Key != nil {
			t.Errorf("%s: taken as %s", name, k.Algorithm)
		}
		if kid, err := token.Thumbprint(pub); err == nil {
			t.Errorf("%s: thumbprint %s", name, kid)
		}
		for _, alg := range []string{token.RS256, token.ES256, token.EdDSA} {
			key := token.PublicKey{KID: "k", Algorithm: alg, Key: pub}
			if _, err := token.NewJWK(key); err == nil {
				t.Errorf("%s: written as a JWK for %s", name, alg)
			}
			v := newVerifier(newClock(), token.NewStatic(key))
			for _, a := range algorithms() {
				wantInvalid(t, v, a.forge(t, object{"alg": alg, "typ": "at+jwt", "kid": "k"}.text(), goodPayload().text()))
			}
		}
	}
	for name, private := range map[string]crypto.Signer{
		"nil": nil, "no RSA key": (*rsa.PrivateKey)(nil), "no EC key": (*ecdsa.PrivateKey)(nil), "no Ed25519 key": ed25519.PrivateKey(nil),
		"P-384": p384, "another type": signerOf{keyA()},
	} {
		if k, err := token.NewSigningKey(private); err == nil || k.Private != nil {
			t.Errorf("%s: taken as %s", name, k.Algorithm)
		}
		if raw, err := token.Mint(token.SigningKey{KID: "k", Algorithm: token.ES256, Private: private}, goodClaims()); err == nil {
			t.Errorf("%s: minted %s", name, raw)
		}
	}
	for _, a := range algorithms() {
		for _, alg := range []string{"", "none", "RS256", "ES256", "EdDSA"} {
			if raw, err := token.Mint(token.SigningKey{KID: "k", Algorithm: alg, Private: a.key}, goodClaims()); (err == nil) != (alg == a.name) {
				t.Errorf("%s by a key for %s: %s, %v", alg, a.name, raw, err)
			}
		}
	}
}

// The largest key that latchkey makes.
func TestRSA4096(t *testing.T) {
	t.Parallel()
	k, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		t.Fatal(err)
	}
	wantValid(t, newVerifier(newClock(), staticOf(k)), mint(t, k, goodClaims()))
}

package main

import (
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// signatures have the right alg and kid, and do not hold.
func (m *maker) signatures() {
	m.ecdsaSignatures()
	m.edSignatures()
	good := m.good()
	pkcs1 := rule{vectors.JWS, "RFC 8017, section 8.2.2"}
	m.add(pkcs1, vectors.Signature, "rs256-zero", "256 zeros.", withSignature(good, make([]byte, 256)))
	m.add(pkcs1, vectors.Signature, "rs256-one", "The number 1, which is its own root.", withSignature(good, append(make([]byte, 255), 1)))
	m.add(pkcs1, vectors.Signature, "rs256-leading-zero", "A good signature, and a zero in front.",
		withSignature(good, append([]byte{0}, signatureOf(good)...)))
	m.add(pkcs1, vectors.Signature, "rs256-of-another-token", "The signature of another token.",
		withSignature(good, signatureOf(m.claiming(payload().with("sub", "reports")))))
}

func (m *maker) ecdsaSignatures() {
	es256 := rule{vectors.JWS, "RFC 7518, section 3.4"}
	good := sign(m.keys.ec, m.keys.ec.header().text(), payload().text())
	sum := sha256.Sum256([]byte(good[:strings.LastIndex(good, ".")]))
	der, err := m.keys.ec.private.Sign(rand.Reader, sum[:], nil)
	if err != nil {
		panic(err) // this program's own key
	}
	r, s := signatureOf(good)[:32], signatureOf(good)[32:]
	add := func(name, description string, signature []byte) {
		m.add(es256, vectors.Signature, name, description, withSignature(good, signature))
	}
	add("es256-der", "A good signature as ASN.1 DER, as TLS has it, and not r and s.", der)
	add("es256-zero", "r and s are 0 (CVE-2022-21449).", make([]byte, 64))
	add("es256-r-alone", "Half a signature.", r)
	add("es256-long", "A good signature, and one byte more.", slices.Concat(r, s, []byte{0}))
	add("es256-swapped", "s and r.", slices.Concat(s, r))
}

func (m *maker) edSignatures() {
	eddsa := rule{vectors.JWS, "RFC 8037, section 3.1; RFC 8032, section 5.1.7"}
	good := sign(m.keys.ed, m.keys.ed.header().text(), payload().text())
	signature := signatureOf(good)
	add := func(name, description string, signature []byte) {
		m.add(eddsa, vectors.Signature, name, description, withSignature(good, signature))
	}
	add("eddsa-zero", "64 zeros.", make([]byte, 64))
	add("eddsa-cut", "The last byte is missing.", signature[:63])
	add("eddsa-s-plus-order", "The group's order is added to s: the same number, spelled otherwise.", plusOrder(signature))
}

// plusOrder adds the order of edwards25519's group (RFC 8032, section 5.1) to
// the second half of a signature, which is little-endian.
func plusOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	order.Add(order, new(big.Int).Lsh(big.NewInt(1), 252))
	s := slices.Clone(signature[32:])
	slices.Reverse(s)
	s = new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	slices.Reverse(s)
	return slices.Concat(signature[:32], s)
}

func signatureOf(compact string) []byte { return unb64(strings.Split(compact, ".")[signatureSegment]) }

func withSignature(compact string, signature []byte) string {
	return replaced(compact, signatureSegment, func(string) string { return b64(string(signature)) })
}

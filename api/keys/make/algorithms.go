package main

import (
	"encoding/pem"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/internal/vectors"
)

// unsigned claim that nothing needs to be checked.
func (m *maker) unsigned() {
	none := rule{vectors.JWS, "RFC 8725, section 3.2; RFC 7518, section 3.6"}
	for _, one := range [][2]string{{"none", "none"}, {"none-capital", "None"}, {"none-mixed", "nOnE"}} {
		name, alg := one[0], one[1]
		header := m.rightly().with("alg", alg).text()
		m.add(none, vectors.Algorithm, "alg-"+name, "alg is "+alg+", and there is no signature.", b64(header)+"."+b64(payload().text())+".")
		m.add(none, vectors.Algorithm, "alg-"+name+"-signed", "alg is "+alg+", over a signature that would hold.", m.headedText(header))
	}
	absent := m.rightly().without("alg").text()
	m.add(none, vectors.Algorithm, "alg-absent", "No alg, and no signature.", b64(absent)+"."+b64(payload().text())+".")
	m.add(none, vectors.Algorithm, "alg-absent-signed", "No alg, over a signature that would hold.", m.headedText(absent))
	m.add(none, vectors.Signature, "signature-absent", "The right alg, and no signature.", b64(m.rightly().text())+"."+b64(payload().text())+".")
	for _, one := range []member{{"empty", ""}, {"null", nil}, {"number", 256}, {"array", []string{"RS256"}}, {"lower-case", "rs256"}} {
		m.add(none, vectors.Algorithm, "alg-"+one.name, "alg is "+encode(one.value)+".", m.headed(m.rightly().with("alg", one.value)))
	}
}

// symmetric take what everybody knows for a secret.
func (m *maker) symmetric() {
	hmac := rule{vectors.JWS, "RFC 8725, sections 2.1 and 3.1"}
	text := m.pem(m.keys.rsa)
	block, _ := pem.Decode(text)
	for _, one := range []struct {
		name, description string
		secret            []byte
	}{
		{"pem", "the public key's PEM", text},
		{"pem-trimmed", "the public key's PEM without its last line end", []byte(strings.TrimSpace(string(text)))},
		{"der", "the public key's DER", block.Bytes},
		{"jwks", "the text of jwks.json", m.files[publickeys.KeySetFile]},
		{"jwk", "the key's JWK", []byte(encode(jwkOf(m.keys.rsa)))},
		{"modulus", "the modulus, as n has it", []byte(jwkOf(m.keys.rsa).Modulus)},
		{"empty", "nothing", []byte{}},
	} {
		m.add(hmac, vectors.Algorithm, "hs256-"+one.name, "HS256 keyed with "+one.description+".",
			signAs(jwt.SigningMethodHS256, one.secret, m.rightly().with("alg", "HS256").text(), payload().text()))
	}
	m.add(hmac, vectors.Signature, "hs256-pem-called-rs256", "HS256 keyed with the public key's PEM, and called RS256.",
		signAs(jwt.SigningMethodHS256, text, m.rightly().text(), payload().text()))
	m.add(hmac, vectors.Algorithm, "hs512-pem", "HS512 keyed with the public key's PEM.",
		signAs(jwt.SigningMethodHS512, text, m.rightly().with("alg", "HS512").text(), payload().text()))
}

// algorithms are not the key's.
func (m *maker) algorithms() {
	bound := rule{vectors.JWS, "RFC 8725, section 3.1; RFC 7517, section 4.4"}
	rsa := m.keys.rsa.private
	for _, method := range []jwt.SigningMethod{
		jwt.SigningMethodRS384, jwt.SigningMethodRS512, jwt.SigningMethodPS256, jwt.SigningMethodPS384, jwt.SigningMethodPS512,
	} {
		lower := strings.ToLower(method.Alg())
		m.add(bound, vectors.Algorithm, lower+"-under-rs256", "Really signed with "+method.Alg()+", by a key that is for RS256 alone.",
			signAs(method, rsa, m.rightly().with("alg", method.Alg()).text(), payload().text()))
		m.add(bound, vectors.Signature, lower+"-called-rs256", "Signed with "+method.Alg()+", and called RS256.",
			signAs(method, rsa, m.rightly().text(), payload().text()))
	}
	for _, one := range []struct {
		name string
		kid  key
		by   key
	}{
		{"es256-under-rsa-key", m.keys.rsa, m.keys.ec}, {"eddsa-under-rsa-key", m.keys.rsa, m.keys.ed},
		{"rs256-under-ec-key", m.keys.ec, m.keys.rsa}, {"eddsa-under-ec-key", m.keys.ec, m.keys.ed},
		{"rs256-under-ed25519-key", m.keys.ed, m.keys.rsa}, {"es256-under-ed25519-key", m.keys.ed, m.keys.ec},
	} {
		m.add(bound, vectors.Algorithm, one.name, "Signed with "+one.by.public.Algorithm+" by another key of the set, under the kid of the "+one.kid.public.Algorithm+" key.",
			sign(one.by, one.kid.header().with("alg", one.by.public.Algorithm).text(), payload().text()))
	}
	m.add(bound, vectors.Algorithm, "alg-rs256-of-an-es256-token", "A good ES256 token, but for its alg.",
		sign(m.keys.ec, m.keys.ec.header().with("alg", "RS256").text(), payload().text()))
	m.add(bound, vectors.Algorithm, "alg-es256-of-an-rs256-token", "A good RS256 token, but for its alg.",
		m.headed(m.rightly().with("alg", "ES256")))
	m.add(bound, vectors.Algorithm, "alg-es384-under-p256", "ES384 is for P-384.",
		sign(m.keys.ec, m.keys.ec.header().with("alg", "ES384").text(), payload().text()))
	m.add(rule{vectors.Profile, "RFC 9864, section 2.2; latchkey: Ed25519 is called EdDSA"}, vectors.Algorithm, "alg-ed25519",
		"A good EdDSA token, under the algorithm's newer name.", sign(m.keys.ed, m.keys.ed.header().with("alg", "Ed25519").text(), payload().text()))
}

package main

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// types are other kinds of token.
func (m *maker) types() {
	typ := rule{vectors.Profile, "RFC 9068, section 4; RFC 8725, section 3.11"}
	add := func(name, description string, value any) {
		m.add(typ, vectors.Type, name, description, m.headed(m.rightly().with("typ", value)))
	}
	add("typ-jwt", "Any JWT, such as an ID token.", "JWT")
	add("typ-refresh", "A refresh token in an access token's place.", "refresh+jwt")
	add("typ-logout", "A logout token in an access token's place.", "logout+jwt")
	add("typ-text", "Another media type.", "text/at+jwt")
	add("typ-suffix", "at+jwt is its beginning.", "at+jwt2")
	add("typ-space", "A space more.", "at+jwt ")
	add("typ-empty", "An empty type.", "")
	add("typ-number", "A number.", 1)
	add("typ-array", "An array.", []string{"at+jwt"})
	m.add(typ, vectors.Type, "typ-absent", "No type.", m.headed(m.rightly().without("typ")))
}

// keyIDs name no key. The signature is right, so whoever tries all keys that it
// has is found out.
func (m *maker) keyIDs() {
	kid := rule{vectors.JWS, "RFC 7515, section 4.1.4; latchkey: kid is required and names the key"}
	good := m.keys.rsa.kid()
	add := func(name, description string, value any) {
		m.add(kid, vectors.KeyID, name, description, m.headed(m.rightly().with("kid", value)))
	}
	add("kid-unknown", "A kid that is not in the set.", strings.Repeat("A", 43))
	add("kid-case", "Ours in capitals.", strings.ToUpper(good))
	add("kid-space", "Ours and a space.", good+" ")
	add("kid-nul", "Ours and a NUL.", good+"\x00")
	add("kid-empty", "An empty kid.", "")
	add("kid-null", "null.", nil)
	add("kid-number", "A number.", 0)
	add("kid-array", "An array with ours.", []string{good})
	add("kid-object", "An object with ours.", map[string]string{"kid": good})
	add("kid-path", "A path that ends at our key's file.", "../keys/"+good)
	add("kid-dev-null", "A file that is empty, and so an empty key.", "../../../../dev/null")
	add("kid-sql", "SQL.", "x' UNION SELECT 'k' --")
	add("kid-url", "An address to get a key from.", "https://evil.example/jwks.json")
	add("kid-long", "A kid of 1000 bytes.", strings.Repeat("k", 1000))
	m.add(kid, vectors.KeyID, "kid-absent", "No kid.", m.headed(m.rightly().without("kid")))
}

// foreignKeys sign well, but are not ours.
func (m *maker) foreignKeys() {
	key := rule{vectors.JWS, "RFC 7515, section 5.2"}
	m.add(key, vectors.Signature, "key-wrong", "Signed by a key that is not in the set, under the kid of one that is.",
		sign(m.keys.stranger, m.rightly().text(), payload().text()))
	m.add(key, vectors.KeyID, "key-not-published", "Signed by a key that is not in the set, under its own kid.",
		sign(m.keys.stranger, m.keys.stranger.header().text(), payload().text()))
}

// forbiddenMembers let the token bring its key, or ask for what is not done.
func (m *maker) forbiddenMembers() {
	brings := rule{vectors.JWS, "RFC 7515, sections 4.1.2 to 4.1.8; RFC 8725, section 3.10"}
	attacker := m.keys.stranger
	add := func(name, description, member string, value any) {
		header := m.rightly().with(member, value)
		m.add(brings, vectors.Header, name, description, sign(attacker, header.text(), payload().text()))
	}
	add("jwk-embedded", "The key is in the token, and signed it.", "jwk", jwkOf(attacker))
	add("jku-foreign", "The token says where to get its key.", "jku", "https://evil.example/jwks.json")
	add("x5u-foreign", "The token says where to get its certificate.", "x5u", "https://evil.example/c.pem")
	add("x5c-embedded", "The token brings the certificate of the key that signed it.", "x5c", []string{base64.StdEncoding.EncodeToString(certificate(attacker))})
	ours := rule{vectors.Profile, "RFC 8725, section 3.10; latchkey: a header holds alg, typ and kid"}
	m.add(ours, vectors.Header, "jwk-embedded-ours", "The key is in the token, and is the right one.",
		m.headed(m.rightly().with("jwk", jwkOf(m.keys.rsa))))
	m.add(ours, vectors.Header, "header-unknown-member", "A member that nobody knows.", m.headed(m.rightly().with("x", 1)))
	m.add(ours, vectors.Header, "header-cty", "cty says that the payload is another JWT.", m.headed(m.rightly().with("cty", "JWT")))
	m.add(ours, vectors.Header, "header-zip", "zip belongs to encryption: nothing is to be inflated.", m.headed(m.rightly().with("zip", "DEF")))
	m.critical()
}

func (m *maker) critical() {
	crit := rule{vectors.JWS, "RFC 7515, section 4.1.11"}
	add := func(name, description string, header object) {
		m.add(crit, vectors.Header, name, description, m.headed(header))
	}
	add("crit-unknown", "An extension that must be understood and is not.",
		m.rightly().with("crit", []string{"https://id.example/x"}).with("https://id.example/x", true))
	add("crit-empty", "An empty list is forbidden.", m.rightly().with("crit", []string{}))
	add("crit-not-there", "An extension that the header does not hold.", m.rightly().with("crit", []string{"https://id.example/x"}))
	add("crit-registered", "alg is no extension.", m.rightly().with("crit", []string{"alg"}))
	add("crit-string", "crit is an array.", m.rightly().with("crit", "exp"))
	add("b64-false", "The payload is not encoded (RFC 7797), and must be known to be so.",
		m.rightly().with("b64", false).with("crit", []string{"b64"}))
	m.add(rule{vectors.Profile, "RFC 7797, section 6; latchkey: a header holds alg, typ and kid"}, vectors.Header, "b64-without-crit",
		"b64 is there and not critical.", m.headed(m.rightly().with("b64", false)))
}

// headers are signed, and none.
func (m *maker) headers() {
	unique := rule{vectors.JWS, "RFC 7515, section 4"}
	text := m.rightly().text()
	add := func(name, description, header string) {
		m.add(unique, vectors.Header, name, description, m.headedText(header))
	}
	add("header-duplicate-alg", "alg twice, the last good.", m.rightly().with("alg", "none").and("alg", "RS256").text())
	add("header-duplicate-alg-none", "alg twice, the first good.", m.rightly().and("alg", "none").text())
	add("header-duplicate-kid", "kid twice, the last good.", m.rightly().with("kid", "x").and("kid", m.keys.rsa.kid()).text())
	add("header-duplicate-typ", "typ twice, with the same value.", m.rightly().and("typ", "at+jwt").text())
	add("header-duplicate-escaped", "kid, and \\u006bid, which is the same name.", m.rightly().and(`\u006bid`, m.keys.rsa.kid()).text())
	m.add(unique, vectors.Algorithm, "header-empty-object", "No member at all.", m.headedText("{}"))
	add("header-array", "An array around the header.", "["+text+"]")
	add("header-null", "null.", "null")
	add("header-cut", "The last bracket is missing.", strings.TrimSuffix(text, "}"))
	add("header-bom", "A byte order mark in front.", "\xef\xbb\xbf"+text)
	add("header-two-objects", "Two objects, one behind the other.", text+text)
}

// certificate is k's own, issued by itself to id.example.
func certificate(k key) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "id.example"},
		NotBefore: clock.AddDate(0, 0, -1), NotAfter: clock.AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.private.Public(), k.private)
	if err != nil {
		panic(err) // this program's own key
	}
	return der
}

package main

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/internal/vectors"
	"github.com/latchkey-id/latchkey/token"
)

// maker collects vectors. Where nothing else is said, a token differs from a
// valid one in one thing, and is signed by the right key.
type maker struct {
	keys    keys
	files   map[string][]byte // of the published keys
	vectors []vectors.Vector
}

func (m *maker) all() []vectors.Vector {
	m.valid()
	m.times()
	m.issuers()
	m.audiences()
	m.otherClaims()
	m.payloads()
	m.types()
	m.keyIDs()
	m.foreignKeys()
	m.forbiddenMembers()
	m.headers()
	m.unsigned()
	m.symmetric()
	m.algorithms()
	m.signatures()
	m.segments()
	m.spelling()
	m.serialisations()
	m.lengths()
	return m.vectors
}

// rule is what vectors of a kind have in common.
type rule struct {
	layer vectors.Layer
	rfc   string
}

func (m *maker) add(r rule, reason vectors.Reason, name, description, token string) *vectors.Vector {
	m.vectors = append(m.vectors, vectors.Vector{
		Name: name, Description: description, RFC: r.rfc, Layer: r.layer,
		Token: token, Valid: reason == vectors.Good, Reason: reason,
	})
	return &m.vectors[len(m.vectors)-1]
}

// header is a right one for k.
func (k key) header() object {
	return object{{"alg", k.public.Algorithm}, {"typ", "at+jwt"}, {"kid", k.kid()}}
}

// payload is a person's, issued now for ten minutes.
func payload() object {
	return object{
		{"iss", issuer}, {"sub", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"}, {"aud", audience},
		{"exp", clock.Unix() + 600}, {"iat", clock.Unix()},
		{"jti", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f"}, {"sid", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b30"},
		{"client_id", "latchkey"}, {"roles", []string{"user", "editor"}}, {"scope", "users:read"}, {"email_verified", true},
	}
}

// good is the token that everybody must take.
func (m *maker) good() string { return m.claiming(payload()) }

// claiming signs a payload as it should be.
func (m *maker) claiming(payload object) string { return m.saying(payload.text()) }

// saying signs any text as a payload.
func (m *maker) saying(payload string) string {
	return sign(m.keys.rsa, m.keys.rsa.header().text(), payload)
}

// headed signs with the right key under any header.
func (m *maker) headed(header object) string { return m.headedText(header.text()) }

func (m *maker) headedText(header string) string {
	return sign(m.keys.rsa, header, payload().text())
}

// rightly is the header that would be right.
func (m *maker) rightly() object { return m.keys.rsa.header() }

func sign(k key, header, payload string) string { return signAs(k.method, k.private, header, payload) }

// signAs signs whatever it is given, however it is told.
func signAs(method jwt.SigningMethod, private any, header, payload string) string {
	signed := b64(header) + "." + b64(payload)
	signature, err := method.Sign(signed, private)
	if err != nil {
		panic(err) // this program's own keys
	}
	return signed + "." + b64(string(signature))
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func unb64(segment string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		panic(err) // this program's own segment
	}
	return b
}

const (
	headerSegment = iota
	payloadSegment
	signatureSegment
)

// replaced gives a compact token with one segment changed.
func replaced(compact string, segment int, change func(string) string) string {
	parts := slices.Clone(strings.Split(compact, "."))
	parts[segment] = change(parts[segment])
	return strings.Join(parts, ".")
}

func (m *maker) pem(k key) []byte { return m.files[publickeys.FileName(k.kid())] }

func jwkOf(k key) token.JWK {
	j, err := token.NewJWK(k.public)
	if err != nil {
		panic(err) // this program's own key
	}
	return j
}

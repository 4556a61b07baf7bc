package main

import (
	"fmt"
	"time"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// valid are tokens that a verifier must take: one that refuses them all passes
// every other vector.
func (m *maker) valid() {
	profile := rule{vectors.Profile, "RFC 9068, section 4"}
	add := func(r rule, name, description, token string) { m.add(r, vectors.Good, name, description, token) }
	add(profile, "valid-rs256", "A person's token, signed with RS256.", m.good())
	add(profile, "valid-es256", "The same, signed with ES256: r and s, 32 bytes each (RFC 7518, section 3.4).",
		sign(m.keys.ec, m.keys.ec.header().text(), payload().text()))
	add(profile, "valid-eddsa", "The same, signed with Ed25519 (RFC 8037, section 3.1).",
		sign(m.keys.ed, m.keys.ed.header().text(), payload().text()))
	add(profile, "valid-service", "A back end's own token: no session, no roles, no scope.",
		m.claiming(payload().with("sub", "reports").with("client_id", "reports").without("sid").without("roles").without("scope").without("email_verified")))

	audiences := rule{vectors.Claims, "RFC 7519, section 4.1.3"}
	add(audiences, "valid-aud-array", "aud is an array with ours in it.", m.claiming(payload().with("aud", []string{"reports", audience})))
	add(audiences, "valid-aud-array-of-one", "aud is an array with ours alone.", m.claiming(payload().with("aud", []string{audience})))

	types := rule{vectors.Profile, "RFC 7515, section 4.1.9; RFC 9068, section 4"}
	add(types, "valid-typ-application", "typ is written with application/ in front.", m.headed(m.rightly().with("typ", "application/at+jwt")))
	add(types, "valid-typ-upper-case", "Media types are compared without case.", m.headed(m.rightly().with("typ", "AT+JWT")))

	m.validTimes()
	m.validSpelling()
}

func (m *maker) validTimes() {
	times := rule{vectors.Claims, "RFC 7519, section 4.1"}
	add := func(name, description string, p object) *vectors.Vector {
		return m.add(times, vectors.Good, name, description, m.claiming(p))
	}
	now := clock.Unix()
	add("valid-exp-within-skew", "Expired 29 s ago, which is within the leeway.", payload().with("iat", now-600).with("exp", now-29))
	add("valid-nbf-within-skew", "Valid from in 30 s, which is within the leeway.", payload().with("nbf", now+30))
	add("valid-iat-within-skew", "Issued in 30 s, which is within the leeway.", payload().with("iat", now+30))
	add("valid-nbf-past", "nbf is there and past.", payload().with("nbf", now-1))
	add("valid-exp-fraction", "A NumericDate may have a fraction.", payload().with("exp", raw(fmt.Sprintf("%d.5", now+60))))
	late := clock.Add(629 * time.Second)
	add("valid-to-the-last-second", "Ten minutes and 29 s later: the leeway is not over.", payload()).Clock = &late
}

func (m *maker) validSpelling() {
	claims, jws := rule{vectors.Claims, "RFC 7519, section 4"}, rule{vectors.JWS, "RFC 7515, section 4"}
	m.add(claims, vectors.Good, "valid-unknown-claim", "Claims that a verifier does not know are passed over.",
		m.claiming(payload().with("https://id.example/tenant", raw(`{"id":7}`))))
	m.add(claims, vectors.Good, "valid-escaped-name", "\\u0073ub is sub.",
		m.claiming(payload().without("sub").and(`\u0073ub`, "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e")))
	m.add(claims, vectors.Good, "valid-name-in-other-case", "Names are told apart by case: Exp is an unknown claim.", m.claiming(payload().with("Exp", 1)))
	m.add(jws, vectors.Good, "valid-header-order", "The order of members and white space mean nothing.",
		m.headedText("{ \"kid\" : "+encode(m.keys.rsa.kid())+" ,\n \"typ\":\"at+jwt\",\t\"alg\":\"RS256\" }\n"))
}

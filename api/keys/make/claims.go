package main

import "github.com/latchkey-id/latchkey/internal/vectors"

// issuers are all that look like ours, and others.
func (m *maker) issuers() {
	iss := rule{vectors.Claims, "RFC 7519, section 4.1.1; RFC 9068, section 4"}
	add := func(reason vectors.Reason, name, description string, value any) {
		m.add(iss, reason, name, description, m.claiming(payload().with("iss", value)))
	}
	add(vectors.Issuer, "iss-other", "Another issuer.", "https://evil.example")
	add(vectors.Issuer, "iss-slash", "A slash more is another issuer: strings are compared.", issuer+"/")
	add(vectors.Issuer, "iss-case", "A host in capitals is another issuer.", "https://ID.example")
	add(vectors.Issuer, "iss-prefix", "A beginning of ours.", "https://id.exam")
	add(vectors.Issuer, "iss-suffix", "Ours is its beginning.", issuer+".evil.example")
	add(vectors.Issuer, "iss-scheme", "http in place of https.", "http://id.example")
	add(vectors.Issuer, "iss-port", "The port that https has anyway.", issuer+":443")
	add(vectors.Issuer, "iss-nul", "Ours, and a NUL.", issuer+"\x00")
	add(vectors.Payload, "iss-empty", "An empty string.", "")
	add(vectors.Payload, "iss-array", "iss is a string, never an array.", []string{issuer})
	add(vectors.Payload, "iss-null", "null is no issuer.", nil)
	m.add(iss, vectors.Payload, "iss-absent", "No issuer.", m.claiming(payload().without("iss")))
}

// audiences are those of others.
func (m *maker) audiences() {
	aud := rule{vectors.Claims, "RFC 7519, section 4.1.3; RFC 9068, section 4"}
	add := func(reason vectors.Reason, name, description string, value any) {
		m.add(aud, reason, name, description, m.claiming(payload().with("aud", value)))
	}
	add(vectors.Audience, "aud-other", "A token for somebody else.", "reports")
	add(vectors.Audience, "aud-slash", "A slash more is another audience.", audience+"/")
	add(vectors.Audience, "aud-case", "Another case is another audience.", "Latchkey")
	add(vectors.Audience, "aud-prefix", "A beginning of ours.", "latch")
	add(vectors.Audience, "aud-suffix", "Ours is its beginning.", "latchkey2")
	add(vectors.Audience, "aud-list-in-a-string", "A list in one string is one audience.", "latchkey,reports")
	add(vectors.Audience, "aud-array-of-others", "An array without ours.", []string{"reports", "mail"})
	add(vectors.Audience, "aud-array-empty", "An array of nobody.", []string{})
	add(vectors.Payload, "aud-array-with-number", "An array of strings holds strings.", []any{1, audience})
	add(vectors.Payload, "aud-array-nested", "An array of strings holds no arrays.", []any{[]string{audience}})
	add(vectors.Payload, "aud-object", "An object is no audience.", map[string]bool{audience: true})
	add(vectors.Payload, "aud-number", "A number is no audience.", 1)
	m.add(aud, vectors.Audience, "aud-absent", "No audience.", m.claiming(payload().without("aud")))
}

// otherClaims are what RFC 9068 requires beside, and claims of a wrong type.
func (m *maker) otherClaims() {
	required := rule{vectors.Profile, "RFC 9068, section 2.2"}
	for _, name := range []string{"sub", "jti", "client_id"} {
		m.add(required, vectors.Payload, name+"-absent", name+" is required.", m.claiming(payload().without(name)))
		m.add(required, vectors.Payload, name+"-empty", name+" must say something.", m.claiming(payload().with(name, "")))
		m.add(required, vectors.Payload, name+"-number", name+" is a string.", m.claiming(payload().with(name, 1)))
	}
	shape := rule{vectors.Profile, "RFC 9068, section 2.2.3; latchkey's claims"}
	add := func(name, description, claim string, value any) {
		m.add(shape, vectors.Payload, name, description, m.claiming(payload().with(claim, value)))
	}
	add("roles-string", "roles is an array: as a string, a search for admin in it would find administrator.", "roles", "admin")
	add("roles-with-number", "roles is an array of strings.", "roles", []any{"user", 1})
	add("roles-object", "roles is no object.", "roles", map[string]bool{"admin": true})
	add("scope-array", "scope is one string (RFC 8693, section 4.2).", "scope", []string{"users:read"})
	add("sid-number", "sid is a string.", "sid", 1)
	add("email-verified-string", "\"false\" is true for whoever only looks whether it is there.", "email_verified", "false")
}

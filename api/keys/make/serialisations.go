package main

import (
	"strings"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// serialisations are not the compact one, which alone a JWT has.
func (m *maker) serialisations() {
	compact := rule{vectors.JWS, "RFC 7519, section 1; RFC 7515, section 7.1"}
	good := m.good()
	parts := strings.Split(good, ".")
	add := func(name, description, token string) { m.add(compact, vectors.Form, name, description, token) }
	add("empty", "Nothing.", "")
	add("one-segment", "A header alone.", parts[headerSegment])
	add("two-segments", "No signature, and no dot before it.", parts[headerSegment]+"."+parts[payloadSegment])
	add("four-segments", "A segment more.", good+"."+parts[signatureSegment])
	add("trailing-dot", "A dot more.", good+".")
	add("leading-dot", "A dot in front.", "."+good)
	add("bearer", "The scheme is not a part of the token.", "Bearer "+good)
	add("quoted", "Quotes are not a part of the token.", `"`+good+`"`)
	add("twice", "Two tokens.", good+","+good)
	add("json-flattened", "The flattened JSON serialisation (RFC 7515, section 7.2.2).", object{
		{"protected", parts[headerSegment]}, {"payload", parts[payloadSegment]}, {"signature", parts[signatureSegment]},
	}.text())
	add("json-general", "The general JSON serialisation (RFC 7515, section 7.2.1).", object{
		{"payload", parts[payloadSegment]},
		{"signatures", []map[string]string{{"protected": parts[headerSegment], "signature": parts[signatureSegment]}}},
	}.text())
	jwe := object{{"alg", "RSA-OAEP-256"}, {"enc", "A256GCM"}, {"typ", "at+jwt"}, {"kid", m.keys.rsa.kid()}}
	add("jwe", "Five segments: an encrypted token (RFC 7516), with nothing in it that can be decrypted.", strings.Join([]string{
		b64(jwe.text()), b64(strings.Repeat("k", 256)), b64("twelve bytes"), b64(payload().text()), b64("sixteen bytes..."),
	}, "."))
	nested := sign(m.keys.rsa, m.rightly().text(), good)
	m.add(rule{vectors.Claims, "RFC 7519, section 5.2"}, vectors.Payload, "nested", "A good token as another's payload.", nested)
}

// lengths are within reason, or beyond it. 8192 bytes are latchkey's own limit.
func (m *maker) lengths() {
	limit := rule{vectors.Profile, "latchkey: at most 8192 bytes (CVE-2025-30204)"}
	for _, one := range []struct {
		name, description, repeat string
		count                     int
		reason                    vectors.Reason
	}{
		{"dots-1mb", "A megabyte of dots: to split it is to lose.", ".", 1 << 20, vectors.TooLong},
		{"dots-8k", "Dots alone, within the limit.", ".", 8192, vectors.Form},
		{"letters-1mb", "A megabyte without a dot.", "A", 1 << 20, vectors.TooLong},
	} {
		m.add(limit, one.reason, one.name, one.description, "").Recipe = &vectors.Recipe{Repeat: one.repeat, Count: one.count}
	}
	m.addLong(limit, vectors.Good, "valid-long", "A long scope, within the limit.", 5000)
	m.addLong(limit, vectors.TooLong, "too-long", "A long scope, beyond the limit; else it is good.", 9000)
}

// addLong puts so many letters into the scope, and what repeats into a recipe.
func (m *maker) addLong(r rule, reason vectors.Reason, name, description string, letters int) {
	const unit = "YWFh" // aaa
	compact := m.claiming(payload().with("scope", strings.Repeat("a", letters)))
	start := strings.Index(compact, strings.Repeat(unit, 10))
	rest := compact[start:]
	count := 0
	for strings.HasPrefix(rest, unit) {
		rest, count = rest[len(unit):], count+1
	}
	m.add(r, reason, name, description, "").Recipe = &vectors.Recipe{Prefix: compact[:start], Repeat: unit, Count: count, Suffix: rest}
}

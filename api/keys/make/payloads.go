package main

import (
	"strings"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// payloads are signed, and no set of claims.
func (m *maker) payloads() {
	m.duplicateClaims()
	set := rule{vectors.Claims, "RFC 7519, section 7.2"}
	text := payload().text()
	add := func(name, description, payload string) {
		m.add(set, vectors.Payload, name, description, m.saying(payload))
	}
	add("payload-empty-text", "No JSON at all.", "")
	add("payload-array", "An array around the claims.", "["+text+"]")
	add("payload-string", "The claims as a JSON string.", encode(text))
	add("payload-null", "null.", "null")
	add("payload-number", "A number.", "1")
	add("payload-cut", "The last bracket is missing.", strings.TrimSuffix(text, "}"))
	add("payload-trailing-comma", "A comma before the last bracket.", strings.TrimSuffix(text, "}")+",}")
	add("payload-two-objects", "Two objects, one behind the other.", text+text)
	add("payload-bom", "A byte order mark in front (RFC 8259, section 8.1).", "\xef\xbb\xbf"+text)
	add("payload-invalid-utf8", "A string that is not UTF-8.", strings.Replace(text, `"sub":"0`, `"sub":"`+"\xff", 1))
	add("payload-nul", "A NUL that is not escaped.", strings.Replace(text, `"sub":"0`, `"sub":"`+"\x00", 1))
	add("payload-nul-behind", "A NUL behind the object.", text+"\x00")
	add("payload-comment", "JSON has no comments.", text+"/* exp: never */")
	add("payload-single-quotes", "JSON has no single quotes.", strings.ReplaceAll(text, `"`, "'"))
	m.add(rule{vectors.Profile, "RFC 8259, section 9; latchkey: at most 8 levels"}, vectors.Payload, "payload-deep", "A claim of 500 levels.",
		m.claiming(payload().with("x", raw(strings.Repeat("[", 500)+strings.Repeat("]", 500)))))
}

// duplicateClaims mean one thing to a reader that takes the first, and another
// to one that takes the last.
func (m *maker) duplicateClaims() {
	unique := rule{vectors.Claims, "RFC 7519, section 4; RFC 8725, section 2.4"}
	now := clock.Unix()
	add := func(name, description string, p object) {
		m.add(unique, vectors.Payload, name, description, m.claiming(p))
	}
	add("duplicate-exp", "exp twice, the last good.", payload().with("exp", now-600).and("exp", now+600))
	add("duplicate-exp-first-good", "exp twice, the first good.", payload().and("exp", now-600))
	add("duplicate-sub", "sub twice, of two people.", payload().and("sub", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b31"))
	add("duplicate-sub-same", "sub twice, with the same value.", payload().and("sub", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"))
	add("duplicate-roles", "roles twice, the last an admin's.", payload().and("roles", []string{"admin"}))
	add("duplicate-aud", "aud twice, the last good.", payload().with("aud", "reports").and("aud", audience))
	add("duplicate-escaped-sub", "sub, and \\u0073ub, which is the same name.", payload().and(`\u0073ub`, "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b31"))
	add("duplicate-nested", "A duplicate within another claim.", payload().with("act", raw(`{"sub":"a","sub":"b"}`)))
	add("duplicate-within-array", "A duplicate in an object of an array.", payload().with("act", raw(`[{"sub":"a","sub":"b"}]`)))
}

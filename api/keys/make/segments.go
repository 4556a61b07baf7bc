package main

import (
	"encoding/base64"
	"strings"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// segments were damaged on the way, or on purpose.
func (m *maker) segments() {
	form := rule{vectors.JWS, "RFC 7515, section 5.2"}
	good := m.good()
	cut := func(segment string) string { return b64(string(unb64(segment)[:len(unb64(segment))-3])) }
	empty := func(string) string { return "" }
	add := func(reason vectors.Reason, name, description string, segment int, change func(string) string) {
		m.add(form, reason, name, description, replaced(good, segment, change))
	}
	add(vectors.Header, "header-truncated", "The header's last three bytes are missing.", headerSegment, cut)
	add(vectors.Payload, "payload-truncated", "The payload's last three bytes are missing.", payloadSegment, cut)
	add(vectors.Signature, "signature-truncated", "The signature's last three bytes are missing.", signatureSegment, cut)
	add(vectors.Header, "header-empty", "No header.", headerSegment, empty)
	add(vectors.Payload, "payload-empty", "No payload.", payloadSegment, empty)
	add(vectors.Signature, "signature-empty", "No signature.", signatureSegment, empty)
	add(vectors.KeyID, "header-bit-flipped", "One bit of the kid.", headerSegment, flipped(`"kid":"`))
	add(vectors.Signature, "payload-bit-flipped", "One bit of sub: another person.", payloadSegment, flipped(`"sub":"`))
	add(vectors.Signature, "payload-exchanged", "Another payload under the same signature.", payloadSegment,
		func(string) string { return b64(payload().with("roles", []string{"admin"}).text()) })
	add(vectors.Signature, "signature-bit-flipped-first", "The signature's first bit.", signatureSegment, bit(0, 0x80))
	add(vectors.Signature, "signature-bit-flipped-last", "The signature's last bit.", signatureSegment, bit(255, 1))
}

// flipped changes one bit of the byte behind text: a letter or digit becomes
// another.
func flipped(text string) func(string) string {
	return func(segment string) string {
		b := unb64(segment)
		b[strings.Index(string(b), text)+len(text)] ^= 1
		return b64(string(b))
	}
}

func bit(at int, mask byte) func(string) string {
	return func(segment string) string {
		b := unb64(segment)
		b[at] ^= mask
		return b64(string(b))
	}
}

// spelling is the same bytes in other characters: a token must have one
// spelling, or a list of revoked ones can be walked around.
func (m *maker) spelling() {
	strict := rule{vectors.JWS, "RFC 7515, section 2; RFC 4648, sections 3.3 and 3.5"}
	good := m.good()
	add := func(name, description, token string) { m.add(strict, vectors.Form, name, description, token) }
	each := func(segment int, change func(string) string) string { return replaced(good, segment, change) }
	add("signature-padded", "Padding behind the signature.", each(signatureSegment, func(s string) string { return s + "==" }))
	add("signature-padded-once", "Half the padding behind the signature.", each(signatureSegment, func(s string) string { return s + "=" }))
	add("header-padded", "A = behind the header.", each(headerSegment, func(s string) string { return s + "=" }))
	add("payload-padded", "A = behind the payload.", each(payloadSegment, func(s string) string { return s + "=" }))
	add("signature-unused-bits", "The four bits of the last character that mean nothing are not zero.", each(signatureSegment, func(s string) string {
		return s[:len(s)-1] + string(s[len(s)-1]+1)
	}))
	add("signature-base64", "+ and / in place of - and _.", each(signatureSegment, func(s string) string {
		return base64.RawStdEncoding.EncodeToString(unb64(s))
	}))
	add("signature-one-character-more", "A character that is no byte.", each(signatureSegment, func(s string) string { return s + "AAA" }))
	add("signature-line-break", "A line break in the signature.", each(signatureSegment, func(s string) string { return s[:8] + "\n" + s[8:] }))
	add("payload-line-break", "CR and LF in the payload.", each(payloadSegment, func(s string) string { return s[:8] + "\r\n" + s[8:] }))
	add("header-space", "A space in the header.", each(headerSegment, func(s string) string { return s[:8] + " " + s[8:] }))
	add("signature-tab", "A tab behind the signature.", good+"\t")
	add("leading-space", "A space in front.", " "+good)
	add("trailing-line-break", "A line break at the end.", good+"\n")
	add("signature-nul", "A NUL behind the signature.", good+"\x00")
	add("signature-not-ascii", "A full-width letter in the signature.", each(signatureSegment, func(s string) string { return s[:8] + "Ａ" + s[9:] }))
	add("signature-percent", "The signature's first character, percent-encoded.", each(signatureSegment, func(s string) string { return "%41" + s[1:] }))
}

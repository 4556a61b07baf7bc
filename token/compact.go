package token

import (
	"encoding/base64"
	"strings"
)

// MaxLength is the longest token in bytes that is looked at. Ours have about 900;
// the rest is room for roles. It is checked before anything is split, so that a
// megabyte of dots costs nothing (golang-jwt CVE-2025-30204).
const MaxLength = 8 << 10

// mediaType is what typ must say (RFC 9068, section 2.1): a refresh or a mail
// token can then never pass for an access token (RFC 8725, section 3.11).
const mediaType = "at+jwt"

// encoding is base64url without padding and with the unused bits of the last
// character zero, so that a token has one spelling (RFC 7515, section 2).
var encoding = base64.RawURLEncoding.Strict()

// compact is a token taken apart and not yet believed.
type compact struct {
	alg, kid  string
	claims    *Claims
	signed    string // header and payload as they were signed
	signature []byte
}

// parseCompact reads the compact serialisation (RFC 7515, section 7.1). Errors
// are ErrInvalid.
func parseCompact(raw string) (*compact, error) {
	if len(raw) > MaxLength {
		return nil, invalid("too long")
	}
	head, rest, ok := strings.Cut(raw, ".")
	payload, signature, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || strings.IndexByte(signature, '.') >= 0 {
		return nil, invalid("not three segments")
	}
	if strings.ContainsAny(raw, "\r\n") { // the decoder would skip them
		return nil, invalid("line break")
	}
	h, err := encoding.DecodeString(head)
	if err != nil {
		return nil, invalid("header: not base64url")
	}
	p, err := encoding.DecodeString(payload)
	if err != nil {
		return nil, invalid("payload: not base64url")
	}
	s, err := encoding.DecodeString(signature)
	if err != nil {
		return nil, invalid("signature: not base64url")
	}
	alg, kid, err := parseHeader(h)
	if err != nil {
		return nil, err
	}
	claims, err := parseClaims(p)
	if err != nil {
		return nil, invalid("payload: " + err.Error())
	}
	return &compact{alg: alg, kid: kid, claims: claims, signed: raw[:len(head)+1+len(payload)], signature: s}, nil
}

// parseHeader checks the header and gives its alg and kid. It may hold alg, typ
// and kid and nothing else: jku, x5u, jwk and x5c would let the token bring its
// own key, crit would ask for what we do not do (RFC 7515, section 4.1). Whether
// alg is right only the key can tell; here it must be one that some key has, so
// that junk makes no Remote fetch.
func parseHeader(data []byte) (alg, kid string, err error) {
	o, err := decodeObject(data)
	if err != nil {
		return "", "", invalid("header: " + err.Error())
	}
	for name := range o {
		if name != "alg" && name != "typ" && name != "kid" {
			return "", "", invalid("header: a member that is not alg, typ or kid")
		}
	}
	alg, _ = o["alg"].(string)
	if !isAlgorithm(alg) { // none, HS256, PS256 and the rest
		return "", "", invalid("header: alg is not RS256, ES256 or EdDSA")
	}
	// A media type is compared without case, and "application/" may be left out
	// (RFC 7515, section 4.1.9; RFC 9068, section 4).
	typ, _ := o["typ"].(string)
	if !strings.EqualFold(typ, mediaType) && !strings.EqualFold(typ, "application/"+mediaType) {
		return "", "", invalid("header: typ is not " + mediaType)
	}
	kid, _ = o["kid"].(string)
	if kid == "" || len(kid) > maxKIDLength {
		return "", "", invalid("header: kid must be a string of 1 to 128 bytes")
	}
	return alg, kid, nil
}

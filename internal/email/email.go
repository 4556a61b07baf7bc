// Package email knows the one form in which an address is kept and compared.
package email

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Sizes, in bytes (RFC 5321, section 4.5.3.1; RFC 3696, erratum 1690).
const (
	maxAddress   = 254
	maxLocalPart = 64
)

var errAddress = errors.New("is not an email address")

// domains maps a domain to its ASCII form (UTS 46, non-transitional), so that
// a Unicode spelling and its punycode are one domain.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
	idna.VerifyDNSLength(true), idna.BidiRule())

// Fold gives the form in which an address is kept and compared: lower case, the
// domain in ASCII (IDNA, RFC 5891). Its error is a sentence for the sender.
func Fold(text string) (string, error) {
	if len(text) > 4*maxAddress || !utf8.ValidString(text) {
		return "", errAddress
	}
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || len(local) > maxLocalPart || strings.Contains(domain, "@") || !isDotString(local) {
		return "", errAddress
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || ascii == "" || strings.HasSuffix(ascii, ".") || isNumber(ascii[strings.LastIndexByte(ascii, '.')+1:]) {
		return "", errAddress // a root label would make a second spelling; no top-level domain is a number
	}
	folded := strings.ToLower(local + "@" + ascii)
	if len(folded) > maxAddress {
		return "", errAddress
	}
	return folded, nil
}

func isNumber(label string) bool { return strings.Trim(label, "0123456789") == "" }

// isDotString checks a local part by RFC 5321, section 4.1.2, without quoted
// strings: atoms joined by single dots.
func isDotString(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			c := atom[i]
			if !isLetter(c) && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(c)) {
				return false
			}
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

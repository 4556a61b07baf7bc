package users

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// reserved are usernames that nobody may take: they would pass for the
// operator or for a part of a path. Only the seeder makes an `admin`.
var reserved = []string{
	"abuse", "account", "accounts", "admin", "administrator", "anonymous", "api", "auth", "credentials", "email",
	"everyone", "guest", "hostmaster", "info", "latchkey", "latchkey-auth", "login", "logout", "mail", "me",
	"moderator", "no-reply", "nobody", "noreply", "null", "oauth", "operator", "owner", "postmaster", "register",
	"root", "security", "self", "service", "staff", "support", "sysadmin", "system", "undefined", "users",
	"webmaster", "www",
}

// Sizes, in bytes (RFC 5321, section 4.5.3.1; RFC 3696, erratum 1690).
const (
	maxEmail     = 254
	maxLocalPart = 64
)

var (
	errReserved = errors.New("is reserved")
	errUsername = errors.New("must be 3 to 32 characters: a letter, then letters, digits, '_', '.' or '-'")
	errEmail    = errors.New("is not an email address")
)

// foldUsername gives the form in which a username is kept and compared. The
// character set is ASCII, so folding can't make two looks-alikes one.
func foldUsername(text string) (string, error) {
	if len(text) < 3 || len(text) > 32 || !isLetter(text[0]) {
		return "", errUsername
	}
	for i := range len(text) {
		if c := text[i]; !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return "", errUsername
		}
	}
	return strings.ToLower(text), nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// newUsername folds a name that somebody wants to take.
func newUsername(text string) (string, error) {
	folded, err := foldUsername(text)
	if err == nil && slices.Contains(reserved, folded) {
		err = errReserved
	}
	return folded, err
}

// domains maps a domain to its ASCII form (UTS 46, non-transitional), so that
// a Unicode spelling and its punycode are one domain.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
	idna.VerifyDNSLength(true), idna.BidiRule())

// foldEmail gives the form in which an address is kept and compared.
func foldEmail(text string) (string, error) {
	if len(text) > 4*maxEmail || !utf8.ValidString(text) {
		return "", errEmail
	}
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || len(local) > maxLocalPart || strings.Contains(domain, "@") || !isDotString(local) {
		return "", errEmail
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || ascii == "" || strings.HasSuffix(ascii, ".") || isNumber(ascii[strings.LastIndexByte(ascii, '.')+1:]) {
		return "", errEmail // a root label would make a second spelling; no top-level domain is a number
	}
	folded := strings.ToLower(local + "@" + ascii)
	if len(folded) > maxEmail {
		return "", errEmail
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

// at makes a 400 that points at a place in the request.
func at(pointer string, err error) error {
	return fault.Fields(fault.Field{Pointer: pointer, Detail: err.Error()})
}

package users

import (
	"errors"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/internal/email"
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

var (
	errReserved = errors.New("is reserved")
	errUsername = errors.New("must be 3 to 32 characters: a letter, then letters, digits, '_', '.' or '-'")
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

// foldEmail gives the form in which an address is kept and compared.
func foldEmail(text string) (string, error) { return email.Fold(text) }

// at makes a 400 that points at a place in the request.
func at(pointer string, err error) error {
	return fault.Fields(fault.Field{Pointer: pointer, Detail: err.Error()})
}

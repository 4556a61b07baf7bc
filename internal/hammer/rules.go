package hammer

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

// rule is a 400 that a service gives to a request that fits its document,
// because a schema can't say why.
type rule struct {
	// operations that have it, parted by spaces.
	operations string
	// pointer and detail are the error's own, to the letter.
	pointer, detail string
	reason          string
	// when says for which bodies; nil is for all.
	when func(body []byte) bool
}

// rules are all there are: any other refusal of what the document accepts is a finding.
var rules = []rule{
	{"createUser updateUser updateCredentials register updateMe", "/username", "is reserved", "the list of words is the service's", nil},
	{"createUser updateUser updateCredentials register updateMe forgotPassword resendVerification", "/email", "is not an email address", "IDNA, and sizes in bytes", nil},
	{"getUserByEmail", "path.email", "is not an email address", "IDNA, and sizes in bytes", nil},
	{"createUser updateUser", "/password_hash", "must be bcrypt of cost 4 to 14 or argon2id with m ≤ 65536, t ≤ 4, p ≤ 4", "numbers within a string", nil},
	{"createUser updateUser", "/roles", "names a role that does not exist", "roles are data", nil},
	{"listUsers listAuditEvents listAuthAuditEvents", "query.cursor", "is not a cursor of this list", "cursors are authenticated", nil},
	{"createKey", "/algorithm", "must be RS256 with 2048, 3072 or 4096 bits, ES256 or EdDSA (which have no bits)", "which members go together",
		func(body []byte) bool { return bytes.Contains(body, []byte(`"bits"`)) }},
	{"refresh logout", "/refresh_token", "the cookie __Host-refresh holds a token too: send one of the two", "body and cookie are told apart after both are valid", nil},
	{"issueToken introspectToken revokeToken", "/client_secret", "may not be sent beside an Authorization header", "RFC 6749, section 2.3: one method at a time", nil},
	{"issueToken introspectToken revokeToken", "/client_id", "is another than in the Authorization header", "RFC 6749, section 2.3", nil},
}

// allowed reports whether all that a refusal names is by a rule. A logout that
// names no session in any of its three ways is 401: there is none to end.
func allowed(operation string, status int, told refusal, body []byte) bool {
	if status != http.StatusBadRequest {
		return operation == "logout" && status == http.StatusUnauthorized
	}
	if told.Error != "" {
		for _, r := range rules {
			if r.of(operation, body) && strings.TrimPrefix(r.pointer, "/")+": "+r.detail+"." == told.Description {
				return true
			}
		}
		return false
	}
	for _, e := range told.Errors {
		found := false
		for _, r := range rules {
			found = found || r.of(operation, body) && r.pointer == e.Pointer && r.detail == e.Detail
		}
		if !found {
			return false
		}
	}
	return len(told.Errors) > 0
}

func (r rule) of(operation string, body []byte) bool {
	return slices.Contains(strings.Fields(r.operations), operation) && (r.when == nil || r.when(body))
}

package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// clientBasic is the security scheme of operations that clients prove
// themselves to, here or in the form (RFC 6749, section 2.3.1).
const clientBasic = "clientBasic"

// The parameters of a form that a client proves itself by.
const (
	paramClientID     = "client_id"
	paramClientSecret = "client_secret"
)

// ClientCredentials are what a client says of itself. Both are empty where it
// says nothing, or nothing that can be read.
type ClientCredentials struct {
	ID     string
	Secret config.Secret
}

// Client returns the request's client credentials. Nobody has checked them.
func Client(ctx context.Context) ClientCredentials { return stateOf(ctx).client }

// clientCredentials reads them from the one place that has them. A header that
// is there and can't be read names nobody, whatever the form says. It returns
// the 400 of a client that uses two methods at once, or has two ids.
func clientCredentials(r *http.Request, form map[string]any) (ClientCredentials, error) {
	id, _ := form[paramClientID].(string)
	secret, sent := form[paramClientSecret].(string)
	if len(r.Header.Values("Authorization")) == 0 {
		return ClientCredentials{ID: id, Secret: config.Secret(secret)}, nil
	}
	if sent {
		return ClientCredentials{}, fault.Fields(fault.Field{Pointer: "/" + paramClientSecret, Detail: "may not be sent beside an Authorization header"})
	}
	basic, ok := basicCredentials(r)
	if !ok {
		return ClientCredentials{}, nil
	}
	if id != "" && id != basic.ID {
		return ClientCredentials{}, fault.Fields(fault.Field{Pointer: "/" + paramClientID, Detail: "is another than in the Authorization header"})
	}
	return basic, nil
}

// basicCredentials reads the one Authorization header: HTTP Basic around an id
// and a secret that are form-urlencoded each.
func basicCredentials(r *http.Request) (ClientCredentials, bool) {
	id, secret, ok := r.BasicAuth()
	if !ok || len(r.Header.Values("Authorization")) > 1 {
		return ClientCredentials{}, false
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	if errID != nil || errSecret != nil || !cleanText(id) || !cleanText(secret) {
		return ClientCredentials{}, false
	}
	return ClientCredentials{ID: id, Secret: config.Secret(secret)}, true
}

// oauthError is how an operation with x-oauth-errors says what is wrong (RFC
// 6749, section 5.2): OAuthError in api/auth.yaml.
type oauthError struct {
	Error       fault.Code `json:"error"`
	Description string     `json:"error_description"`
}

func oauthErrorOf(f *fault.Error) oauthError {
	text := f.Detail
	if len(f.Fields) > 0 { // what is wrong says more than that something is
		var all []string
		for _, field := range f.Fields[:min(len(f.Fields), maxProblemFields)] {
			all = append(all, strings.TrimPrefix(strings.TrimPrefix(field.Pointer, "/")+": ", ": ")+field.Detail+".")
		}
		text = strings.Join(all, " ")
	}
	return oauthError{Error: oauthCode(f), Description: strings.Map(describing, text)}
}

// oauthCode is what OAuth calls a fault.
func oauthCode(f *fault.Error) fault.Code {
	if slices.Contains(fault.OAuthCodes(), f.Code) {
		return f.Code
	}
	switch f.Kind {
	case fault.Internal:
		return fault.CodeServerError
	case fault.Unauthenticated:
		return fault.CodeInvalidClient
	case fault.Forbidden:
		return fault.CodeAccessDenied
	case fault.RateLimited, fault.Unavailable:
		return fault.CodeTemporarilyUnavailable
	}
	return fault.CodeInvalidRequest
}

// describing takes out what an error_description may not hold.
func describing(c rune) rune {
	if c < ' ' || c > '~' || c == '"' || c == '\\' {
		return -1
	}
	return c
}

package config_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

// TestDocumentLinks: an address that may be internal is published in
// development alone.
func TestDocumentLinks(t *testing.T) {
	t.Parallel()
	const public = "USERS_PUBLIC_URL=https://users.example/base"
	for name, c := range map[string]struct {
		environ         []string
		toUsers, toAuth string
	}{
		"production":          {[]string{"USERS_URL=http://10.0.0.7:8081"}, "", "http://127.0.0.1:8080/docs"},
		"production, public":  {[]string{"USERS_URL=http://10.0.0.7:8081", public, "PUBLIC_URL=https://id.example"}, "https://users.example/base/docs", "https://id.example/docs"},
		"development":         {[]string{"ENV=development", "USERS_URL=http://127.0.0.1:1"}, "http://127.0.0.1:1/docs", "http://127.0.0.1:8080/docs"},
		"development, public": {[]string{"ENV=development", public}, "https://users.example/base/docs", "http://127.0.0.1:8080/docs"},
		"no pages":            {[]string{"DOCS=false", public}, "https://users.example/base/openapi.yaml", "http://127.0.0.1:8080/openapi.yaml"},
		"no pages, no link":   {[]string{"DOCS=false"}, "", "http://127.0.0.1:8080/openapi.yaml"},
	} {
		a, errAuth := config.LoadAuth(environ(c.environ...))
		u, errUsers := config.LoadUsers(environ(c.environ...))
		if errAuth != nil || errUsers != nil || a.UsersDocument() != c.toUsers || u.AuthDocument() != c.toAuth {
			t.Errorf("%s: %q and %q, %v, %v", name, a.UsersDocument(), u.AuthDocument(), errAuth, errUsers)
		}
	}
}

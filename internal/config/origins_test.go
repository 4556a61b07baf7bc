package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

func TestOrigins(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "",
		"https://app.example.com":   "https://app.example.com",
		" https://a.b ,http://c.d ": "https://a.b http://c.d",
		"https://a.b,https://a.b":   "https://a.b",
		"http://localhost:5173":     "http://localhost:5173",
		"https://a.b:80":            "https://a.b:80",
		"http://127.0.0.1:3000":     "http://127.0.0.1:3000",
		"http://[::1]:3000":         "http://[::1]:3000",
		"https://xn--bcher-kva.de":  "https://xn--bcher-kva.de",
		"https://my_app-1.internal": "https://my_app-1.internal",
	} {
		u, err := config.LoadUsers(environ("CORS_ORIGINS=" + text))
		if got := strings.Join(u.CORSOrigins, " "); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestNoOrigins are what a browser never sends, or what would let others in.
func TestNoOrigins(t *testing.T) {
	t.Parallel()
	const told = "CORS_ORIGINS: must be origins with commas between them, in lower case and without path or default port (such as https://app.example.com)"
	for _, text := range []string{
		"*", "null", "https://*", "https://*.example.com", "https://app.*", "app.example.com", "//app.example.com", "https:app.example.com",
		"https://app.example.com/", "https://app.example.com/a", "https://app.example.com?", "https://app.example.com?a=b",
		"https://app.example.com#", "https://app.example.com#a", "https://user@app.example.com", "https://user:pw@app.example.com", "https://@app.example.com",
		"https://App.example.com", "HTTPS://app.example.com", "ftp://app.example.com", "file://", "https://", "http://:80",
		"https://app.example.com:", "https://app.example.com:443", "http://app.example.com:80", "https://app.example.com:0443",
		"https://app.example.com:0", "https://app.example.com:65536", "https://app.example.com:x",
		"https://bücher.de", "https://a..b", "https://.a", "https://a b", "https://a%20b", "https://::1", "https://[::1", "https://[0:0::1]", "https://[::1%25lo]", "https://[127.0.0.1]",
		"https://a.b,", ",https://a.b", "https://a.b,,https://c.d", "https://a.b https://c.d", "https://a.b;https://c.d", "https://a.b,null", "https://a.b\\c", "https://a.b\x00",
	} {
		_, err := config.LoadAuth(environ("CORS_ORIGINS=" + text))
		if got := lines(err); !slices.Equal(got, []string{told}) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

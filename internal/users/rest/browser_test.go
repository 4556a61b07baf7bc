package rest_test

import (
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// TestBrowsers: CORS_ORIGINS reaches the chassis, and its answers are those
// that the specification declares.
func TestBrowsers(t *testing.T) {
	t.Parallel()
	const listed, foreign = "https://app.example.com", "https://evil.example"
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) { u.CORSOrigins = config.Origins{listed} })
	admin := s.Admin(t)
	send := func(method, path, origin string, more ...string) apitest.Response {
		header := http.Header{"Origin": {origin}, "Sec-Fetch-Site": {"cross-site"}}
		for i := 0; i < len(more); i += 2 {
			header.Set(more[i], more[i+1])
		}
		return s.Users.Do(t, apitest.Request{Method: method, Path: path, Token: admin, Header: header, Body: body{"description": "May publish."}})
	}
	for _, path := range []string{"/roles/editor", "/nowhere", "/livez"} { // known, not known, known by another method
		send("PUT", path, foreign).Problem(http.StatusForbidden, "forbidden")
	}
	if r := send("PUT", "/roles/editor", listed).Is(http.StatusCreated); r.Header.Get("Access-Control-Allow-Origin") != listed {
		t.Errorf("the answer can't be read: %v", r.Header)
	}
	send("PUT", "/livez", listed).Problem(http.StatusMethodNotAllowed, "method_not_allowed")
	for origin, allowed := range map[string]string{listed: listed, foreign: ""} {
		r := send("OPTIONS", "/roles/editor", origin, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization").Is(http.StatusOK)
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != allowed {
			t.Errorf("the preflight of %s allows %q", origin, got)
		}
	}
}

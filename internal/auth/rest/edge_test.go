package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// TestBadInputGetsAProblem sends what the contract names to an open operation
// of each service's kind.
func TestBadInputGetsAProblem(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	for name, c := range map[string]struct {
		body   any
		header http.Header
		status int
		code   string
	}{
		"case twin":        {body: `{"username":"bob","email":"b@example.com","password":"x","Username":"x"}`, status: 400, code: "invalid_request"},
		"duplicate keys":   {body: `{"username":"bob","email":"b@example.com","username":"x"}`, status: 400, code: "invalid_request"},
		"trailing bytes":   {body: `{"username":"bob","email":"b@example.com","password":"x"}x`, status: 400, code: "invalid_request"},
		"100 KiB":          {body: `{"username":"` + strings.Repeat("b", 100<<10) + `"}`, status: 413, code: "body_too_large"},
		"text/plain":       {body: `{}`, header: http.Header{"Content-Type": {"text/plain"}}, status: 415, code: "unsupported_media_type"},
		"a form":           {body: `a=b`, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, status: 415, code: "unsupported_media_type"},
		"utf-16":           {body: `{}`, header: http.Header{"Content-Type": {"application/json; charset=utf-16"}}, status: 415, code: "unsupported_media_type"},
		"gzip":             {body: `{}`, header: http.Header{"Content-Encoding": {"gzip"}}, status: 415, code: "unsupported_media_type"},
		"no body":          {status: 400, code: "invalid_request"},
		"an array":         {body: `[]`, status: 400, code: "invalid_request"},
		"a lone surrogate": {body: `{"username":"bob","email":"b@example.com","password":"\ud800aaaaaaaaaaaa"}`, status: 400, code: "invalid_request"},
		"bad UTF-8":        {body: "{\"username\":\"bob\xff\"}", status: 400, code: "invalid_request"},
		"deep":             {body: strings.Repeat("[", 10000), status: 400, code: "invalid_request"},
		"large headers":    {body: `{}`, header: http.Header{"X-Filler": {strings.Repeat("x", 17<<10)}}, status: 431, code: "headers_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			s.Auth.Do(t, apitest.Request{Method: "POST", Path: "/auth/register", Body: c.body, Header: c.header}).Problem(c.status, c.code)
			s.Users.Do(t, apitest.Request{Method: "POST", Path: "/users", Token: admin, Body: c.body, Header: c.header}).Problem(c.status, c.code)
		})
	}
}

func TestS19S22DeclaredLimitsHold(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, u *config.Users) {
		a.RateLimits, u.RateLimits = true, true
		a.RateLimitOverrides = map[string]config.RateLimit{"LOGIN": {Requests: 3, Window: 60e9}}
	})
	in := func() body {
		name := apitest.Name()
		return body{"username": name, "email": name + "@example.com", "password": apitest.Password}
	}
	for range 10 { // users counts the same ten for the same client, and lets them pass
		s.Auth.Post(t, "/auth/register", "", in()).Is(http.StatusCreated)
	}
	for _, forged := range []http.Header{nil, {"X-Forwarded-For": {"192.0.2.7"}}, {"X-Real-Ip": {"192.0.2.8"}}, {"True-Client-Ip": {"192.0.2.11"}}, {"Forwarded": {"for=192.0.2.9"}}, {"Latchkey-Client-Address": {"192.0.2.10"}}} {
		refused := s.Auth.Do(t, apitest.Request{Method: "POST", Path: "/auth/register", Body: in(), Header: forged})
		refused.Problem(http.StatusTooManyRequests, "rate_limited")
		for _, name := range []string{"Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} {
			if refused.Header.Get(name) == "" {
				t.Errorf("S22 no %s in %v", name, refused.Header)
			}
		}
	}
	for range 3 {
		s.Login(t, apitest.AdminUsername, apitest.AdminPassword)
	}
	s.Auth.Post(t, "/auth/login", "", body{"login": "admin", "password": "x"}).Problem(http.StatusTooManyRequests, "rate_limited")
}

func TestTheDocumentAndItsPage(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	assets := []string{"swagger-ui-bundle.js", "swagger-ui.css", "page.js", "page.css", "favicon-32x32.png"}
	for name, c := range map[string]struct{ service, other *apitest.Client }{"auth": {s.Auth, s.Users}, "users": {s.Users, s.Auth}} {
		t.Run(name, func(t *testing.T) {
			page := c.service.Get(t, "/docs", "").Is(http.StatusOK)
			policy := page.Header.Get("Content-Security-Policy")
			script, _, _ := strings.Cut(policy[strings.Index(policy, "script-src"):], ";")
			if script != "script-src 'self'" || strings.Contains(policy, "unsafe") || strings.Contains(string(page.Body), "://") {
				t.Errorf("policy %q\n%s", policy, page.Body)
			}
			for _, asset := range assets {
				if got := c.service.Get(t, "/docs/"+asset, "").Is(http.StatusOK); len(got.Body) == 0 {
					t.Errorf("%s is empty", asset)
				}
			}
			linksTo(t, c.service, c.other.URL+"/docs")
			c.service.Get(t, "/readyz", "").Is(http.StatusOK)
			c.service.Get(t, "/livez", "").Is(http.StatusOK)
			c.service.Get(t, "/nowhere", "").Problem(http.StatusNotFound, "not_found")
		})
	}
	without := apitest.Start(t, func(a *config.Auth, u *config.Users) { a.Docs, a.UsersPublicURL, u.Docs = false, "", false })
	for _, service := range []*apitest.Client{without.Auth, without.Users} {
		service.Get(t, "/docs", "").Problem(http.StatusNotFound, "not_found")
		for _, asset := range append(assets, "") {
			service.Get(t, "/docs/"+asset, "").Problem(http.StatusNotFound, "not_found")
		}
	}
	linksTo(t, without.Users, without.Auth.URL+"/openapi.yaml")
	linksTo(t, without.Auth, "") // USERS_URL may be a private network's
}

// linksTo: the document is there, in both forms, and leads to the other one.
func linksTo(t *testing.T, service *apitest.Client, other string) {
	t.Helper()
	for _, path := range []string{"/openapi.json", "/openapi.yaml"} {
		doc, err := openapi3.NewLoader().LoadFromData(service.Get(t, path, "").Is(http.StatusOK).Body)
		if err != nil {
			t.Fatal(err)
		}
		link := ""
		if doc.ExternalDocs != nil {
			link = doc.ExternalDocs.URL
		}
		if link != other {
			t.Errorf("%s%s links to %q, want %q", service.URL, path, link, other)
		}
	}
}

func TestS81TheKeySet(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	set := s.Auth.Get(t, "/.well-known/jwks.json", "").Is(http.StatusOK)
	var doc struct{ Keys []map[string]string }
	set.JSON(&doc)
	if len(doc.Keys) != 2 || doc.Keys[0]["kty"] != "RSA" || len(doc.Keys[0]) != 6 || doc.Keys[1]["kty"] != "EC" || len(doc.Keys[1]) != 7 {
		t.Errorf("S81 the set is %s", set.Body)
	}
	for name, want := range map[string]string{
		"Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin",
	} {
		if got := set.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	again := s.Auth.Do(t, apitest.Request{Method: "GET", Path: "/.well-known/jwks.json", Header: http.Header{"If-None-Match": {set.Header.Get("ETag")}}})
	again.Is(http.StatusNotModified)
}

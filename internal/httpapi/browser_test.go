package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/fault"
)

const (
	listedOrigin = "https://app.example"
	otherListed  = "http://localhost:5173"
)

func listing(o *Options) { o.CORSOrigins = []string{listedOrigin, otherListed} }

// all makes one change of several.
func all(changes ...func(*http.Request)) func(*http.Request) {
	return func(r *http.Request) {
		for _, change := range changes {
			change(r)
		}
	}
}

// corsHeaders are those of an answer, with Vary.
func corsHeaders(answer *http.Response) string {
	var lines []string
	for name, values := range answer.Header {
		if strings.HasPrefix(name, "Access-Control-") && name != "Access-Control-Expose-Headers" {
			lines = append(lines, name[len("Access-Control-"):]+": "+strings.Join(values, " | "))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

const credentialed = "Allow-Credentials: true, Allow-Origin: "

// TestS51 is what browsers say of where a request comes from. httptest's Host
// is example.com.
func TestS51CrossOrigin(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, listing)
	site, origin := "Sec-Fetch-Site", "Origin"
	for name, tc := range map[string]struct {
		headers map[string]string
		denied  bool
	}{
		"neither header":                   {nil, false},
		"same-origin":                      {map[string]string{site: "same-origin"}, false},
		"typed by the user":                {map[string]string{site: "none"}, false},
		"cross-site":                       {map[string]string{site: "cross-site"}, true},
		"same-site":                        {map[string]string{site: "same-site"}, true},
		"a site that nobody knows":         {map[string]string{site: "moon"}, true},
		"cross-site, foreign origin":       {map[string]string{site: "cross-site", origin: "https://evil.example"}, true},
		"cross-site, null origin":          {map[string]string{site: "cross-site", origin: "null"}, true},
		"cross-site, origin is the host":   {map[string]string{site: "cross-site", origin: "http://example.com"}, true},
		"cross-site, listed":               {map[string]string{site: "cross-site", origin: listedOrigin}, false},
		"same-site, listed":                {map[string]string{site: "same-site", origin: otherListed}, false},
		"foreign origin":                   {map[string]string{origin: "https://evil.example"}, true},
		"null origin":                      {map[string]string{origin: "null"}, true},
		"its own origin":                   {map[string]string{origin: "http://example.com"}, false},
		"its own host on another port":     {map[string]string{origin: "http://example.com:8443"}, true},
		"listed":                           {map[string]string{origin: listedOrigin}, false},
		"listed, on another port":          {map[string]string{origin: listedOrigin + ":8443"}, true},
		"listed, by another scheme":        {map[string]string{origin: "http://app.example"}, true},
		"listed, with more behind":         {map[string]string{origin: listedOrigin + ".evil.example"}, true},
		"listed, with more before":         {map[string]string{origin: "https://evilapp.example"}, true},
		"below a listed one":               {map[string]string{origin: "https://x.app.example"}, true},
		"listed, in capitals":              {map[string]string{origin: "https://APP.example"}, true},
		"two origins, one of them listed":  {map[string]string{origin: listedOrigin + " https://evil.example"}, true},
		"same-origin and a foreign origin": {map[string]string{site: "same-origin", origin: "https://proxy.example"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := func(r *http.Request) {
				for name, value := range tc.headers {
					r.Header.Set(name, value)
				}
			}
			for _, method := range []string{"POST", "PATCH"} {
				answer := c.send(method, "/things", `{"username":"bob"}`, sent)
				if !tc.denied {
					wantSeen(t, answer)
				} else if p := wantProblem(t, answer, 403, "forbidden"); p.Detail != "Requests from other origins are not allowed." {
					t.Errorf("the detail is %q", p.Detail)
				}
			}
			for _, method := range []string{"DELETE", "PUT", "TRACE", "FROB"} {
				if answer := c.send(method, "/nowhere", "", sent); (answer.StatusCode == 403) != tc.denied {
					t.Errorf("%s got %d", method, answer.StatusCode)
				}
			}
			wantSeen(t, c.send("GET", "/things", "", sent)) // reads nothing: the answer can't be looked at
		})
	}
}

// TestCrossOriginIsFirst: what is refused touches no limit and no handler.
func TestCrossOriginIsFirst(t *testing.T) {
	t.Parallel()
	var ran int
	c := newChassis(t, handlers{"join": func(http.ResponseWriter, *http.Request) { ran++ }}, limited)
	for range 40 {
		answer := c.send("POST", "/join", `{"username":"bob"}`, withHeader("Sec-Fetch-Site", "cross-site"))
		if wantProblem(t, answer, 403, "forbidden"); answer.Header.Get("RateLimit-Limit") != "" {
			t.Fatal("it was counted")
		}
	}
	for _, path := range []string{"/nowhere", "/livez", "/guarded"} { // before routing and bearer
		wantProblem(t, c.send("POST", path, "not JSON", withHeader("Origin", "null")), 403, "forbidden")
	}
	if ran != 0 {
		t.Errorf("the handler ran %d times", ran)
	}
	if c.send("POST", "/join", `{"username":"bob"}`).StatusCode != 200 || ran != 1 {
		t.Error("the limit was spent")
	}
}

// TestOwnOriginOverAConnection: a page of the service itself, in a browser
// without Sec-Fetch-Site.
func TestOwnOriginOverAConnection(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newChassis(t, nil))
	defer server.Close()
	for origin, status := range map[string]int{server.URL: 200, "http://localhost:1": 403, "null": 403, "": 200} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/things", strings.NewReader(`{"username":"bob"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", origin)
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if body := bodyOf(t, answer); answer.StatusCode != status {
			t.Errorf("%q: got %d %s", origin, answer.StatusCode, body)
		}
	}
}

// TestS53 is who may read an answer, to a request and to its preflight.
func TestS53CORS(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, listing)
	for name, tc := range map[string]struct {
		origins []string
		allowed string // Access-Control-Allow-Origin
	}{
		"none":                   {nil, ""},
		"empty":                  {[]string{""}, ""},
		"listed":                 {[]string{listedOrigin}, listedOrigin},
		"the other listed":       {[]string{otherListed}, otherListed},
		"foreign":                {[]string{"https://evil.example"}, ""},
		"null":                   {[]string{"null"}, ""},
		"a star":                 {[]string{"*"}, ""},
		"its own":                {[]string{"http://example.com"}, ""}, // needs none
		"capitals":               {[]string{"HTTPS://APP.EXAMPLE"}, ""},
		"another scheme":         {[]string{"http://app.example"}, ""},
		"another port":           {[]string{"https://app.example:443"}, ""},
		"a name below":           {[]string{"https://x.app.example"}, ""},
		"a name that begins so":  {[]string{"https://app.example.evil.example"}, ""},
		"a name that ends so":    {[]string{"https://evilapp.example"}, ""},
		"a slash behind":         {[]string{listedOrigin + "/"}, ""},
		"a list":                 {[]string{listedOrigin + ", https://evil.example"}, ""},
		"twice, the second good": {[]string{"https://evil.example", listedOrigin}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, wantPreflight := "", ""
			if tc.allowed != "" {
				want = credentialed + tc.allowed
				wantPreflight = "Allow-Credentials: true, Allow-Headers: Authorization, Content-Type, Allow-Methods: PATCH, Allow-Origin: " + tc.allowed + ", Max-Age: 600"
			}
			answer := c.send("GET", "/things", "", withHeader("Origin", tc.origins...))
			if got := corsHeaders(answer); got != want || answer.StatusCode != 200 {
				t.Errorf("got %d with %q, want %q", answer.StatusCode, got, want)
			}
			if got := answer.Header.Values("Vary"); !slices.Equal(got, []string{"Origin"}) {
				t.Errorf("Vary is %q", got)
			}
			if len(tc.origins) == 0 {
				return
			}
			answer = c.send("OPTIONS", "/things", "", withHeader("Origin", tc.origins...), withHeader("Access-Control-Request-Method", "PATCH"),
				withHeader("Access-Control-Request-Headers", "authorization,content-type"), withHeader("Sec-Fetch-Site", "cross-site"))
			if got := corsHeaders(answer); got != wantPreflight || answer.StatusCode != 200 || bodyOf(t, answer) != "" {
				t.Errorf("the preflight got %d with %q, want %q", answer.StatusCode, got, wantPreflight)
			}
			if got := answer.Header.Values("Vary"); !slices.Contains(got, "Origin") {
				t.Errorf("the preflight's Vary is %q", got)
			}
		})
	}
}

func TestPreflights(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, listing, limited)
	ask := func(path, method string, headers ...string) *http.Response {
		return c.send("OPTIONS", path, "", withHeader("Origin", listedOrigin), withHeader("Access-Control-Request-Method", method), func(r *http.Request) {
			if len(headers) > 0 {
				r.Header.Set("Access-Control-Request-Headers", strings.Join(headers, ","))
			}
		})
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		answer := ask("/guarded", method, "authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "x-request-id")
		if got := answer.Header.Get("Access-Control-Allow-Methods"); got != method || answer.StatusCode != 200 {
			t.Errorf("%s: got %d, methods %q", method, answer.StatusCode, got)
		}
	}
	for _, method := range []string{"TRACE", "CONNECT", "FROB", "*"} {
		if got := corsHeaders(ask("/things", method)); got != "" {
			t.Errorf("%s is allowed: %s", method, got)
		}
	}
	for _, header := range []string{"latchkey-client-address", "x-forwarded-for", "cookie"} {
		if got := corsHeaders(ask("/things", "GET", header)); got != "" {
			t.Errorf("%s is allowed: %s", header, got)
		}
	}
	for range 40 { // of 3 requests a minute
		if answer := ask("/limited", "GET"); answer.StatusCode != 200 || answer.Header.Get("RateLimit-Limit") != "" {
			t.Fatalf("a preflight is counted: %d %v", answer.StatusCode, answer.Header)
		}
	}
	spend(t, 3, func() *http.Response { return c.send("GET", "/limited", "") })
	wantProblem(t, c.send("OPTIONS", "/things", "", withHeader("Origin", listedOrigin)), 405, "method_not_allowed") // asks nothing
}

// TestCORSOnProblems: a script can read why it was refused.
func TestCORSOnProblems(t *testing.T) {
	t.Parallel()
	c := newChassis(t, handlers{
		"leave":      func(http.ResponseWriter, *http.Request) { panic("boom") },
		"listThings": func(w http.ResponseWriter, r *http.Request) { Write(w, r, fault.ErrOverloaded) },
	}, listing, limited)
	spend(t, 3, func() *http.Response { return c.send("GET", "/limited", "") })
	for name, tc := range map[string]struct {
		path   string
		change func(*http.Request)
		status int
		code   string
	}{
		"400": {"/things/x", nil, 400, "invalid_request"},
		"401": {"/own", nil, 401, "unauthorized"},
		"403": {"/guarded", withToken(t, person()), 403, "forbidden"},
		"404": {"/nowhere", nil, 404, "not_found"},
		"405": {"/open", func(r *http.Request) { r.Method = "POST" }, 405, "method_not_allowed"},
		"429": {"/limited", nil, 429, "rate_limited"},
		"431": {"/things", withHeader("X-Filler", strings.Repeat("a", maxHeaders)), 431, "headers_too_large"},
		"500": {"/leave", nil, 500, "internal_error"},
		"503": {"/things", nil, 503, "overloaded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := all(withHeader("Origin", listedOrigin))
			if tc.change != nil {
				change = all(change, tc.change)
			}
			answer := c.send("GET", tc.path, "", change)
			wantProblem(t, answer, tc.status, tc.code)
			if got := corsHeaders(answer); got != credentialed+listedOrigin {
				t.Errorf("the CORS headers are %q", got)
			}
			exposed := strings.ToLower(answer.Header.Get("Access-Control-Expose-Headers")) + ","
			for _, name := range []string{"x-request-id", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "etag", "location", "idempotency-replayed", "www-authenticate"} {
				if !strings.Contains(exposed, name+",") {
					t.Errorf("%s can't be read: %s", name, exposed)
				}
			}
		})
	}
}

// TestAReplayHasItsOwnCORS: who may read it depends on who asks now.
func TestAReplayHasItsOwnCORS(t *testing.T) {
	t.Parallel()
	var keys keptInMemory
	c := newChassis(t, nil, listing, keyed(&keys))
	for i, origin := range []string{listedOrigin, "", otherListed} {
		want := ""
		if origin != "" {
			want = credentialed + origin
		}
		answer := c.send("POST", "/join", `{"username":"bob"}`, withHeader("Origin", origin), withHeader(headerIdempotencyKey, "k"))
		if replayed := answer.Header.Get(headerReplayed) == "true"; replayed != (i > 0) || corsHeaders(answer) != want {
			t.Errorf("%q: replayed %v, %q, want %q", origin, replayed, corsHeaders(answer), want)
		}
	}
}

// TestAnyOriginWithoutCredentials: the key set is for everybody, listed or not.
func TestAnyOriginWithoutCredentials(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*chassis{"a list": newChassis(t, nil, listing), "none": newChassis(t, nil)} {
		for _, origin := range []string{"", listedOrigin, "https://evil.example", "null"} {
			answer := c.send("GET", "/open", "", func(r *http.Request) {
				if origin != "" {
					r.Header.Set("Origin", origin)
				}
			})
			if got := corsHeaders(answer); got != "Allow-Origin: *" {
				t.Errorf("%s, %q: %q", name, origin, got)
			}
		}
	}
}

// TestWithoutAListThereIsNoCORS: go-chi/cors would let everybody in.
func TestWithoutAListThereIsNoCORS(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for _, origin := range []string{listedOrigin, "null", "http://example.com"} {
		answer := c.send("GET", "/things", "", withHeader("Origin", origin))
		if got := fmt.Sprint(corsHeaders(answer), answer.Header.Values("Vary")); got != "[]" || answer.StatusCode != 200 {
			t.Errorf("%s: %d %s", origin, answer.StatusCode, got)
		}
		answer = c.send("OPTIONS", "/things", "", withHeader("Origin", origin), withHeader("Access-Control-Request-Method", "GET"))
		if wantProblem(t, answer, 405, "method_not_allowed"); corsHeaders(answer) != "" {
			t.Errorf("%s: %s", origin, corsHeaders(answer))
		}
	}
}

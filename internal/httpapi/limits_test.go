package httpapi

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/token"
)

func TestVariable(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"createUser": "CREATE_USER", "login": "LOGIN", "getOpenapiYaml": "GET_OPENAPI_YAML", "logoutAll": "LOGOUT_ALL",
		"verifyCredentials": "VERIFY_CREDENTIALS", "getUserByEmail": "GET_USER_BY_EMAIL", "Login": "LOGIN", "": "",
	} {
		if got := variable(id); got != want {
			t.Errorf("variable(%q) = %q, want %q", id, got, want)
		}
	}
}

func limited(o *Options) { o.RateLimits = true }

// spend makes n requests that must all pass.
func spend(t *testing.T, n int, send func() *http.Response) {
	t.Helper()
	for i := range n {
		if answer := send(); answer.StatusCode != http.StatusOK {
			t.Fatalf("request %d of %d got %d", i+1, n, answer.StatusCode)
		}
	}
}

// TestLimit is S22: what a limit says before and after it is spent.
func TestLimit(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, limited)
	for left := 2; left >= 0; left-- {
		answer := c.send("GET", "/limited", "")
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("got %d with %d left", answer.StatusCode, left+1)
		}
		header := answer.Header
		if header.Get("RateLimit-Limit") != "3" || header.Get("RateLimit-Remaining") != strconv.Itoa(left) {
			t.Errorf("with %d left, the headers are %v", left, header)
		}
		between(t, header, "RateLimit-Reset", 1, 60)
		if header.Get("Retry-After") != "" {
			t.Errorf("a success has Retry-After %q", header.Get("Retry-After"))
		}
	}
	answer := c.send("GET", "/limited", "")
	wantProblem(t, answer, 429, "rate_limited")
	if answer.Header.Get("RateLimit-Limit") != "3" || answer.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("the headers are %v", answer.Header)
	}
	between(t, answer.Header, "RateLimit-Reset", 1, 60)
	between(t, answer.Header, "Retry-After", 1, 81) // a window, and the share of one request
	for name := range answer.Header {
		if name == "X-Ratelimit-Limit" || name == "X-Ratelimit-Reset" {
			t.Errorf("%s is not in the contract", name)
		}
	}
}

func between(t *testing.T, header http.Header, name string, least, most int) {
	t.Helper()
	if n, err := strconv.Atoi(header.Get(name)); err != nil || n < least || n > most {
		t.Errorf("%s is %q, want a number of seconds from %d to %d", name, header.Get(name), least, most)
	}
}

// TestS19S20LimitBuckets: who shares a bucket with whom.
func TestS19S20LimitBuckets(t *testing.T) {
	t.Parallel()
	proxy := func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }
	forwarded := func(addresses string) []func(*http.Request) {
		return []func(*http.Request){from("10.0.0.1:80"), withHeader("X-Forwarded-For", addresses)}
	}
	one := func(f func(*http.Request)) []func(*http.Request) { return []func(*http.Request){f} }
	for name, c := range map[string]struct {
		spender, other []func(*http.Request)
		shared         bool
	}{
		"another port":           {one(from("203.0.113.9:1")), one(from("203.0.113.9:2")), true},
		"another address":        {one(from("203.0.113.9:1")), one(from("203.0.113.10:1")), false},
		"one IPv6 /64":           {one(from("[2001:db8::1]:1")), one(from("[2001:db8::ffff:2]:1")), true},
		"another IPv6 /64":       {one(from("[2001:db8::1]:1")), one(from("[2001:db8:0:1::1]:1")), false},
		"IPv4 in IPv6":           {one(from("203.0.113.9:1")), one(from("[::ffff:203.0.113.9]:1")), true},
		"forged X-Forwarded-For": {nil, one(withHeader("X-Forwarded-For", "1.1.1.1")), true},
		"forged X-Real-IP":       {nil, one(withHeader("X-Real-IP", "1.1.1.1")), true},
		"forged True-Client-IP":  {nil, one(withHeader("True-Client-IP", "1.1.1.1")), true},
		"forged Forwarded":       {nil, one(withHeader("Forwarded", "for=1.1.1.1")), true},
		"forged client address":  {nil, one(withHeader(HeaderClientAddress, "1.1.1.1")), true},
		"behind a proxy":         {forwarded("198.51.100.1"), forwarded("198.51.100.2"), false},
		"spoofed behind a proxy": {forwarded("198.51.100.1"), forwarded("1.1.1.1, 198.51.100.1"), true},
		"HEAD and GET are one":   {nil, one(func(r *http.Request) { r.Method = "HEAD" }), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chassis := newChassis(t, nil, limited, proxy)
			spend(t, 3, func() *http.Response { return chassis.send("GET", "/limited", "", c.spender...) })
			want := map[bool]int{true: 429, false: 200}[c.shared]
			if got := chassis.send("GET", "/limited", "", c.other...).StatusCode; got != want {
				t.Errorf("the other request got %d, want %d", got, want)
			}
		})
	}
}

// TestLimitByCaller: a subject has one bucket from wherever it comes.
func TestLimitByCaller(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, limited)
	ada, bob := person(), person()
	bob.Subject = "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f"
	spend(t, 3, func() *http.Response { return c.send("GET", "/counted", "", withToken(t, ada)) })
	wantProblem(t, c.send("GET", "/counted", "", withToken(t, ada), from("203.0.113.9:1")), 429, "rate_limited")
	if got := c.send("GET", "/counted", "", withToken(t, bob)).StatusCode; got != 200 {
		t.Errorf("another person at the same address got %d", got)
	}
	// What was refused before the limit spends nothing of it.
	eve := token.Claims{Subject: "eve", ClientID: "eve", Scope: "other"}
	for range 5 {
		wantProblem(t, c.send("GET", "/counted", "", withToken(t, eve)), 403, "forbidden")
	}
}

// TestLimitBeforeBearer: an address limit also counts who can't show a token.
func TestLimitBeforeBearer(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, limited)
	for range 30 {
		wantProblem(t, c.send("GET", "/guarded", ""), 401, "unauthorized")
	}
	wantProblem(t, c.send("GET", "/guarded", ""), 429, "rate_limited")
}

// TestLimitOfAuth: auth's own calls count for the end user it names.
func TestLimitOfAuth(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, limited)
	own := withToken(t, authItself())
	spend(t, 10, func() *http.Response { return c.send("GET", "/counted", "", own) })

	user := withHeader(HeaderClientAddress, "2001:db8::1")
	spend(t, 3, func() *http.Response { return c.send("GET", "/counted", "", own, user) })
	wantProblem(t, c.send("GET", "/counted", "", own, user), 429, "rate_limited")
	wantProblem(t, c.send("GET", "/counted", "", own, withHeader(HeaderClientAddress, "2001:db8::2")), 429, "rate_limited")
	spend(t, 1, func() *http.Response {
		return c.send("GET", "/counted", "", own, withHeader(HeaderClientAddress, "203.0.113.9"))
	})
	spend(t, 1, func() *http.Response { return c.send("GET", "/counted", "", own) })

	// By address as well: thirty users of one auth instance are thirty.
	for i := range 40 {
		user := withHeader(HeaderClientAddress, fmt.Sprintf("203.0.113.%d", i))
		spend(t, 1, func() *http.Response { return c.send("GET", "/guarded", "", own, user) })
	}
}

func TestLimitsAreTheDocuments(t *testing.T) {
	t.Parallel()
	t.Run("off", func(t *testing.T) {
		t.Parallel()
		c := newChassis(t, nil)
		spend(t, 10, func() *http.Response { return c.send("GET", "/limited", "") })
		if header := c.send("GET", "/limited", "").Header; header.Get("RateLimit-Limit") != "" {
			t.Errorf("the headers are %v", header)
		}
	})
	t.Run("none declared", func(t *testing.T) {
		t.Parallel()
		c := newChassis(t, nil, limited)
		spend(t, 50, func() *http.Response { return c.send("GET", "/open", "") })
	})
	t.Run("override", func(t *testing.T) {
		t.Parallel()
		c := newChassis(t, nil, limited, func(o *Options) {
			o.Overrides = map[string]config.RateLimit{
				"LIMITED_BY_I_P": {Requests: 5, Window: 2 * time.Hour}, "OF_THE_OTHER_SERVICE": {Requests: 1, Window: time.Hour},
			}
		})
		spend(t, 5, func() *http.Response { return c.send("GET", "/limited", "") })
		answer := c.send("GET", "/limited", "")
		wantProblem(t, answer, 429, "rate_limited")
		between(t, answer.Header, "RateLimit-Reset", 61, 7200)
	})
}

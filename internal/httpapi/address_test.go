package httpapi

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		remote    string
		trusted   []netip.Prefix
		forwarded []string // X-Forwarded-For, header by header
		want      string
	}{
		"the peer":                     {"203.0.113.9:4711", nil, nil, "203.0.113.9"},
		"nobody is trusted":            {"203.0.113.9:4711", nil, []string{"198.51.100.1"}, "203.0.113.9"},
		"the peer is no proxy":         {"203.0.113.9:4711", proxies, []string{"198.51.100.1"}, "203.0.113.9"},
		"the peer names a proxy":       {"203.0.113.9:4711", proxies, []string{"198.51.100.1, 10.0.0.1"}, "203.0.113.9"},
		"proxy":                        {"10.0.0.1:80", proxies, []string{"198.51.100.1"}, "198.51.100.1"},
		"proxy without the header":     {"10.0.0.1:80", proxies, nil, "10.0.0.1"},
		"proxy, empty header":          {"10.0.0.1:80", proxies, []string{""}, "10.0.0.1"},
		"two proxies":                  {"10.0.0.1:80", proxies, []string{"198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		"proxies only":                 {"10.0.0.1:80", proxies, []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"spoofed on the left":          {"10.0.0.1:80", proxies, []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		"spoofed, a proxy's address":   {"10.0.0.1:80", proxies, []string{"10.0.0.7, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"spoofed in a line of its own": {"10.0.0.1:80", proxies, []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		"lines are one list":           {"10.0.0.1:80", proxies, []string{"1.1.1.1, 198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		"garbage on the left":          {"10.0.0.1:80", proxies, []string{"<script>, 198.51.100.1"}, "198.51.100.1"},
		"garbage is the last hop":      {"10.0.0.1:80", proxies, []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		"garbage behind a proxy":       {"10.0.0.1:80", proxies, []string{"198.51.100.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		"empty hop":                    {"10.0.0.1:80", proxies, []string{"198.51.100.1,"}, "10.0.0.1"},
		"no spaces":                    {"10.0.0.1:80", proxies, []string{"1.1.1.1,198.51.100.1"}, "198.51.100.1"},
		"tabs":                         {"10.0.0.1:80", proxies, []string{"1.1.1.1,\t198.51.100.1 "}, "198.51.100.1"},
		"leading zeros":                {"10.0.0.1:80", proxies, []string{"198.051.100.001"}, "10.0.0.1"},
		"IPv6 peer":                    {"[2001:db8::1]:443", nil, nil, "2001:db8::1"},
		"IPv6 proxy":                   {"[fd00::1]:443", proxies, []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv6 peer with a zone":        {"[fe80::1%eth0]:443", nil, nil, "fe80::1"},
		"IPv6 hop with a zone":         {"10.0.0.1:80", proxies, []string{"fe80::1%eth0"}, "fe80::1"},
		"IPv4 in IPv6, peer":           {"[::ffff:203.0.113.9]:443", nil, nil, "203.0.113.9"},
		"IPv4 in IPv6, proxy":          {"[::ffff:10.0.0.1]:443", proxies, []string{"198.51.100.1"}, "198.51.100.1"},
		"IPv4 in IPv6, hop":            {"10.0.0.1:80", proxies, []string{"198.51.100.1, ::ffff:10.0.0.2"}, "198.51.100.1"},
		"no port":                      {"203.0.113.9", nil, nil, "0.0.0.0"},
		"a socket's path":              {"@", proxies, []string{"198.51.100.1"}, "0.0.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.remote
			r.Header["X-Forwarded-For"] = c.forwarded
			if got := clientAddress(r, c.trusted); got.String() != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.9":                   "203.0.113.9",
		"2001:db8:1:2:3:4:5:6":          "2001:db8:1:2::",
		"2001:db8:1:2:ffff:ffff:ffff:1": "2001:db8:1:2::",
		"2001:db8:1:3::1":               "2001:db8:1:3::",
		"::1":                           "::",
	} {
		if got := network(netip.MustParseAddr(address)); got.String() != want {
			t.Errorf("network(%s) = %s, want %s", address, got, want)
		}
	}
}

// TestS19ForgedAddressHeaders: no header names a client, but by a trusted proxy.
func TestS19ForgedAddressHeaders(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, name := range []string{
		"X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP",
		"Forwarded", HeaderClientAddress,
	} {
		value := "198.51.100.1"
		if name == "Forwarded" {
			value = "for=198.51.100.1"
		}
		if got := wantSeen(t, c.send("GET", "/open", "", withHeader(name, value))).Client; got != "192.0.2.1" {
			t.Errorf("%s from anybody gives %s", name, got)
		}
		got := wantSeen(t, c.send("GET", "/open", "", withHeader(name, value), from("10.0.0.1:80"))).Client
		if want := map[bool]string{true: "198.51.100.1", false: "10.0.0.1"}[name == "X-Forwarded-For"]; got != want {
			t.Errorf("%s from a proxy gives %s, want %s", name, got, want)
		}
	}
}

// TestForwardedClient: the client that auth names is believed from auth alone.
func TestForwardedClient(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	named := []func(*http.Request){withHeader(HeaderClientAddress, "198.51.100.1"), withHeader(HeaderClientUserAgent, "phone\x01")}
	half, withSession := authItself(), authItself()
	half.ClientID, withSession.SessionID = "billing", "s"
	for name, c2 := range map[string]struct {
		token         func(*http.Request)
		client, agent string
	}{
		"auth":                   {withToken(t, authItself()), "198.51.100.1", "phone"},
		"another service":        {withToken(t, service()), "192.0.2.1", "curl"},
		"a person":               {withToken(t, person()), "192.0.2.1", "curl"},
		"auth's sub alone":       {withToken(t, half), "192.0.2.1", "curl"},
		"auth's, with a session": {withToken(t, withSession), "192.0.2.1", "curl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := wantSeen(t, c.send("GET", "/own", "", append(named, withHeader("User-Agent", "curl"), c2.token)...))
			if got.Client != c2.client || got.UserAgent != c2.agent {
				t.Errorf("the client is %s with %q, want %s with %q", got.Client, got.UserAgent, c2.client, c2.agent)
			}
		})
	}
	t.Run("not an address", func(t *testing.T) {
		t.Parallel()
		got := wantSeen(t, c.send("GET", "/own", "", withToken(t, authItself()), withHeader(HeaderClientAddress, "localhost")))
		if got.Client != "192.0.2.1" {
			t.Errorf("the client is %s", got.Client)
		}
	})
	t.Run("on nobody's behalf", func(t *testing.T) {
		t.Parallel()
		got := wantSeen(t, c.send("GET", "/own", "", withToken(t, authItself()), withHeader(HeaderClientAddress, OnNobodysBehalf)))
		if want := (netip.Addr{}).String(); got.Client != want || got.UserAgent != "" {
			t.Errorf("the client is %s with %q", got.Client, got.UserAgent)
		}
	})
	t.Run("a bad token is 401", func(t *testing.T) {
		t.Parallel()
		wantProblem(t, c.send("GET", "/own", "", append(named, withHeader("Authorization", "Bearer x.y.z"))...), 401, "unauthorized")
	})
}

func TestCutUserAgent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"plain":           {"Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"},
		"control":         {"a\r\nb\x00c\x7fd\te", "abcde"},
		"line ends":       {"a\u0085b\u2028c\u2029d\u009b2Je", "abcd2Je"},
		"bad UTF-8":       {"a\xffb", "ab"},
		"512":             {strings.Repeat("a", 512), strings.Repeat("a", 512)},
		"513":             {strings.Repeat("a", 513), strings.Repeat("a", 512)},
		"cut in a letter": {strings.Repeat("a", 511) + "é", strings.Repeat("a", 511)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cutUserAgent(c.text); got != c.want || !utf8.ValidString(got) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// FuzzClientAddress: the address is the peer's or one that the header holds, and
// what a client writes into the header before proxies add to it changes nothing.
func FuzzClientAddress(f *testing.F) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range [][2]string{
		{"10.0.0.1:80", "198.51.100.1, 10.9.9.9"}, {"[fd00::1]:443", "2001:db8::5"}, {"203.0.113.9:4711", "198.51.100.1"}, {"@", ""},
		{"[::ffff:10.0.0.1]:443", "fe80::1%eth0"}, {"10.0.0.1:80", "<script>,,::ffff:10.0.0.2"}, {"10.0.0.1", "198.051.100.001"},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		ask := func(trusted []netip.Prefix, forwarded ...string) netip.Addr {
			return clientAddress(&http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": forwarded}}, trusted)
		}
		peer, got := ask(nil, forwarded), ask(proxies, forwarded)
		if !got.IsValid() || got.Zone() != "" || got.Is4In6() {
			t.Fatalf("%q, %q: %s is not an address to count by", remote, forwarded, got)
		}
		named := got == peer || slices.ContainsFunc(strings.Split(forwarded, ","), func(hop string) bool {
			address, err := netip.ParseAddr(strings.TrimSpace(hop))
			return err == nil && address.Unmap().WithZone("") == got
		})
		if !named || got != peer && !within(peer, proxies) {
			t.Fatalf("%q, %q: %s", remote, forwarded, got)
		}
		if spoofed := ask(proxies, "192.0.2.66", forwarded); !within(got, proxies) && spoofed != got {
			t.Fatalf("%q, %q: %s becomes %s", remote, forwarded, got, spoofed)
		}
	})
}

// FuzzUserAgent: what is kept is short, text, and has nothing that a terminal obeys.
func FuzzUserAgent(f *testing.F) {
	for _, text := range []string{"curl/8.5.0", "", "a\x00b\x1b[2J", "é\u0085\u2028", strings.Repeat("é", 300), "\xff\xfe"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kept := cutUserAgent(text)
		if len(kept) > maxUserAgent || !utf8.ValidString(kept) || cutUserAgent(kept) != kept {
			t.Fatalf("%q becomes %q", text, kept)
		}
		if strings.ContainsFunc(kept, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }) {
			t.Fatalf("%q becomes %q", text, kept)
		}
	})
}

// FuzzRequestID: what is taken from a client fits a header and a log as it is.
func FuzzRequestID(f *testing.F) {
	for _, text := range []string{"", "a-b_c.9", "a b", strings.Repeat("a", 128), strings.Repeat("a", 129), "é", "\r\n", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, given string) {
		id, own := requestID(&http.Request{Header: http.Header{"X-Request-Id": {given}}})
		if !own && id != given || id == "" || len(id) > 128 || url.QueryEscape(id) != id {
			t.Fatalf("%q becomes %q, own %v", given, id, own)
		}
	})
}

// FuzzBasicCredentials: who is read from the header would write it as it is.
func FuzzBasicCredentials(f *testing.F) {
	for _, text := range []string{"", "Basic", "Basic Og==", "basic YTpi", "Basic YSUzQWI6Yw==", "Basic /w==", "Bearer YTpi", "Basic YTol", "Basic JTAwOmE="} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Authorization": {header}}}
		found, ok := basicCredentials(r)
		if !ok {
			if found != (ClientCredentials{}) {
				t.Fatalf("%q is refused and names %q", header, found.ID)
			}
			return
		}
		if !cleanText(found.ID) || !cleanText(found.Secret.Reveal()) {
			t.Fatalf("%q: %q", header, found.ID)
		}
		again := &http.Request{Header: http.Header{}}
		again.SetBasicAuth(url.QueryEscape(found.ID), url.QueryEscape(found.Secret.Reveal()))
		if same, ok := basicCredentials(again); !ok || same != found {
			t.Fatalf("%q names %q, who is read as %q", header, found.ID, same.ID)
		}
		r.Header.Add("Authorization", header)
		if _, ok := basicCredentials(r); ok {
			t.Fatalf("%q is taken twice", header)
		}
	})
}

// FuzzQuery: what is left of a query is declared, there once, and text.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{"", "limit=5&cursor=x", "limit=5&limit=6", "%6cimit=5", "x=1", "limit=%", "limit=%00", "limit=\xff", "a;b", "&&=&"} {
		f.Add(text)
	}
	op := &Operation{query: map[string]bool{"limit": true, "cursor": true}}
	f.Fuzz(func(t *testing.T, raw string) {
		query, fields := op.parseQuery(&http.Request{URL: &url.URL{RawQuery: raw}})
		for name, values := range query {
			if !op.query[name] || len(values) != 1 || !cleanText(values[0]) {
				t.Fatalf("%q leaves %q", raw, query)
			}
		}
		if len(fields) > maxProblemFields {
			t.Fatalf("%q: %d fields", raw, len(fields))
		}
		for _, field := range fields {
			if !cleanText(field.Pointer) {
				t.Fatalf("%q: %q", raw, field.Pointer)
			}
		}
	})
}

// FuzzSpelling: a number or a boolean in a query is one that JSON would take, and
// none is refused that it would.
func FuzzSpelling(f *testing.F) {
	for _, text := range []string{"0", "-0", "05", "+5", "1e3", "1.0", "true", "TRUE", "T", " 1", "1\n", "-", "", "null", "9999999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		bare := json.Valid([]byte(text)) && d.Decode(&value) == nil && strings.Trim(text, " \t\r\n") == text
		number, isNumber := value.(json.Number)
		if got := spelledRight(openapi3.NewIntegerSchema(), text); got != (bare && isNumber && !strings.ContainsAny(number.String(), ".eE")) {
			t.Fatalf("%q as an integer: %v", text, got)
		}
		_, isBool := value.(bool)
		if got := spelledRight(openapi3.NewBoolSchema(), text); got != (bare && isBool) {
			t.Fatalf("%q as a boolean: %v", text, got)
		}
	})
}

// FuzzContentType: what passes for JSON says so, and names no charset but UTF-8.
func FuzzContentType(f *testing.F) {
	for _, text := range []string{
		"application/json", "Application/JSON; charset=UTF-8", "application/json;charset=latin1", "application/json; charset", "text/json",
		"application/json; x=y", `application/json; charset="utf-8"`, "application/json; charset*=utf-8''utf-8", "application/jsonx", ";",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !sentAs(&http.Request{Header: http.Header{"Content-Type": {text}}}, mediaJSON) {
			return
		}
		media, params, _ := strings.Cut(strings.ToLower(text), ";")
		if params = strings.TrimSpace(params); strings.TrimSpace(media) != mediaJSON || params != "" && !strings.Contains(params, "charset") {
			t.Fatalf("%q is taken", text)
		}
	})
}

// FuzzCrossOrigin: a browser that says whence it sends is let in from the
// service's own origin and from those that are listed, and no script of another
// origin is shown an answer.
func FuzzCrossOrigin(f *testing.F) {
	for _, c := range [][2]string{
		{"", ""}, {"", "null"}, {"", listedOrigin}, {"cross-site", listedOrigin}, {"cross-site", "https://evil.example"}, {"same-origin", "x"},
		{"", "http://example.com"}, {"", "https://example.com:443"}, {"", "https://APP.example"}, {"none", ""}, {"moon", "http://example.com@evil"},
	} {
		f.Add(c[0], c[1])
	}
	a := &API{options: Options{CORSOrigins: []string{listedOrigin, otherListed}}}
	reached := false
	door := a.cors()(a.crossOrigin()(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })))
	f.Fuzz(func(t *testing.T, site, origin string) {
		r, w := httptest.NewRequest(http.MethodPost, "/", nil), httptest.NewRecorder()
		r.Header.Set("Sec-Fetch-Site", site)
		r.Header.Set("Origin", origin)
		reached = false
		door.ServeHTTP(w, r)
		listed := slices.Contains(a.options.CORSOrigins, origin)
		if shown := w.Header().Get("Access-Control-Allow-Origin"); shown != "" && (!listed || shown != origin) {
			t.Fatalf("%q may be read from %q", shown, origin)
		}
		if !reached {
			return
		}
		own, err := url.Parse(origin)
		switch {
		case site == "same-origin", site == "none", listed:
		case site == "" && (origin == "" || err == nil && own.Host == r.Host):
		default:
			t.Fatalf("Sec-Fetch-Site %q, Origin %q is let in", site, origin)
		}
	})
}

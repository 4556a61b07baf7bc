package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// pointers gives where a 400 points, sorted.
func pointers(p problem) []string {
	var all []string
	for _, field := range p.Errors {
		all = append(all, field.Pointer)
	}
	slices.Sort(all)
	return all
}

func TestQuery(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for name, tc := range map[string]struct {
		query string
		want  []string // nil: accepted
	}{
		"none":                  {"", nil},
		"empty":                 {"?", nil},
		"good":                  {"?limit=50&q=ab", nil},
		"escaped":               {"?q=%C3%A9+x", nil},
		"escaped name":          {"?%6Cimit=5", nil},
		"unknown":               {"?frob=1", []string{"query.frob"}},
		"unknown beside known":  {"?limit=5&frob=1", []string{"query.frob"}},
		"other case":            {"?Limit=5", []string{"query.Limit"}},
		"brackets":              {"?limit[]=5", []string{"query.limit[]"}},
		"no name":               {"?=1", []string{"query."}},
		"twice":                 {"?limit=5&limit=6", []string{"query.limit"}},
		"twice, same value":     {"?limit=5&limit=5", []string{"query.limit"}},
		"twice, escaped":        {"?limit=5&%6cimit=6", []string{"query.limit"}},
		"empty value":           {"?limit=", []string{"query.limit"}},
		"no value":              {"?q", []string{"query.q"}},
		"too small":             {"?limit=0", []string{"query.limit"}},
		"too large":             {"?limit=201", []string{"query.limit"}},
		"negative":              {"?limit=-1", []string{"query.limit"}},
		"no integer":            {"?limit=1.5", []string{"query.limit"}},
		"beyond an int64":       {"?limit=99999999999999999999", []string{"query.limit"}},
		"a word":                {"?limit=many", []string{"query.limit"}},
		"a leading zero":        {"?limit=05", []string{"query.limit"}},
		"a plus sign":           {"?limit=%2B5", []string{"query.limit"}},
		"true":                  {"?flag=true", nil},
		"false":                 {"?flag=false", nil},
		"1 for true":            {"?flag=1", []string{"query.flag"}},
		"T for true":            {"?flag=T", []string{"query.flag"}},
		"TRUE for true":         {"?flag=TRUE", []string{"query.flag"}},
		"a time":                {"?at=2026-01-02T03:04:05.678%2B01:00", nil},
		"a leap second":         {"?at=2016-12-31T23:59:60Z", []string{"query.at"}},
		"the 30th of February":  {"?at=2026-02-30T00:00:00Z", []string{"query.at"}},
		"a comma in a time":     {"?at=2026-01-02T03:04:05,5Z", []string{"query.at"}},
		"a time in lower case":  {"?at=2026-01-02t03:04:05z", []string{"query.at"}},
		"too long":              {"?q=" + strings.Repeat("a", 21), []string{"query.q"}},
		"two are wrong":         {"?limit=0&q=" + strings.Repeat("a", 21), []string{"query.limit", "query.q"}},
		"bad escape":            {"?q=%zz", []string{"query"}},
		"cut escape":            {"?q=a%2", []string{"query"}},
		"bad escape in a name":  {"?%=1", []string{"query"}},
		"semicolon":             {"?limit=5;q=ab", []string{"query"}},
		"NUL":                   {"?q=a%00b", []string{"query.q"}},
		"bad UTF-8":             {"?q=a%ffb", []string{"query.q"}},
		"overlong UTF-8":        {"?q=%c0%af", []string{"query.q"}},
		"bad UTF-8 in the name": {"?%ff=1", []string{"query"}},
		"long unknown name":     {"?" + strings.Repeat("a", 500) + "=1", []string{"query." + strings.Repeat("a", 150) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send("GET", "/things", "", func(r *http.Request) {
				r.URL.RawQuery, r.URL.ForceQuery = strings.TrimPrefix(tc.query, "?"), tc.query == "?"
			})
			if tc.want == nil {
				wantSeen(t, answer)
				return
			}
			if got := pointers(wantProblem(t, answer, 400, "invalid_request")); !slices.Equal(got, tc.want) {
				t.Errorf("it points at %q, want %q", got, tc.want)
			}
		})
	}
}

// TestPath: a path parameter is decoded once, for the check and for the
// handler alike.
func TestPath(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	const id = "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
	for name, tc := range map[string]struct {
		method, path string
		status       int
		want         string
	}{
		"plain":                    {"GET", "/things/abc", 200, "abc"},
		"escaped letter":           {"GET", "/things/%61bc", 200, "abc"},
		"escaped percent":          {"GET", "/things/%2561bc", 200, "%61bc"},
		"%2541 is %41, not A":      {"GET", "/things/%2541", 200, "%41"},
		"twice escaped":            {"GET", "/things/%252561", 200, "%2561"},
		"escaped slash":            {"GET", "/things/a%2Fb", 200, "a/b"},
		"escaped slash, lower":     {"GET", "/things/a%2fb", 200, "a/b"},
		"slash":                    {"GET", "/things/a/b", 404, ""},
		"plus is plus":             {"GET", "/things/a+b", 200, "a+b"},
		"escaped space":            {"GET", "/things/a%20b", 200, "a b"},
		"a letter of two bytes":    {"GET", "/things/%C3%A9ab", 200, "éab"},
		"the same, raw":            {"GET", "/things/éab", 200, "éab"},
		"too short once decoded":   {"GET", "/things/%61b", 400, ""},
		"capitals":                 {"GET", "/things/ABC", 400, ""},
		"NUL":                      {"GET", "/things/abc%00", 400, ""},
		"bad UTF-8":                {"GET", "/things/abc%ff", 400, ""},
		"overlong":                 {"GET", "/things/abc%c0%af", 400, ""},
		"any text":                 {"GET", "/any/A%2541%20%C3%A9", 200, "A%41 é"},
		"NUL in any text":          {"GET", "/any/abc%00", 400, ""},
		"bad UTF-8 in any text":    {"GET", "/any/abc%ff", 400, ""},
		"newline":                  {"GET", "/things/abc%0a", 400, ""},
		"long":                     {"GET", "/things/" + strings.Repeat("a", 21), 400, ""},
		"uuid":                     {"DELETE", "/things/" + id, 200, id},
		"uuid in capitals":         {"DELETE", "/things/" + strings.ToUpper(id), 200, strings.ToUpper(id)},
		"uuid without dashes":      {"DELETE", "/things/" + strings.ReplaceAll(id, "-", ""), 400, ""},
		"uuid in braces":           {"DELETE", "/things/%7B" + id + "%7D", 400, ""},
		"uuid as a URN":            {"DELETE", "/things/urn:uuid:" + id, 400, ""},
		"uuid of 36 other letters": {"DELETE", "/things/" + strings.Repeat("z", 36), 400, ""},
		"uuid, a name":             {"DELETE", "/things/abc", 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send(tc.method, tc.path, "")
			switch tc.status {
			case 200:
				if got := wantSeen(t, answer).Thing; got != tc.want {
					t.Errorf("the handler sees %q, want %q", got, tc.want)
				}
			case 400:
				if got := pointers(wantProblem(t, answer, 400, "invalid_request")); !slices.Equal(got, []string{"path.thing"}) {
					t.Errorf("it points at %q", got)
				}
			default:
				wantProblem(t, answer, tc.status, "not_found")
			}
		})
	}
}

func TestHeaderParameters(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	wantSeen(t, c.send("GET", "/things", "", withHeader("If-Match", `"1"`)))
	for name, values := range map[string][]string{
		"twice": {`"1"`, `"2"`}, "too short": {`"`}, "too long": {strings.Repeat("a", 21)},
	} {
		p := wantProblem(t, c.send("GET", "/things", "", withHeader("If-Match", values...)), 400, "invalid_request")
		if got := pointers(p); !slices.Equal(got, []string{"header.If-Match"}) {
			t.Errorf("%s: it points at %q", name, got)
		}
	}
}

// TestS52S74MediaType is S74 and a part of S52.
func TestS52S74MediaType(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for name, tc := range map[string]struct {
		types    []string
		encoding string
		status   int
	}{
		"JSON":                      {[]string{"application/json"}, "", 200},
		"JSON, UTF-8":               {[]string{"application/json; charset=utf-8"}, "", 200},
		"JSON, UTF-8, quoted":       {[]string{`Application/JSON;charset="UTF-8"`}, "", 200},
		"none":                      {nil, "", 415},
		"empty":                     {[]string{""}, "", 415},
		"two":                       {[]string{"application/json", "application/json"}, "", 415},
		"two in one":                {[]string{"application/json, text/plain"}, "", 415},
		"text":                      {[]string{"text/plain"}, "", 415},
		"a form":                    {[]string{"application/x-www-form-urlencoded"}, "", 415},
		"multipart":                 {[]string{"multipart/form-data; boundary=x"}, "", 415},
		"JSON, UTF-16":              {[]string{"application/json; charset=utf-16"}, "", 415},
		"JSON, Latin 1":             {[]string{"application/json; charset=iso-8859-1"}, "", 415},
		"JSON, other parameter":     {[]string{"application/json; version=1"}, "", 415},
		"JSON, two charsets":        {[]string{"application/json; charset=utf-8; charset=utf-16"}, "", 415},
		"JSON, a charset in pieces": {[]string{"application/json; charset*00=utf-16"}, "", 415},
		"JSON of another sort":      {[]string{"application/merge-patch+json"}, "", 415},
		"a prefix":                  {[]string{"application/jsonp"}, "", 415},
		"gzip":                      {[]string{"application/json"}, "gzip", 415},
		"identity":                  {[]string{"application/json"}, "identity", 415},
		"made-up coding":            {[]string{"application/json"}, "frob", 415},
		"no type and a coding":      {nil, "br", 415},
		"JSON with a bad suffix":    {[]string{"application/json;"}, "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := []func(*http.Request){withHeader("Content-Type", tc.types...)}
			if tc.encoding != "" {
				change = append(change, withHeader("Content-Encoding", tc.encoding))
			}
			answer := c.send("POST", "/things", `{"username":"bob"}`, change...)
			if tc.status == 200 {
				wantSeen(t, answer)
				return
			}
			wantProblem(t, answer, 415, "unsupported_media_type")
		})
	}
}

// TestS73Sizes is S73, with the length told and in chunks.
func TestS73Sizes(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newChassis(t, nil))
	defer server.Close()
	body := func(size int) string {
		return `{"username":"bob"}` + strings.Repeat(" ", size-len(`{"username":"bob"}`))
	}
	for name, tc := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"64 KiB":               {body(maxBody), 200, ""},
		"and a byte":           {body(maxBody + 1), 413, "body_too_large"},
		"a megabyte":           {body(1 << 20), 413, "body_too_large"},
		"not looked at before": {strings.Repeat("[", maxBody+1), 413, "body_too_large"},
	} {
		for way, reader := range map[string]io.Reader{
			"told": strings.NewReader(tc.body), "chunked": io.MultiReader(strings.NewReader(tc.body)),
		} {
			t.Run(name+", "+way, func(t *testing.T) {
				answer, err := server.Client().Post(server.URL+"/things", "application/json", reader)
				if err != nil {
					t.Fatal(err)
				}
				if tc.status == 200 {
					wantSeen(t, answer)
					return
				}
				wantProblem(t, answer, tc.status, tc.code)
			})
		}
	}
}

func TestS73HeaderSize(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newChassis(t, nil))
	defer server.Close()
	for name, tc := range map[string]struct {
		path    string
		headers int // of 1,000 bytes
		status  int
	}{
		"15 KB": {"/open", 15, 200}, "17 KB": {"/open", 17, 431}, "17 KB to nowhere": {"/nowhere", 17, 431},
		"a long path": {"/things/" + strings.Repeat("a", 17<<10), 0, 431}, "a long query": {"/things?q=" + strings.Repeat("a", 17<<10), 0, 431},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+tc.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tc.headers {
				r.Header.Add(fmt.Sprintf("X-Filler-%d", i%2), strings.Repeat("a", 984))
			}
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if tc.status == 200 {
				wantSeen(t, answer)
				return
			}
			wantProblem(t, answer, 431, "headers_too_large")
		})
	}
}

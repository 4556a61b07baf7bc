package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// an unknown member is pointed at by name.
func TestUnknownMembersAreNamed(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for body, want := range map[string][]string{
		`{"username":"bob","Username":"x"}`:       {"/Username"},
		`{"username":"bob","id_":1,"verified":1}`: {"/id_", "/verified"},
		`{"username":"bob","inner":{"x/y":1}}`:    {"/inner/x~1y"},
		`{"Username":"bob"}`:                      {"/Username", "/username"},
	} {
		p := wantProblem(t, c.send("POST", "/things", body), 400, "invalid_request")
		if got := pointers(p); !slices.Equal(got, want) {
			t.Errorf("%s: it points at %q, want %q", body, got, want)
		}
	}
}

// a panic after part of the answer must break the answer off.
func TestAPanicBreaksABegunAnswerOff(t *testing.T) {
	t.Parallel()
	c := newChassis(t, handlers{"open": func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"items":[`)
		panic("boom")
	}})
	server := httptest.NewServer(c)
	defer server.Close()
	answer, err := server.Client().Get(server.URL + "/open")
	if err != nil {
		return
	}
	body, err := io.ReadAll(answer.Body)
	if err == nil {
		t.Errorf("a broken answer looks whole: %d %s", answer.StatusCode, body)
	}
}

// an empty first Content-Encoding hides the second.
func TestS74AnyContentEncodingIsRefused(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for _, values := range [][]string{{"", "gzip"}, {""}} {
		wantProblem(t, c.send("POST", "/things", `{"username":"bob"}`, withHeader("Content-Encoding", values...)), 415, "unsupported_media_type")
	}
}

// pointer and detail within the sizes of ProblemField.
func TestPointersFitTheirSchema(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for _, body := range []string{
		`{"username":"bob","inner":{"` + strings.Repeat("~", 150) + `":1}}`,
	} {
		p := wantProblem(t, c.send("POST", "/things", body), 400, "invalid_request")
		for _, field := range p.Errors {
			if n := utf8.RuneCountInString(field.Pointer); n > 200 {
				t.Errorf("a pointer of %d characters", n)
			}
		}
	}
}

// auth on nobody's behalf is not limited, by address either.
func TestAuthOnNobodysBehalfIsNotLimited(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, limited)
	for i := range 40 {
		if got := c.send("GET", "/guarded", "", withToken(t, authItself()), withHeader(HeaderClientAddress, OnNobodysBehalf)).StatusCode; got != 200 {
			t.Fatalf("request %d got %d", i, got)
		}
	}
}

// all wrong parameters at once, in a fixed order.
func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	p := wantProblem(t, c.send("GET", "/things?frob=1&limit=0", "", withHeader("If-Match", "x")), 400, "invalid_request")
	if got := pointers(p); !slices.Equal(got, []string{"header.If-Match", "query.frob", "query.limit"}) {
		t.Errorf("points at %q", got)
	}
	first := ""
	for range 20 {
		p := wantProblem(t, c.send("GET", "/things?a=1&b=1&c=1&d=1", ""), 400, "invalid_request")
		if got := fmt.Sprint(p.Errors); first == "" {
			first = got
		} else if got != first {
			t.Fatalf("the order changes")
		}
	}
}

// thousands of unknown members cost what reading them does: this test
// would run for minutes if each were compared with each.
func TestManyUnknownMembers(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	for _, n := range []int{1000, 7000} {
		var b strings.Builder
		b.WriteString(`{"username":"bob"`)
		for i := range n {
			fmt.Fprintf(&b, `,"%x":0`, i)
		}
		b.WriteString("}")
		p := wantProblem(t, c.send("POST", "/things", b.String()), 400, "invalid_request")
		if len(p.Errors) != maxProblemFields {
			t.Errorf("%d errors", len(p.Errors))
		}
	}
}

package observe_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// FuzzTraceparent: what is logged of the trace that a request says it is of is an
// id that the header holds, or nothing.
func FuzzTraceparent(f *testing.F) {
	for _, c := range [][2]string{
		{traceparent, "a=b"}, {traceparent + "-more", ""}, {"01" + traceparent[2:] + "-more", "x"}, {"ff" + traceparent[2:], ""}, {strings.ToUpper(traceparent), ""},
		{"00-00000000000000000000000000000000-00f067aa0ba902b7-01", ""}, {"", "a=b"}, {"-", ",=,\xff"}, {traceparent[:54], ""},
	} {
		f.Add(c[0], c[1])
	}
	id := regexp.MustCompile("^[0-9a-f]{32}$")
	var off *observe.Tracing
	f.Fuzz(func(t *testing.T, parent, state string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("traceparent", parent)
		r.Header.Set("tracestate", state)
		_, found := off.Begin(r)
		if found.TraceID != "" && (!id.MatchString(found.TraceID) || !strings.Contains(parent, found.TraceID)) {
			t.Fatalf("%q is the trace %q", parent, found.TraceID)
		}
	})
}

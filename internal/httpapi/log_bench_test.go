package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/token"
)

// BenchmarkLogLine is the line of one request of a person: written in both
// formats, and not written, as the level says.
func BenchmarkLogLine(b *testing.B) {
	for _, c := range []struct{ name, format, level string }{
		{"json", "json", "info"}, {"text", "text", "info"}, {"off", "json", "warn"},
	} {
		b.Run(c.name, func(b *testing.B) {
			a := &API{options: Options{Log: observe.NewLogger(io.Discard, c.format, c.level, "users")}}
			s := &state{id: testSubject, peer: netip.MustParseAddr("192.0.2.1"), claims: &token.Claims{SessionID: testSubject}}
			r := knownRequest(httptest.NewRequest(http.MethodGet, "/users/ada", nil), s)
			done := outcome{route: "/users/{user}", status: http.StatusOK, bytes: 412, took: 1234 * time.Microsecond}
			b.ReportAllocs()
			for b.Loop() {
				a.logRequest(r, s, "getUser", done)
			}
		})
	}
}

package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// BenchmarkProblem is one answer that is a problem document: of a fault, of one
// with fields, of one with a cause (which Write looks through), and of an error
// that is no fault.
func BenchmarkProblem(b *testing.B) {
	for _, c := range []struct {
		name   string
		err    error
		status int
	}{
		{"fault", fault.ErrNotFound, http.StatusNotFound},
		{"validation", fault.Fields(
			fault.Field{Pointer: "/username", Detail: "must be at least 3 characters long"},
			fault.Field{Pointer: "/email", Detail: "must be of the format email"},
			fault.Field{Pointer: "query.limit", Detail: "must be at most 200"},
		), http.StatusBadRequest},
		{"cause", fault.ErrDependency.Because(errors.New("connection refused")), http.StatusServiceUnavailable},
		{"internal", errors.New("nobody expects this"), http.StatusInternalServerError},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := knownRequest(httptest.NewRequest(http.MethodGet, "/users/ada", nil), &state{id: testSubject})
			w := newSink()
			b.ReportAllocs()
			for b.Loop() {
				Write(w, r, c.err)
				w.mustBe(b, c.status)
			}
		})
	}
}

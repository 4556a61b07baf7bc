package httpapi

import (
	"io"
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
)

// sink is an answer that nobody reads. Its header is kept from one request to
// the next, so that what a benchmark counts is what the measured code allocates.
type sink struct {
	header http.Header
	status int
}

func newSink() *sink { return &sink{header: http.Header{}} }

// Header is what would be sent.
func (s *sink) Header() http.Header { return s.header }

// WriteHeader keeps the first status, as net/http does.
func (s *sink) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

// Write takes for sent whatever it gets.
func (s *sink) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return io.Discard.Write(p)
}

// mustBe ends a benchmark that measures another answer than it says.
func (s *sink) mustBe(b *testing.B, status int) {
	if s.status != status {
		b.Fatalf("got %d, want %d", s.status, status)
	}
	s.status = 0
}

// empty is a handler that does nothing, so that what is before it is measured.
func empty(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// knownRequest is a request that the chain has begun, without an end.
func knownRequest(r *http.Request, s *state) *http.Request {
	s.Context, s.route = r.Context(), chi.NewRouteContext()
	return r.WithContext(s)
}

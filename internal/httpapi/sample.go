package httpapi

import (
	"net/http"
	"net/http/pprof"
	"net/netip"
	"strings"
	"sync"
)

// SampleID begins the X-Request-Id of a sample request: what such a one was
// taken for can be asked of the ops listener (`latchkey doctor` does).
const SampleID = "latchkey-doctor-"

// Sample is whose request a service took a sample for.
type Sample struct {
	RequestID string `json:"request_id"`
	Peer      string `json:"peer"` // who made the connection
	// Forwarded says that an X-Forwarded-For came with it; Client is whose limits
	// counted.
	Forwarded bool   `json:"forwarded"`
	Client    string `json:"client"`
}

// samples keeps the last few.
type samples struct {
	mu   sync.Mutex
	last [16]Sample
	next int
}

// sample keeps whose request one was taken for, if it is a sample.
func (h *Health) sample(r *http.Request, id string, client netip.Addr) {
	if h == nil || !strings.HasPrefix(id, SampleID) {
		return
	}
	s := &h.samples
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[s.next%len(s.last)] = Sample{id, hostAddress(r.RemoteAddr).String(), r.Header.Get("X-Forwarded-For") != "", client.String()}
	s.next++
}

// serve answers for one sample, or 404.
func (s *samples) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.last {
		if one.RequestID != "" && one.RequestID == r.PathValue("id") {
			writeJSON(w, one)
			return
		}
	}
	http.NotFound(w, r)
}

// mountProfiles serves net/http/pprof.
func mountProfiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
}

package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// Health says whether the process may be sent requests, and keeps what its
// operators may ask of the last samples.
type Health struct {
	// Check asks what the service can't do without: its own database, never
	// the other service.
	Check func(context.Context) error
	// Shared counts the limits of all instances; nil counts them in memory.
	Shared   *SharedLimits
	started  atomic.Bool
	draining atomic.Bool
	samples  samples
}

// checkTimeout keeps a probe from hanging on a dead database.
const checkTimeout = time.Second

// Draining reports whether a shutdown has begun.
func (h *Health) Draining() bool { return h.draining.Load() }

func (h *Health) ready(ctx context.Context) error {
	if h.draining.Load() || !h.started.Load() {
		return fault.ErrOverloaded
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := h.Check(ctx); err != nil {
		return fault.ErrDependency.Because(err)
	}
	return nil
}

// alive is livez's answer.
var alive = []byte(`{"status":"ok"}` + "\n")

func livez(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(alive)
}

// jsonType is a header that answers share: see securityHeaders.
var jsonType = []string{mediaJSON}

func (h *Health) readyz(w http.ResponseWriter, r *http.Request) {
	if err := h.ready(r.Context()); err != nil {
		Write(w, r, err)
		return
	}
	status := "ok"
	if h.Shared.degraded(r.Context()) {
		status = "degraded"
	}
	writeJSON(w, map[string]string{"status": status})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// mountService mounts the operations that every service has: those of the tag
// `service`, which the generated code leaves out.
func (a *API) mountService(r chi.Router) {
	r.Get("/livez", livez)
	r.Get("/readyz", a.options.Health.readyz)
	r.Get("/openapi.json", document("application/json", a.options.Spec.JSON))
	r.Get("/openapi.yaml", document("application/yaml", a.options.Spec.YAML))
}

func document(media string, text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", "public, max-age=60")
		_, _ = w.Write(text)
	}
}

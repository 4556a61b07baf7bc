package observe_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// TestExemplars: a request that is worth a look can be found again; one whose
// id a client chose is told by its trace alone.
func TestExemplars(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status         int
		took           time.Duration
		trace, request string
		want           string
	}{
		"quick":                      {200, time.Millisecond, "", "r1", ""},
		"slow":                       {200, time.Second, "", "r1", `# {request_id="r1"} 1.0`},
		"failed":                     {503, time.Millisecond, "", "r1", `# {request_id="r1"} 0.001`},
		"traced":                     {200, time.Millisecond, "t1", "r1", `# {trace_id="t1"} 0.001`},
		"slow, its id is a client's": {200, time.Second, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := observe.NewMetrics("users")
			m.HTTP().Begin()
			m.HTTP().Done("getUser", c.status, c.took, c.trace, c.request)
			r := httptest.NewRequest("GET", "/metrics", nil)
			r.Header.Set("Accept", "application/openmetrics-text")
			w := httptest.NewRecorder()
			m.Handler(slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
			text := w.Body.String()
			if !strings.Contains(text, c.want) || c.want == "" && strings.Contains(text, "# {") {
				t.Errorf("want the exemplar %q in\n%s", c.want, text)
			}
		})
	}
}

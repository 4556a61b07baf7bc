package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// BenchmarkChain is one request through all that the chassis puts before a
// handler, which does nothing; metrics, the log and limits are on, as they are
// in production. What net/http itself does is not in it. Each request has a
// header of its own for its answer, as net/http makes it.
//
//	go test -run '^$' -bench Chain/bearer -memprofile mem.out -memprofilerate 1 ./internal/httpapi
func BenchmarkChain(b *testing.B) {
	for _, c := range []struct {
		name, target string
		status       int
		change       func(*http.Request)
	}{
		{"livez", "/livez", http.StatusOK, func(*http.Request) {}},
		{"open", "/open", http.StatusNoContent, func(*http.Request) {}},
		{"limited", "/limited", http.StatusNoContent, func(*http.Request) {}},
		{"bearer", "/guarded", http.StatusNoContent, withToken(b, service())},
		{"unauthorized", "/own", http.StatusUnauthorized, func(*http.Request) {}},
		{"unknown", "/nowhere", http.StatusNotFound, func(*http.Request) {}},
	} {
		b.Run(c.name, func(b *testing.B) {
			handler := newChassis(b, handlers{"open": empty, "limitedByIP": empty, "guarded": empty}, limited, func(o *Options) {
				o.Metrics = observe.NewMetrics("users")
				o.Log = observe.NewLogger(io.Discard, "json", "info", "users")
				o.Overrides = neverSpent
			}).Handler
			template := httptest.NewRequest(http.MethodGet, c.target, nil)
			template.Header.Set("User-Agent", "curl/8.14.1")
			template.Header.Set("Accept", "*/*")
			c.change(template)
			peers, w := manyPeers(), newSink()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				template.RemoteAddr, w.header = peers[i%len(peers)], make(http.Header)
				handler.ServeHTTP(w, template.WithContext(context.Background()))
				w.mustBe(b, c.status)
			}
		})
	}
}

// neverSpent are limits that hold for ten million requests of manyPeers, with
// numbers as short as the document's.
var neverSpent = map[string]config.RateLimit{
	"LIMITED_BY_I_P": {Requests: 9999, Window: time.Hour}, "GUARDED": {Requests: 9999, Window: time.Hour},
}

func manyPeers() []string {
	peers := make([]string, 1000)
	for i := range peers {
		peers[i] = fmt.Sprintf("10.0.%d.%d:4711", i>>8, i&255)
	}
	return peers
}

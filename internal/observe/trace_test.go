package observe_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// The trace that the tests' client is in (W3C Trace Context, section 3.2).
const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	clientSpan  = "00f067aa0ba902b7"
	traceparent = "00-" + traceID + "-" + clientSpan + "-01"
)

// spans is an OTLP collector.
type spans struct {
	mu   sync.Mutex
	seen []*trace.Span
	of   map[string]string // span id → service
	raw  strings.Builder
}

func collect(t *testing.T) (*spans, string) {
	t.Helper()
	c := &spans{of: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var batch trace.TracesData // of the same form as what is sent
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &batch) != nil {
			t.Errorf("%s is not an export of traces (%v)", r.URL.Path, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(body)
		for _, resource := range batch.ResourceSpans {
			service := ""
			for _, a := range resource.Resource.Attributes {
				if a.Key == "service.name" {
					service = a.Value.GetStringValue()
				}
			}
			for _, scoped := range resource.ScopeSpans {
				for _, s := range scoped.Spans {
					c.seen = append(c.seen, s)
					c.of[string(s.SpanId)] = service
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	return c, server.URL
}

// find gives the child of a span in the client's trace, by its service, kind and
// name.
func (c *spans) find(t *testing.T, parent, service, name string, kind trace.Span_SpanKind) *trace.Span {
	t.Helper()
	i := slices.IndexFunc(c.seen, func(s *trace.Span) bool {
		return s.Name == name && s.Kind == kind && c.of[string(s.SpanId)] == service &&
			hex.EncodeToString(s.TraceId) == traceID && hex.EncodeToString(s.ParentSpanId) == parent
	})
	if i < 0 {
		t.Fatalf("%s has no span %s %s under %s in the trace", service, kind, name, parent)
	}
	return c.seen[i]
}

func signIn(t *testing.T, s *apitest.System, login, password string) {
	t.Helper()
	s.Auth.Do(t, apitest.Request{
		Method: http.MethodPost, Path: "/auth/login", Body: apitest.Body{"login": login, "password": password},
		Header: http.Header{"Traceparent": {traceparent}, "Content-Type": {"application/json"}},
	}).Is(http.StatusOK)
}

// TestTrace follows a sign-in from the client through both services to a
// statement.
func TestTrace(t *testing.T) {
	t.Parallel()
	c, endpoint := collect(t)
	s := apitest.Start(t, func(a *config.Auth, u *config.Users) { a.OTLPEndpoint, u.OTLPEndpoint = endpoint, endpoint })
	name := canary + "b"
	s.Auth.Post(t, "/auth/register", "", apitest.Body{"username": name, "email": name + "@example.com", "password": apitest.Password}).Is(http.StatusCreated)
	signIn(t, s, name, apitest.Password)
	s.StopAuth() // which sends what is left
	s.StopUsers()

	c.mu.Lock()
	defer c.mu.Unlock()
	parent := clientSpan
	for _, step := range []struct {
		service, name string
		kind          trace.Span_SpanKind
	}{
		{"latchkey-auth", "login", trace.Span_SPAN_KIND_SERVER},
		{"latchkey-auth", "verifyCredentials", trace.Span_SPAN_KIND_CLIENT},
		{"latchkey-users", "verifyCredentials", trace.Span_SPAN_KIND_SERVER},
		{"latchkey-users", "GetCredentialByUsername", trace.Span_SPAN_KIND_CLIENT},
	} {
		parent = hex.EncodeToString(c.find(t, parent, step.service, step.name, step.kind).SpanId)
	}
	for _, secret := range []string{canary, apitest.Password, "SELECT", "127.0.0.1"} {
		if strings.Contains(c.raw.String(), secret) {
			t.Errorf("the spans hold %q", secret)
		}
	}
	if n := strings.Count(s.Logs.String(), `"trace_id":"`+traceID+`"`); n < 2 {
		t.Errorf("%d lines of the log name the trace, of two services", n)
	}
}

// TestUntraced: without an endpoint no span is made, and a trace still goes
// through.
func TestUntraced(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Register(t)
	signIn(t, s, person.Username, apitest.Password)
	seen := map[string]bool{}
	for line := range strings.Lines(s.Logs.String()) {
		for _, service := range []string{"auth", "users"} {
			if strings.Contains(line, `"service":"`+service+`"`) && strings.Contains(line, `"trace_id":"`+traceID+`"`) {
				seen[service] = true
			}
		}
	}
	if !seen["auth"] || !seen["users"] {
		t.Errorf("the trace is in the log of %v", seen)
	}
}

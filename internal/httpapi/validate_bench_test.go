package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-chi/chi/v5"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
)

// BenchmarkValidation tells, for each operation of both documents, what looking
// it up, reading its body strictly and validating the request cost over the bare
// route: the same request to the same handler without them, in turns. The request
// is the document's own example.
//
//	go test -run '^$' -bench Validation ./internal/httpapi
func BenchmarkValidation(b *testing.B) {
	for _, service := range []struct {
		name     string
		document []byte
	}{{"users", usersapi.SpecJSON}, {"auth", authapi.SpecJSON}} {
		spec, err := LoadSpec(service.document, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, op := range spec.Operations() {
			b.Run(service.name+"/"+op.ID, func(b *testing.B) { benchmarkOperation(b, spec, op) })
		}
	}
}

// turn is how many requests are measured at a time; long enough for the clock,
// short enough that both sides see the same machine.
const turn = 200

func benchmarkOperation(b *testing.B, spec *Spec, op *Operation) {
	a := &API{options: Options{Spec: spec}}
	bare, validated := routed(op), routed(op, a.findOperation, a.validate)
	send := sender(b, op)
	var cost [2]struct {
		elapsed time.Duration
		allocs  uint64
	}
	rounds := 0
	for b.Loop() {
		for i, handler := range []http.Handler{bare, validated} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			for range turn {
				send(handler)
			}
			cost[i].elapsed += time.Since(began)
			runtime.ReadMemStats(&after)
			cost[i].allocs += after.Mallocs - before.Mallocs
		}
		rounds++
	}
	requests := float64(rounds * turn)
	b.ReportMetric(0, "ns/op") // of a turn of both: says nothing
	b.ReportMetric(float64((cost[1].elapsed-cost[0].elapsed).Nanoseconds())/1000/requests, "µs-over-bare/request")
	b.ReportMetric((float64(cost[1].allocs)-float64(cost[0].allocs))/requests, "allocs-over-bare/request")
	b.ReportMetric(float64(cost[0].elapsed.Nanoseconds())/1000/requests, "µs-bare/request")
}

// routed is one operation behind links, on a router as the chassis has it.
func routed(op *Operation, links ...func(http.Handler) http.Handler) http.Handler {
	router := chi.NewRouter()
	var operations chi.Router = router
	for _, with := range links {
		operations = operations.With(with)
	}
	operations.MethodFunc(op.Method, op.Pattern, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	})
	return router
}

// sender sends an operation's example. Whoever refuses it ends the benchmark.
func sender(b *testing.B, op *Operation) func(http.Handler) {
	target, header := op.Pattern, http.Header{}
	query := url.Values{}
	for _, p := range op.params {
		value := exampleOf(p)
		switch p.In {
		case openapi3.ParameterInPath:
			target = strings.Replace(target, "{"+p.Name+"}", url.PathEscape(value), 1)
		case openapi3.ParameterInQuery:
			query.Set(p.Name, value)
		case openapi3.ParameterInHeader:
			header.Set(p.Name, value)
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	body := bodyExample(b, op)
	if body != nil {
		header.Set("Content-Type", op.media)
	}
	template := httptest.NewRequest(op.Method, target, nil)
	template.Header = header
	return func(handler http.Handler) {
		r, release := withState(template, &state{}, nil, time.Minute)
		defer release()
		if body != nil {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != http.StatusNoContent {
			b.Fatalf("%s %s got %d", op.Method, target, w.Code)
		}
	}
}

func bodyExample(b *testing.B, op *Operation) []byte {
	if op.body == nil {
		return nil
	}
	example := op.spec.RequestBody.Value.Content[op.media].Example
	if op.media == mediaForm {
		form := url.Values{}
		for name, value := range example.(map[string]any) {
			form.Set(name, fmt.Sprint(value))
		}
		return []byte(form.Encode())
	}
	text, err := json.Marshal(example)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// exampleOf is a parameter's example, or what fits its schema.
func exampleOf(p *openapi3.Parameter) string {
	schema := p.Schema.Value
	switch {
	case p.Example != nil:
		return fmt.Sprint(p.Example)
	case schema.Example != nil:
		return fmt.Sprint(schema.Example)
	case len(schema.Enum) > 0:
		return fmt.Sprint(schema.Enum[0])
	case schema.Format == "uuid":
		return testSubject
	case schema.Format == "date-time":
		return "2026-11-24T09:30:00Z"
	case schema.Type.Is(openapi3.TypeBoolean):
		return "true"
	case schema.Type.Is(openapi3.TypeInteger):
		return "50"
	}
	return strings.Repeat("x", max(3, int(schema.MinLength)))
}

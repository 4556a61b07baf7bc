package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/gen/usersapi"
)

// bodies are a usual one, createUser's example, and what is hard to read.
func bodies(b *testing.B) map[string][]byte {
	b.Helper()
	spec, err := LoadSpec(usersapi.SpecJSON, nil)
	if err != nil {
		b.Fatal(err)
	}
	return map[string][]byte{
		"createUser": bodyExample(b, spec.Operation(http.MethodPost, "/users")),
		"escapes":    []byte(`{"username":"` + strings.Repeat(`\u00e9\n`, 100) + `"}`),
		"numbers":    []byte("[" + strings.Repeat("-12.5e3,", 100) + "0]"),
	}
}

// BenchmarkParseStrict is the strict reading of one body, without its schema.
func BenchmarkParseStrict(b *testing.B) {
	for name, body := range bodies(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parseStrict(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadBody is that from the request on: media type, size, and the body
// put back for the handler.
func BenchmarkReadBody(b *testing.B) {
	spec, err := LoadSpec(usersapi.SpecJSON, nil)
	if err != nil {
		b.Fatal(err)
	}
	op := spec.Operation(http.MethodPost, "/users")
	body := bodyExample(b, op)
	r, sent := httptest.NewRequest(op.Method, op.Pattern, bytes.NewReader(body)), bytes.NewReader(body)
	r.Header.Set("Content-Type", mediaJSON)
	kept := io.NopCloser(sent)
	b.ReportAllocs()
	for b.Loop() {
		sent.Reset(body)
		r.Body = kept
		if _, parsed, err := readBody(nil, r, op); !parsed || err != nil {
			b.Fatal(parsed, err)
		}
	}
}

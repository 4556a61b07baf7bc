package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/latchkey-id/latchkey/token"
)

// BenchmarkBearer is the bearer check of one request, as the chain has it: of a
// token that this process has seen before, of one that it has not, and where
// none is needed.
func BenchmarkBearer(b *testing.B) {
	verifier := func() *token.Verifier {
		return &token.Verifier{Issuer: testIssuer, Audience: Audience, Keys: token.NewStatic(publicKey())}
	}
	run := func(b *testing.B, op *Operation, fresh bool) {
		a := &API{options: Options{Verifier: verifier()}}
		handler := a.bearer(http.HandlerFunc(empty))
		r, s, w := httptest.NewRequest(http.MethodGet, "/own", nil), &state{}, newSink()
		withToken(b, person())(r)
		r = knownRequest(r, s)
		verifiers := make([]*token.Verifier, 64)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if fresh {
				if i%len(verifiers) == 0 {
					b.StopTimer()
					for i := range verifiers {
						verifiers[i] = verifier()
					}
					b.StartTimer()
				}
				a.options.Verifier = verifiers[i%len(verifiers)]
			}
			*s = state{Context: s.Context, route: s.route, op: op}
			handler.ServeHTTP(w, r)
			w.mustBe(b, http.StatusNoContent)
		}
	}
	own := &Operation{bearer: bearerRequired, Access: Access{Self: true}}
	b.Run("cached", func(b *testing.B) { run(b, own, false) })
	b.Run("first seen", func(b *testing.B) { run(b, own, true) })
	b.Run("ignored", func(b *testing.B) { run(b, &Operation{bearer: bearerIgnored}, false) })
}

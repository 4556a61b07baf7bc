package rest

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// FuzzUsersProblem: whatever the users service, or something in between, answers
// in its place is one of the faults that are passed on, or none of the client's.
func FuzzUsersProblem(f *testing.F) {
	for _, c := range []struct{ body, wait string }{
		{`{"code":"invalid_credentials","detail":"No."}`, ""}, {`{"code":"rate_limited"}`, "7"}, {`{"code":"throttled"}`, "-5"},
		{`{"code":"overloaded"}`, "9999999999999"}, {`{"code":"forbidden","status":403}`, "1"}, {"<html>", "Mon, 01 Jan 2029 00:00:00 GMT"},
		{`{"code":"invalid_request","errors":[{"pointer":"/x","detail":"y"}],"reasons":[]}`, ""}, {`{"code":{}}`, ""}, {"null", ""},
	} {
		f.Add([]byte(c.body), c.wait)
	}
	f.Fuzz(func(t *testing.T, body []byte, wait string) {
		var made *fault.Error
		if !errors.As(faultOf(&http.Response{StatusCode: 401, Header: http.Header{"Retry-After": {wait}}}, body), &made) {
			t.Fatalf("%q is no fault", body)
		}
		if kind, ok := relayed[made.Code]; made.Kind != kind || !ok && made.Code != fault.CodeDependencyUnavailable {
			if made.Code != fault.CodeDependencyUnavailable {
				t.Fatalf("%q becomes %v", body, made)
			}
		}
		if made.RetryAfter < 0 || made.RetryAfter > (1<<31)*time.Second {
			t.Fatalf("Retry-After %q becomes %v", wait, made.RetryAfter)
		}
	})
}

// FuzzRefreshCookie: what the handlers see has one cookie of ours that could be a
// token, or none, and the cookies of others as they came.
func FuzzRefreshCookie(f *testing.F) {
	const token = "v1.01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, text := range []string{
		"", RefreshCookie + "=" + token, RefreshCookie + "=x; a=b", RefreshCookie + "=" + token + "; " + RefreshCookie + "=" + token,
		RefreshCookie + `="` + token + `"`, "a=b; =; ; c", RefreshCookie + "=; z=\x7f",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, header string) {
		others := func(r *http.Request) (all []string) {
			for _, c := range r.Cookies() {
				if c.Name != RefreshCookie {
					all = append(all, c.Name+"="+c.Value)
				}
			}
			return all
		}
		r := &http.Request{Header: http.Header{"Cookie": {header}}}
		before, seen := len(others(r)), false
		wellFormedCookie(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			seen = true
			found := r.CookiesNamed(RefreshCookie)
			if len(found) > 1 || len(found) == 1 && !auth.LooksLikeRefreshToken(found[0].Value) {
				t.Errorf("%q leaves %v", header, found)
			}
			if after := others(r); len(after) != before {
				t.Errorf("%q leaves %q", header, after)
			}
		})).ServeHTTP(nil, r)
		if !seen {
			t.Error("the handler was not asked")
		}
	})
}

package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/client"
	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
)

const taken = `{"type":"urn:latchkey:problem:username_taken","title":"The username is taken","status":409,
	"detail":"Another account has this username.","code":"username_taken","request_id":"r-1"}`

// What a service, or a proxy before it, may answer to a request for a token,
// and what Check makes of it.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status   int
		media    string
		body     string
		wait     string
		want     client.Error
		says     string
		accepted bool
	}{
		"well": {status: 200, media: "application/json", body: `{"access_token":"a"}`, accepted: true},
		"a problem": {
			status: 409, media: "application/problem+json", body: taken,
			want: client.Error{Code: sharedapi.ProblemCodeUsernameTaken, Detail: "Another account has this username."},
			says: "409 username_taken: Another account has this username. (request r-1)",
		},
		"a problem with parameters of the media type": {
			status: 503, media: "application/problem+json; charset=utf-8", body: strings.ReplaceAll(taken, "username_taken", "overloaded"), wait: "3",
			want: client.Error{Code: sharedapi.ProblemCodeOverloaded, Detail: "Another account has this username.", RetryAfter: 3 * time.Second},
			says: "503 overloaded: Another account has this username. (request r-1)",
		},
		"a code of a later version": {
			status: 418, media: "application/problem+json", body: strings.ReplaceAll(taken, "username_taken", "teapot"),
			want: client.Error{Code: "teapot", Detail: "Another account has this username."},
			says: "418 teapot: Another account has this username. (request r-1)",
		},
		"an OAuth error": {
			status: 401, media: "application/json", body: `{"error":"invalid_client","error_description":"No."}`,
			want: client.Error{OAuth: authclient.InvalidClient, Detail: "No."},
			says: "401 invalid_client: No. (request r-1)",
		},
		"a proxy's page":     {status: 502, media: "text/html", body: "<h1>Bad gateway</h1>", says: "502 Bad Gateway (request r-1)"},
		"a proxy's JSON":     {status: 502, media: "application/json", body: `{"message":"no"}`, says: "502 Bad Gateway (request r-1)"},
		"nothing":            {status: 504, says: "504 Gateway Timeout (request r-1)"},
		"a garbled problem":  {status: 404, media: "application/problem+json", body: "<", says: "404 Not Found (request r-1)"},
		"a garbled type":     {status: 404, media: "a/b/c;", body: taken, says: "404 Not Found (request r-1)"},
		"an odd Retry-After": {status: 404, media: "text/plain", wait: "-5", says: "404 Not Found (request r-1)"},
		"a date": {
			status: 404, media: "text/plain", wait: time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat),
			says: "404 Not Found (request r-1)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Request-Id", "r-1")
				if w.Header()["Content-Type"] = nil; c.media != "" {
					w.Header().Set("Content-Type", c.media)
				}
				if c.wait != "" {
					w.Header().Set("Retry-After", c.wait)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body)) // the client reads it all
			}))
			defer service.Close()
			auth, err := authclient.NewClientWithResponses(service.URL)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := client.Check(auth.IssueTokenWithFormdataBodyWithResponse(t.Context(), authclient.TokenRequest{GrantType: "client_credentials"}))
			if c.accepted {
				if err != nil || answer.JSON200.AccessToken != "a" {
					t.Fatalf("%+v, %v", answer, err)
				}
				return
			}
			var got *client.Error
			if !errors.As(err, &got) || answer == nil {
				t.Fatalf("%v is no *client.Error", err)
			}
			c.want.Status, c.want.RequestID, c.want.Problem = c.status, "r-1", got.Problem
			if *got != c.want || err.Error() != c.says || (got.Problem != nil) != (c.want.Code != "") {
				t.Errorf("%+v\n%v\nwant %+v\n%s", *got, err, c.want, c.says)
			}
		})
	}
}

// A date far off, as a proxy may send one, is a time to wait.
func TestADateIsAWait(t *testing.T) {
	t.Parallel()
	at := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	_, err := client.Check[client.Answer](fixed{http.Header{"Retry-After": {at}}}, nil)
	var got *client.Error
	if !errors.As(err, &got) || got.RetryAfter < 59*time.Minute || got.RetryAfter > time.Hour {
		t.Errorf("%+v", err)
	}
}

// fixed is an answer of a client that is not ours.
type fixed struct{ header http.Header }

func (fixed) StatusCode() int             { return http.StatusServiceUnavailable }
func (f fixed) Header() http.Header       { return f.header }
func (fixed) Problem() *sharedapi.Problem { return nil }

// Without an answer there is the call's own error, and what Bearer was told.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	lost := errors.New("no token today")
	auth, err := authclient.NewClientWithResponses("http://127.0.0.1:1", authclient.WithRequestEditorFn(
		client.Bearer(func(context.Context) (string, error) { return "", lost })))
	if err != nil {
		t.Fatal(err)
	}
	var refusal *client.Error
	answer, err := client.Check(auth.GetMeWithResponse(t.Context()))
	if answer != nil || !errors.Is(err, lost) || errors.As(err, &refusal) {
		t.Errorf("%+v, %v", answer, err)
	}
}

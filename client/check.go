package client

import (
	"net/http"
	"time"

	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
)

// Answer is what every operation of the generated clients gives.
type Answer interface {
	StatusCode() int
	Header() http.Header
	Problem() *sharedapi.Problem
}

// Check takes both results of a call. It gives the call's own error where there
// was no answer, an *Error where the answer is one (4xx and 5xx), and otherwise
// the answer, which it also gives with an *Error.
//
//	found, err := client.Check(users.GetUserWithResponse(ctx, "ada", nil))
func Check[A Answer](answer A, err error) (A, error) {
	if err != nil || answer.StatusCode() < http.StatusBadRequest {
		return answer, err
	}
	return answer, errorOf(answer)
}

func errorOf(answer Answer) *Error {
	header := answer.Header()
	e := &Error{
		Status: answer.StatusCode(), RequestID: header.Get("X-Request-Id"),
		RetryAfter: retryAfter(header, time.Now()), Problem: answer.Problem(),
	}
	if e.Problem != nil {
		e.Code, e.Detail = e.Problem.Code, e.Problem.Detail
		return e
	}
	withOAuth, ok := answer.(interface{ OAuthError() *authclient.OAuthError })
	if !ok {
		return e
	}
	if oauth := withOAuth.OAuthError(); oauth != nil {
		e.OAuth, e.Detail = oauth.Error, oauth.ErrorDescription
	}
	return e
}

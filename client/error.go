package client

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
)

// Error is an answer that says no. Branch on Code; what is said in words is for
// people and may change.
type Error struct {
	// Status is the answer's HTTP status.
	Status int
	// Code is the reason. It is empty where the answer holds no problem document:
	// an OAuth error has its own code, and a proxy's error has none.
	Code sharedapi.ProblemCode
	// OAuth is the reason as the operations under /oauth/ say it (RFC 6749).
	OAuth authclient.OAuthErrorCode
	// Detail is what went wrong this time, for a person.
	Detail string
	// RequestID is what the service's operators find in their logs.
	RequestID string
	// RetryAfter is how long to wait before another try; 0 where the answer does
	// not ask for one.
	RetryAfter time.Duration
	// Problem is the whole document, with the places in the request that are wrong
	// and the reasons against a password; nil where there is none.
	Problem *sharedapi.Problem
}

// Error has the status, the reason and the request's id.
func (e *Error) Error() string {
	reason := string(e.Code)
	if e.OAuth != "" {
		reason = string(e.OAuth)
	}
	if reason == "" {
		reason = http.StatusText(e.Status)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", e.Status, reason)
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// retryAfter reads the header's seconds. Proxies may send a date (RFC 9110,
// section 10.2.3).
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// statuses is the one table from a kind of fault to an HTTP status.
var statuses = map[fault.Kind]int{
	fault.Internal:             http.StatusInternalServerError,
	fault.Invalid:              http.StatusBadRequest,
	fault.Unauthenticated:      http.StatusUnauthorized,
	fault.Forbidden:            http.StatusForbidden,
	fault.NotFound:             http.StatusNotFound,
	fault.MethodNotAllowed:     http.StatusMethodNotAllowed,
	fault.Conflict:             http.StatusConflict,
	fault.PreconditionFailed:   http.StatusPreconditionFailed,
	fault.TooLarge:             http.StatusRequestEntityTooLarge,
	fault.UnsupportedMediaType: http.StatusUnsupportedMediaType,
	fault.Unprocessable:        http.StatusUnprocessableEntity,
	fault.RateLimited:          http.StatusTooManyRequests,
	fault.HeadersTooLarge:      http.StatusRequestHeaderFieldsTooLarge,
	fault.Unavailable:          http.StatusServiceUnavailable,
}

// titles are the same for every problem of a code (RFC 9457, section 3.1.3).
var titles = map[fault.Code]string{
	fault.CodeInternal:              "Internal error",
	fault.CodeInvalidRequest:        "The request is not valid",
	fault.CodeInvalidCredentials:    "The login or the password is wrong",
	fault.CodeInvalidToken:          "The token is not valid",
	fault.CodeUnauthorized:          "Authentication is required",
	fault.CodeForbidden:             "The caller lacks the right",
	fault.CodeEmailNotVerified:      "The address is not confirmed",
	fault.CodeNotFound:              "Not found",
	fault.CodeMethodNotAllowed:      "The method is not allowed",
	fault.CodeUsernameTaken:         "The username is taken",
	fault.CodeEmailTaken:            "The email is taken",
	fault.CodeLastAdmin:             "The last admin must stay",
	fault.CodeRoleInUse:             "The role is in use",
	fault.CodeKeyTooYoung:           "The key is too young",
	fault.CodeKeyNotPending:         "The key is not pending",
	fault.CodeKeyActive:             "The key is active",
	fault.CodeTooManyKeys:           "There are too many keys",
	fault.CodeVersionMismatch:       "The version does not match",
	fault.CodeBodyTooLarge:          "The body is too large",
	fault.CodeUnsupportedMediaType:  "The media type is not supported",
	fault.CodePasswordRejected:      "The password was refused",
	fault.CodeRateLimited:           "Too many requests",
	fault.CodeIdempotencyMismatch:   "The Idempotency-Key was used otherwise",
	fault.CodeIdempotencyInProgress: "The request is still running",
	fault.CodeThrottled:             "Too many failed sign-ins",
	fault.CodeHeadersTooLarge:       "The headers are too large",
	fault.CodeOverloaded:            "The service is overloaded",
	fault.CodeDependencyUnavailable: "A dependency is unavailable",
}

// problem is the document on the wire. Its members are those of Problem in
// api/shared.yaml; a test holds the two together.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      fault.Code     `json:"code"`
	RequestID string         `json:"request_id"`
	Errors    []problemField `json:"errors,omitempty"`
	Reasons   []string       `json:"reasons,omitempty"`
}

type problemField struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// maxProblemFields bounds the errors of one answer (maxItems in the spec).
const maxProblemFields = 32

// defaultRetryAfter is what a 503 asks for when the fault does not say.
const defaultRetryAfter = time.Second

// Write answers with the problem document of err, or with OAuth's form of it
// where the operation is OAuth's. Whatever is not a fault is an internal error;
// its text goes to the log and never to the client. Every door of the service
// ends here.
func Write(w http.ResponseWriter, r *http.Request, err error) {
	f := toFault(err)
	state := stateOf(r.Context())
	state.err = err
	header := w.Header()
	switch f.Kind {
	case fault.Unauthenticated:
		header.Set("WWW-Authenticate", state.challenge())
	case fault.Conflict:
		if f.RetryAfter > 0 {
			header.Set("Retry-After", seconds(f.RetryAfter, time.Second))
		}
	case fault.Unavailable:
		header.Set("Retry-After", seconds(f.RetryAfter, defaultRetryAfter))
	case fault.RateLimited:
		if f.RetryAfter > 0 || header.Get("Retry-After") == "" {
			header.Set("Retry-After", seconds(f.RetryAfter, time.Minute))
		}
	}
	var doc any = problemOf(f, state.id)
	media := "application/problem+json"
	if state.oauth {
		doc, media = oauthErrorOf(f), mediaJSON
	}
	body, marshalErr := json.Marshal(doc)
	if marshalErr != nil { // strings and numbers only: it can't
		body = []byte(`{}`)
	}
	body = append(body, '\n') // for terminals
	header.Set("Content-Type", media)
	header.Set("Cache-Control", "no-store")
	header.Del("ETag")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(statuses[f.Kind])
	_, _ = w.Write(body)
}

func problemOf(f *fault.Error, requestID string) problem {
	doc := problem{
		Type:      "urn:latchkey:problem:" + string(f.Code),
		Title:     titles[f.Code],
		Status:    statuses[f.Kind],
		Detail:    f.Detail,
		Code:      f.Code,
		RequestID: requestID,
		Reasons:   f.Reasons,
	}
	for _, field := range f.Fields[:min(len(f.Fields), maxProblemFields)] {
		doc.Errors = append(doc.Errors, problemField(field))
	}
	return doc
}

// challenge is how to authenticate (RFC 9110, section 11.6.1).
func (s *state) challenge() string {
	if s.oauth {
		return `Basic realm="latchkey"`
	}
	return "Bearer"
}

// toFault finds the fault in err. A request that ran out of its deadline is
// the service's lack of time, not a defect.
func toFault(err error) *fault.Error {
	if f := fault.As(err); f != nil {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fault.ErrOverloaded
	}
	return fault.ErrInternal
}

func seconds(d, otherwise time.Duration) string {
	if d <= 0 {
		d = otherwise
	}
	return decimal(int(math.Ceil(d.Seconds())))
}

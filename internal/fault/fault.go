package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure it is; the HTTP status follows from it alone.
type Kind uint8

// The kinds. Each comment names the status that internal/httpapi gives it.
const (
	Internal             Kind = iota // 500: a defect of ours
	Invalid                          // 400: the input breaks the contract
	Unauthenticated                  // 401: no valid credential
	Forbidden                        // 403: a known caller without the right
	NotFound                         // 404: absent, or not this caller's to see
	MethodNotAllowed                 // 405
	Conflict                         // 409: the state forbids it
	PreconditionFailed               // 412: If-Match does not hold
	TooLarge                         // 413: body over the limit
	UnsupportedMediaType             // 415: media type or content encoding
	Unprocessable                    // 422: well formed, refused by a rule
	RateLimited                      // 429: a declared limit is spent
	HeadersTooLarge                  // 431
	Unavailable                      // 503: overload or a dependency's fault
)

// Code is the machine-readable reason in a problem document: a closed set that
// api/shared.yaml lists as ProblemCode. A test holds the two equal.
type Code string

// Codes, by the Kind they come with.
const (
	CodeInternal              Code = "internal_error"
	CodeInvalidRequest        Code = "invalid_request"
	CodeInvalidCredentials    Code = "invalid_credentials"
	CodeInvalidToken          Code = "invalid_token"
	CodeUnauthorized          Code = "unauthorized"
	CodeForbidden             Code = "forbidden"
	CodeEmailNotVerified      Code = "email_not_verified"
	CodeNotFound              Code = "not_found"
	CodeMethodNotAllowed      Code = "method_not_allowed"
	CodeUsernameTaken         Code = "username_taken"
	CodeEmailTaken            Code = "email_taken"
	CodeLastAdmin             Code = "last_admin"
	CodeRoleInUse             Code = "role_in_use"
	CodeKeyTooYoung           Code = "key_too_young"
	CodeKeyNotPending         Code = "key_not_pending"
	CodeKeyActive             Code = "key_active"
	CodeTooManyKeys           Code = "too_many_keys"
	CodeVersionMismatch       Code = "version_mismatch"
	CodeBodyTooLarge          Code = "body_too_large"
	CodeUnsupportedMediaType  Code = "unsupported_media_type"
	CodePasswordRejected      Code = "password_rejected"
	CodeIdempotencyMismatch   Code = "idempotency_mismatch"
	CodeIdempotencyInProgress Code = "idempotency_in_progress"
	CodeRateLimited           Code = "rate_limited"
	CodeThrottled             Code = "throttled"
	CodeHeadersTooLarge       Code = "headers_too_large"
	CodeOverloaded            Code = "overloaded"
	CodeDependencyUnavailable Code = "dependency_unavailable"
)

// Codes of what answers as OAuth does (RFC 6749, section 5.2; RFC 7009): under
// /oauth/ alone, and beside CodeInvalidRequest. The last three stand for what is
// told more exactly elsewhere.
const (
	CodeInvalidClient          Code = "invalid_client"
	CodeInvalidGrant           Code = "invalid_grant"
	CodeInvalidScope           Code = "invalid_scope"
	CodeUnsupportedGrantType   Code = "unsupported_grant_type"
	CodeAccessDenied           Code = "access_denied"
	CodeServerError            Code = "server_error"
	CodeTemporarilyUnavailable Code = "temporarily_unavailable"
)

// OAuthCodes lists the codes that OAuth's answers may have, for the test that
// compares them with OAuthErrorCode in api/auth.yaml.
func OAuthCodes() []Code {
	return []Code{
		CodeInvalidRequest, CodeInvalidClient, CodeInvalidGrant, CodeInvalidScope, CodeUnsupportedGrantType,
		CodeAccessDenied, CodeServerError, CodeTemporarilyUnavailable,
	}
}

// Codes lists every Code of problem documents once, for the test that compares it with the spec.
func Codes() []Code {
	return []Code{
		CodeInternal, CodeInvalidRequest, CodeInvalidCredentials, CodeInvalidToken, CodeUnauthorized,
		CodeForbidden, CodeEmailNotVerified, CodeNotFound, CodeMethodNotAllowed, CodeUsernameTaken, CodeEmailTaken, CodeLastAdmin, CodeRoleInUse,
		CodeVersionMismatch, CodeBodyTooLarge, CodeUnsupportedMediaType, CodePasswordRejected, CodeRateLimited, CodeThrottled,
		CodeIdempotencyMismatch, CodeIdempotencyInProgress, CodeKeyTooYoung, CodeKeyNotPending, CodeKeyActive, CodeTooManyKeys,
		CodeHeadersTooLarge, CodeOverloaded, CodeDependencyUnavailable,
	}
}

// Field is one thing wrong with the input.
type Field struct {
	// Pointer is a JSON pointer into the body (RFC 6901, "/username"), or
	// "query.limit", "path.user", "header.If-Match".
	Pointer string
	// Detail is a sentence for a person. It never repeats the value.
	Detail string
}

// Error is a failure with everything the caller may be told, and a cause that
// only the log sees.
type Error struct {
	Kind   Kind
	Code   Code
	Detail string // for a person; no SQL, no Go text, no secret
	Fields []Field
	// Reasons say why a password was refused (PasswordReason in the spec).
	Reasons []string
	// RetryAfter is when another try makes sense, rounded up to seconds on the
	// wire. Zero leaves the choice to the edge.
	RetryAfter time.Duration
	// Cause is for the log alone.
	Cause error
}

// Error gives the code and the cause, for logs. It is not what a client sees.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Cause)
	}
	if e.Detail != "" {
		return fmt.Sprintf("%s: %s", e.Code, e.Detail)
	}
	return string(e.Code)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes two faults of the same code equal to errors.Is, whatever their
// detail or cause.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Kind == e.Kind
}

// New makes a fault.
func New(kind Kind, code Code, detail string) *Error {
	return &Error{Kind: kind, Code: code, Detail: detail}
}

// Because returns a copy of e that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// After returns a copy of e that tells the caller when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Fields makes a 400 that points at what is wrong.
func Fields(fields ...Field) *Error {
	return &Error{Kind: Invalid, Code: CodeInvalidRequest, Detail: "The request does not fit the contract.", Fields: fields}
}

// Faults that more than one package returns.
var (
	ErrOverloaded = New(Unavailable, CodeOverloaded, "The service is busy. Try again shortly.")
	ErrDependency = New(Unavailable, CodeDependencyUnavailable, "Something this service depends on does not answer. Try again shortly.")
	ErrNotFound   = New(NotFound, CodeNotFound, "There is no such resource.")
	ErrForbidden  = New(Forbidden, CodeForbidden, "The caller lacks the right to do this.")
	// ErrUnauthorized is a missing or refused bearer token; why is never said.
	ErrUnauthorized = New(Unauthenticated, CodeUnauthorized, "A valid bearer token is required.")
	ErrInternal     = New(Internal, CodeInternal, "Something went wrong on our side.")
)

// As finds the fault in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// relayed are the answers of the users service that mean the same to this
// service's own client. Everything else, and above all a 401 or 403 for our
// own token, is a fault between the two services and never the client's.
var relayed = map[fault.Code]fault.Kind{
	fault.CodeInvalidRequest:      fault.Invalid,
	fault.CodeInvalidCredentials:  fault.Unauthenticated,
	fault.CodeNotFound:            fault.NotFound,
	fault.CodeUsernameTaken:       fault.Conflict,
	fault.CodeEmailTaken:          fault.Conflict,
	fault.CodeLastAdmin:           fault.Conflict,
	fault.CodePasswordRejected:    fault.Unprocessable,
	fault.CodeIdempotencyMismatch: fault.Unprocessable,
	fault.CodeRateLimited:         fault.RateLimited,
	fault.CodeThrottled:           fault.RateLimited,
	fault.CodeOverloaded:          fault.Unavailable,
}

// faultOf turns an answer that is no success into this service's fault.
func faultOf(r *http.Response, body []byte) error {
	var p sharedapi.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		return fault.ErrDependency.Because(fmt.Errorf("users answered %d without a problem document", r.StatusCode))
	}
	kind, ok := relayed[fault.Code(p.Code)]
	if !ok {
		return fault.ErrDependency.Because(fmt.Errorf("users answered %d %s", r.StatusCode, p.Code))
	}
	made := fault.New(kind, fault.Code(p.Code), p.Detail)
	made.Cause = errors.New("relayed from users")
	if wait, err := strconv.ParseUint(r.Header.Get("Retry-After"), 10, 31); err == nil { // neither negative nor past a Duration
		made.RetryAfter = time.Duration(wait) * time.Second
	}
	if p.Errors != nil {
		for _, field := range *p.Errors {
			made.Fields = append(made.Fields, fault.Field{Pointer: field.Pointer, Detail: field.Detail})
		}
	}
	if p.Reasons != nil {
		made.Reasons = *p.Reasons
	}
	return made
}

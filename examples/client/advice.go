package main

import (
	"errors"
	"fmt"

	"github.com/latchkey-id/latchkey/client"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
)

// advice is what a program does about a problem.
type advice string

const (
	unknown     advice = "" // a code of a later version of the contract
	tryAgain    advice = "try again, after Retry-After"
	readAgain   advice = "read it again, then decide"
	signInAgain advice = "sign in again"
	askPerson   advice = "let the person enter something else"
	askAdmin    advice = "ask an administrator for the right"
	leaveIt     advice = "leave it: the service is in a state that forbids it"
	mendProgram advice = "mend this program: it sent what the contract does not allow"
	reportIt    advice = "report it, with the request's id"
)

// adviceOn has a case for every code. golangci-lint's exhaustive says which one
// is missing when a new version of the contract brings another.
func adviceOn(code sharedapi.ProblemCode) advice {
	switch code {
	case sharedapi.ProblemCodeRateLimited, sharedapi.ProblemCodeThrottled, sharedapi.ProblemCodeOverloaded,
		sharedapi.ProblemCodeDependencyUnavailable, sharedapi.ProblemCodeIdempotencyInProgress, sharedapi.ProblemCodeKeyTooYoung:
		return tryAgain
	case sharedapi.ProblemCodeVersionMismatch:
		return readAgain
	case sharedapi.ProblemCodeUnauthorized, sharedapi.ProblemCodeInvalidToken:
		return signInAgain
	case sharedapi.ProblemCodeInvalidCredentials, sharedapi.ProblemCodeEmailNotVerified, sharedapi.ProblemCodeNotFound,
		sharedapi.ProblemCodeUsernameTaken, sharedapi.ProblemCodeEmailTaken, sharedapi.ProblemCodePasswordRejected:
		return askPerson
	case sharedapi.ProblemCodeForbidden:
		return askAdmin
	case sharedapi.ProblemCodeLastAdmin, sharedapi.ProblemCodeRoleInUse, sharedapi.ProblemCodeKeyNotPending,
		sharedapi.ProblemCodeKeyActive, sharedapi.ProblemCodeTooManyKeys:
		return leaveIt
	case sharedapi.ProblemCodeInvalidRequest, sharedapi.ProblemCodeMethodNotAllowed, sharedapi.ProblemCodeBodyTooLarge,
		sharedapi.ProblemCodeUnsupportedMediaType, sharedapi.ProblemCodeHeadersTooLarge, sharedapi.ProblemCodeIdempotencyMismatch:
		return mendProgram
	case sharedapi.ProblemCodeInternalError:
		return reportIt
	}
	return unknown
}

// codeOf is the code of an error that is a problem, and empty for any other.
func codeOf(err error) sharedapi.ProblemCode {
	var refusal *client.Error
	if !errors.As(err, &refusal) {
		return ""
	}
	return refusal.Code
}

// explain is an error with what to do about it.
func explain(err error) string {
	if what := adviceOn(codeOf(err)); what != unknown {
		return fmt.Sprintf("%v\n%s", err, what)
	}
	return err.Error()
}

package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

// accounts is the users service, reached over HTTP through its generated
// client, behind auth.Accounts.
type accounts struct {
	client *usersapi.ClientWithResponses
}

var _ auth.Accounts = accounts{}

// usersTimeout bounds one call, under the request's own deadline of 5 s. A
// sign-in may queue for 500 ms and hash for a second on a slow machine.
const usersTimeout = 4 * time.Second

// newAccounts makes the client. token gives the bearer token of each call.
func newAccounts(url string, token func() (string, error)) (accounts, error) {
	transport := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   time.Second,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       60 * time.Second, // under the server's 90 s
		ResponseHeaderTimeout: usersTimeout,
		DisableCompression:    true,
	}
	client, err := usersapi.NewClientWithResponses(url,
		usersapi.WithHTTPClient(&http.Client{Transport: transport, Timeout: usersTimeout}),
		usersapi.WithRequestEditorFn(func(ctx context.Context, r *http.Request) error {
			bearer, err := token()
			if err != nil {
				return err
			}
			r.Header.Set("Authorization", "Bearer "+bearer)
			r.Header.Set("X-Request-Id", httpapi.RequestID(ctx))
			r.Header.Set(httpapi.HeaderClientAddress, httpapi.OnNobodysBehalf)
			if address := httpapi.ClientAddress(ctx); address.IsValid() {
				r.Header.Set(httpapi.HeaderClientAddress, address.String())
				r.Header.Set(httpapi.HeaderClientUserAgent, httpapi.UserAgent(ctx))
			}
			return nil
		}))
	if err != nil {
		return accounts{}, fmt.Errorf("USERS_URL: %w", err)
	}
	return accounts{client: client}, nil
}

// Create makes an account with the role user.
func (a accounts) Create(ctx context.Context, r auth.Registration) (auth.Account, error) {
	answer, err := a.client.CreateUserWithResponse(ctx, &usersapi.CreateUserParams{}, usersapi.NewUser{
		Username: r.Username, Email: r.Email, Password: &r.Password, Roles: &usersapi.RoleNames{"user"},
	})
	if err != nil {
		return auth.Account{}, fault.ErrDependency.Because(err)
	}
	if answer.JSON201 == nil {
		return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
	}
	return accountOf(*answer.JSON201, 0), nil
}

// Verify checks a login and a password.
func (a accounts) Verify(ctx context.Context, login, password string) (auth.Account, error) {
	answer, err := a.client.VerifyCredentialsWithResponse(ctx, usersapi.Credentials{Login: login, Password: password})
	if err != nil {
		return auth.Account{}, fault.ErrDependency.Because(err)
	}
	if answer.JSON200 == nil {
		return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
	}
	return accountOf(answer.JSON200.User, answer.JSON200.CredentialEpoch), nil
}

// Standing asks how an account stands now.
func (a accounts) Standing(ctx context.Context, id uuid.UUID) (auth.Account, error) {
	answer, err := a.client.GetUserSecurityWithResponse(ctx, id)
	if err != nil {
		return auth.Account{}, fault.ErrDependency.Because(err)
	}
	if answer.JSON200 == nil {
		return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
	}
	return accountOf(answer.JSON200.User, answer.JSON200.CredentialEpoch), nil
}

// relayed are the answers of the users service that mean the same to this
// service's own client. Everything else, and above all a 401 or 403 for our
// own token, is a fault between the two services and never the client's.
var relayed = map[fault.Code]fault.Kind{
	fault.CodeInvalidRequest:     fault.Invalid,
	fault.CodeInvalidCredentials: fault.Unauthenticated,
	fault.CodeNotFound:           fault.NotFound,
	fault.CodeUsernameTaken:      fault.Conflict,
	fault.CodeEmailTaken:         fault.Conflict,
	fault.CodePasswordRejected:   fault.Unprocessable,
	fault.CodeRateLimited:        fault.RateLimited,
	fault.CodeThrottled:          fault.RateLimited,
	fault.CodeOverloaded:         fault.Unavailable,
}

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
	if wait, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil {
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

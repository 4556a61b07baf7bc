package rest

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersclient"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// accounts is the users service, reached over HTTP through its generated
// client and the link, behind auth.Accounts.
type accounts struct {
	client *usersclient.ClientWithResponses
	link   *link
}

var _ auth.Accounts = accounts{}

// newAccounts makes the client. trust are the authorities beside which no other
// may have signed users' certificate (nil: the system's), token gives the bearer token of each call, and
// renew has it made anew where users refuses it.
func newAccounts(url string, trust *x509.CertPool, token func() (string, error), renew func(context.Context) error, log *slog.Logger, watched *observe.Service) (accounts, error) {
	link := newLink(strings.TrimRight(url, "/")+"/readyz", trust, log)
	watched.Metrics.Calls().WatchBreaker(link.breaker.State)
	client, err := usersclient.NewClientWithResponses(url,
		usersclient.WithHTTPClient(measured{authorized{link: link, token: token, renew: renew}, watched}),
		usersclient.WithRequestEditorFn(func(ctx context.Context, r *http.Request) error {
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
	return accounts{client: client, link: link}, nil
}

// unanswered is a call without an answer: the users service's trouble.
func unanswered(err error) error {
	return fault.ErrDependency.Because(err).After(time.Second)
}

// Create makes an account with the role user.
func (a accounts) Create(ctx context.Context, r auth.Registration, key string) (auth.Account, error) {
	answer, err := a.client.CreateUserWithResponse(calling(ctx, "createUser"), &usersclient.CreateUserParams{IdempotencyKey: &key}, usersclient.NewUser{
		Username: r.Username, Email: r.Email, Password: &r.Password, Roles: &usersclient.RoleNames{"user"},
	})
	if err != nil {
		return auth.Account{}, unanswered(err)
	}
	if answer.JSON201 == nil {
		return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
	}
	return accountOf(*answer.JSON201, 0), nil
}

// Verify checks a login and a password.
func (a accounts) Verify(ctx context.Context, login, password string) (auth.Account, error) {
	answer, err := a.client.VerifyCredentialsWithResponse(calling(ctx, "verifyCredentials"), usersclient.Credentials{Login: login, Password: password})
	if err != nil {
		return auth.Account{}, unanswered(err)
	}
	if answer.JSON200 == nil {
		return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
	}
	return accountOf(answer.JSON200.User, answer.JSON200.CredentialEpoch), nil
}

// Standing asks how an account stands now.
func (a accounts) Standing(ctx context.Context, id uuid.UUID) (auth.Account, error) {
	answer, err := a.client.GetUserSecurityWithResponse(calling(ctx, "getUserSecurity"), id)
	if err != nil {
		return auth.Account{}, unanswered(err)
	}
	if answer.JSON200 == nil {
		return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
	}
	return accountOf(answer.JSON200.User, answer.JSON200.CredentialEpoch), nil
}

// FindByEmail finds a live account by its address.
func (a accounts) FindByEmail(ctx context.Context, email string) (auth.Account, error) {
	answer, err := a.client.GetUserByEmailWithResponse(calling(ctx, "getUserByEmail"), email, &usersclient.GetUserByEmailParams{})
	if err != nil {
		return auth.Account{}, unanswered(err)
	}
	if answer.JSON200 == nil {
		return auth.Account{}, nobodys(faultOf(answer.HTTPResponse, answer.Body))
	}
	return accountOf(*answer.JSON200, 0), nil
}

// FindByUsername finds a live account by its username.
func (a accounts) FindByUsername(ctx context.Context, username string) (auth.Account, error) {
	if _, err := uuid.Parse(username); err == nil && len(username) == len(uuid.Nil.String()) {
		return auth.Account{}, fault.ErrNotFound // the users service would take it for an id
	}
	answer, err := a.client.GetUserWithResponse(calling(ctx, "getUser"), username, &usersclient.GetUserParams{})
	if err != nil {
		return auth.Account{}, unanswered(err)
	}
	if answer.JSON200 == nil {
		return auth.Account{}, nobodys(faultOf(answer.HTTPResponse, answer.Body))
	}
	return accountOf(*answer.JSON200, 0), nil
}

// nobodys makes what can't be a name nobody's: the 400 is about the users
// service's path, which this service's own client has never seen.
func nobodys(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return fault.ErrNotFound
	}
	return err
}

// SetCredentials changes what an account signs in with, under its epoch.
func (a accounts) SetCredentials(ctx context.Context, id uuid.UUID, epoch int64, c auth.Credentials, key string) (auth.Account, error) {
	answer, err := a.client.UpdateCredentialsWithResponse(calling(ctx, "updateCredentials"), id, &usersclient.UpdateCredentialsParams{IdempotencyKey: &key}, usersclient.CredentialsPatch{
		CredentialEpoch: epoch, Password: c.Password, Email: c.Email, Username: c.Username, Verified: c.Verified,
	})
	switch {
	case err != nil:
		return auth.Account{}, unanswered(err)
	case answer.JSON200 != nil:
		return accountOf(answer.JSON200.User, answer.JSON200.CredentialEpoch), nil
	case answer.StatusCode() == http.StatusPreconditionFailed:
		return auth.Account{}, auth.ErrEpochMoved
	}
	return auth.Account{}, faultOf(answer.HTTPResponse, answer.Body)
}

// Delete deletes an account.
func (a accounts) Delete(ctx context.Context, id uuid.UUID) error {
	answer, err := a.client.DeleteUserWithResponse(calling(ctx, "deleteUser"), id, &usersclient.DeleteUserParams{})
	switch {
	case err != nil:
		return unanswered(err)
	case answer.StatusCode() == http.StatusNoContent:
		return nil
	}
	return faultOf(answer.HTTPResponse, answer.Body)
}

// PurgeUnverified removes an account that nobody has confirmed or changed.
func (a accounts) PurgeUnverified(ctx context.Context, id uuid.UUID) error {
	purge, untouched := true, `"1"`
	answer, err := a.client.DeleteUserWithResponse(calling(ctx, "deleteUser"), id, &usersclient.DeleteUserParams{Purge: &purge, IfMatch: &untouched})
	if err != nil {
		return unanswered(err)
	}
	switch answer.StatusCode() {
	case http.StatusNoContent:
		return nil
	case http.StatusPreconditionFailed, http.StatusForbidden, http.StatusNotFound:
		return auth.ErrEpochMoved
	}
	return faultOf(answer.HTTPResponse, answer.Body)
}

package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/users/rest"
	"github.com/latchkey-id/latchkey/token"
)

// TestS77EveryOperationRefuses: what the chassis does for an operation, it does
// for all of them, and as each declares it.
func TestS77EveryOperationRefuses(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.WalkRefusals(t, s.Users, "users")
	t.Run("a domain that panics", func(t *testing.T) {
		// There is no domain: the first use of it is one of a nil pointer.
		c := serve(t, s, &httpapi.Health{})
		c.Get(t, "/readyz", "").Problem(http.StatusServiceUnavailable, "overloaded") // it has not started
		s.WalkDefects(t, c, "users", "getLivez", "getReadyz", "getOpenapiJson", "getOpenapiYaml")
	})
	t.Run("a chassis that panics", func(t *testing.T) {
		// Whether it drains is the first thing that any request asks.
		s.WalkDefects(t, serve(t, s, nil), "users")
	})
}

// serve runs the service's own handler on nothing.
func serve(t *testing.T, s *apitest.System, health *httpapi.Health) *apitest.Client {
	t.Helper()
	keys := token.NewRemote(s.UsersConfig.JWKSURL, token.RemoteOptions{})
	go keys.Run(t.Context())
	verifier := &token.Verifier{Issuer: s.UsersConfig.PublicURL, Audience: httpapi.Audience, Keys: keys}
	router, err := rest.NewHandler(nil, rest.BeginSpec(s.UsersConfig), nil, s.UsersConfig, verifier, health, s.Logs.Logger("broken"), &observe.Service{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	return apitest.NewUsersClient(server.URL)
}

func TestS22EveryOperationIsLimited(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(_ *config.Auth, u *config.Users) {
		u.RateLimits, u.RateLimitOverrides = true, apitest.OnePerMinute("users")
	})
	s.WalkLimits(t, s.Users, "users")
}

func TestS77EveryOperationWithoutADatabase(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.Users.Get(t, "/users/"+uuid.NewString()+"/security", authIdentity(t, s)).Problem(http.StatusNotFound, "not_found")
	s.WalkOutage(t, s.Users, "users")
}

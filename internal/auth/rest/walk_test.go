package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth/rest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// TestS77EveryOperationRefuses: what the chassis does for an operation, it does
// for all of them, and as each declares it.
func TestS77EveryOperationRefuses(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.WalkRefusals(t, s.Auth, "auth")
	t.Run("a domain that panics", func(t *testing.T) {
		// There is no domain: the first use of it is one of a nil pointer.
		c := serve(t, s, &httpapi.Health{})
		c.Get(t, "/readyz", "").Problem(http.StatusServiceUnavailable, "overloaded") // it has not started
		s.WalkDefects(t, c, "auth", "getLivez", "getReadyz", "getOpenapiJson", "getOpenapiYaml",
			"getVerifyPage", "getResetPage", "getPageAsset", "getOauthMetadata", "verifyEmail", "resetPassword") // garbled tokens are known by their look
	})
	t.Run("a chassis that panics", func(t *testing.T) {
		// Whether it drains is the first thing that any request asks.
		s.WalkDefects(t, serve(t, s, nil), "auth")
	})
}

// serve runs the service's own handler on nothing.
func serve(t *testing.T, s *apitest.System, health *httpapi.Health) *apitest.Client {
	t.Helper()
	router, err := rest.NewHandler(nil, rest.BeginSpec(s.AuthConfig), nil, nil, s.AuthConfig, health, rest.Parts{Log: s.Logs.Logger("broken")}, &observe.Service{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	return apitest.NewAuthClient(server.URL)
}

func TestS22EveryOperationIsLimited(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) {
		a.RateLimits, a.RateLimitOverrides = true, apitest.OnePerMinute("auth")
	})
	s.WalkLimits(t, s.Auth, "auth")
}

func TestS77EveryOperationWithoutADatabase(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	s.WalkOutage(t, s.Auth, "auth", "verifyEmail", "resetPassword") // garbled tokens are known by their look
}

package rest_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/users/rest"
	"github.com/latchkey-id/latchkey/token"
)

// TestRoutesAreThePaths: what is routed is what the specification has, and the
// other way round. No request is made, so no domain is needed.
func TestRoutesAreThePaths(t *testing.T) {
	t.Parallel()
	c := config.Users{Common: config.Common{Docs: true}}
	router, err := rest.NewHandler(nil, rest.BeginSpec(c), nil, c, &token.Verifier{}, &httpapi.Health{}, nil, &observe.Service{})
	if err != nil {
		t.Fatal(err)
	}
	apitest.CheckRoutes(t, "users", router)
}

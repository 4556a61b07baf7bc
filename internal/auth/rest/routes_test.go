package rest_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth/rest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// TestRoutesAreThePaths: what is routed is what the specification has, and the
// other way round. No request is made, so no domain is needed.
func TestRoutesAreThePaths(t *testing.T) {
	t.Parallel()
	c := config.Auth{Common: config.Common{Docs: true}}
	router, err := rest.NewHandler(nil, rest.BeginSpec(c), nil, nil, c, &httpapi.Health{}, rest.Parts{}, &observe.Service{})
	if err != nil {
		t.Fatal(err)
	}
	apitest.CheckRoutes(t, "auth", router)
}

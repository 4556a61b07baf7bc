// Command auth runs the auth service, configured by the environment.
package main

import (
	"context"
	"os"

	"github.com/latchkey-id/latchkey/internal/auth/rest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
)

func main() { os.Exit(httpapi.Main(run)) }

func run(ctx context.Context) error {
	c, err := config.LoadAuth(os.Environ())
	if err != nil {
		return err
	}
	return rest.Run(ctx, c, rest.Parts{Log: observe.NewLogger(os.Stderr, c.LogFormat, c.LogLevel, "auth")})
}

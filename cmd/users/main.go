// Command users runs the users service, configured by the environment.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/users/rest"
)

func main() { os.Exit(httpapi.Main(run)) }

func run(ctx context.Context) error {
	c, err := config.LoadUsers(os.Environ())
	if err != nil {
		return err
	}
	return rest.Run(ctx, c, rest.Parts{
		Log: observe.NewLogger(os.Stderr, c.LogFormat, c.LogLevel, "users"),
		AdminMade: func(username, password string) {
			fmt.Printf("The first admin is %s with the password %s (shown once).\n", username, password)
		},
	})
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
)

// clientsCommand is what an operator does with other back ends, the clients
// that get tokens for themselves. All of it runs as the role that the auth
// service runs as.
type clientsCommand struct {
	Create       clientCreateCommand `cmd:"" help:"Make a client and print its secret, which is shown this once and stored nowhere. Exit code 3: the id is taken."`
	List         clientListCommand   `cmd:"" help:"List clients, by id."`
	RotateSecret clientRotateCommand `cmd:"" help:"Give a client another secret and print it, once. The one before stays good for the grace. Exit code 3: refused, nothing was changed."`
	Revoke       clientRevokeCommand `cmd:"" help:"End a client for good: no more tokens, and introspection calls those that it has inactive. Twice is once. Exit code 3: there is none."`
}

// withClients opens the clients for do. c is the auth service's configuration.
func withClients(ctx context.Context, do func(c config.Auth, clients *auth.Clients) error) error {
	return withAuthDatabase(ctx, func(c config.Auth, pool *pgxpool.Pool) error {
		return do(c, auth.NewClients(pool, "latchkey clients"))
	})
}

// refused says on standard error why a client is left as it is, and reports
// whether that is what err is.
func refused(id string, err error) bool {
	for _, why := range []error{auth.ErrNoClient, auth.ErrClientExists, auth.ErrClientRevoked, auth.ErrClientRotating} {
		if errors.Is(err, why) {
			fmt.Fprintf(os.Stderr, "client %s: %v\n", id, err)
			return true
		}
	}
	return false
}

// secretOutput is how a secret that is shown once is printed.
type secretOutput struct {
	DryRun bool `help:"Only say whether it would be done; nothing is made."`
	JSON   bool `help:"One JSON object."`
	Quiet  bool `help:"The secret and nothing else."`
}

// shown is a client with its new secret, as --json has it.
type shown struct {
	ID            string     `json:"client_id"`
	Secret        string     `json:"client_secret,omitempty"`
	Scopes        []string   `json:"scopes"`
	PreviousUntil *time.Time `json:"previous_until,omitempty"`
	DryRun        bool       `json:"dry_run,omitempty"`
}

// print prints it. A secret that could not be written is gone: rotate-secret
// --again makes another.
func (o secretOutput) print(s shown) error {
	s.DryRun = o.DryRun
	var err error
	switch {
	case o.JSON:
		err = json.NewEncoder(os.Stdout).Encode(s) //nolint:gosec // to show it, once, is what this is for
	case o.DryRun && o.Quiet:
	case o.DryRun:
		_, err = fmt.Printf("auth: client %s would get a secret\n", s.ID)
	case o.Quiet:
		_, err = fmt.Println(s.Secret)
	default:
		text := fmt.Sprintf("client_id      %s\nclient_secret  %s\nscopes         %s\n", s.ID, s.Secret, strings.Join(s.Scopes, " "))
		if s.PreviousUntil != nil {
			text += "auth: the secret before is good until " + s.PreviousUntil.UTC().Format(time.RFC3339) + "\n"
		}
		_, err = fmt.Print(text + "auth: the secret is not shown again\n")
	}
	return err
}

type clientCreateCommand struct {
	ID          string   `arg:"" help:"Its client_id: 3 to 64 of a-z, 0-9 and -, beginning with a letter. Never used again."`
	Scope       []string `required:"" name:"scope" help:"What its tokens may: users:read, users:write. Several by commas, or by more of this flag."`
	Description string   `help:"What it is, for people; at most 200 characters."`
	secretOutput

	refused bool // what main turns into exitPartly
}

// Run makes a client.
func (c *clientCreateCommand) Run(ctx context.Context) error {
	slices.Sort(c.Scope)
	wanted := auth.NewClient{ID: c.ID, Description: c.Description, Scopes: slices.Compact(c.Scope)}
	if err := wanted.Check(); err != nil {
		return err
	}
	return withClients(ctx, func(_ config.Auth, clients *auth.Clients) error {
		secret, err := c.make(ctx, clients, wanted)
		if c.refused = refused(c.ID, err); c.refused {
			return nil
		}
		if err != nil {
			return err
		}
		return c.print(shown{ID: c.ID, Secret: secret.Reveal(), Scopes: wanted.Scopes})
	})
}

func (c *clientCreateCommand) make(ctx context.Context, clients *auth.Clients, wanted auth.NewClient) (config.Secret, error) {
	if !c.DryRun {
		return clients.Create(ctx, wanted)
	}
	_, err := clients.Find(ctx, wanted.ID)
	switch {
	case errors.Is(err, auth.ErrNoClient):
		return "", nil
	case err == nil:
		err = auth.ErrClientExists
	}
	return "", err
}

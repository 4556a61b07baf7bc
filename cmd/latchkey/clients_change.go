package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
)

type clientRotateCommand struct {
	ID    string        `arg:"" help:"Which client."`
	Grace time.Duration `default:"24h" help:"For so long the secret before stays good, so that the back end can be given the new one. 0: all but the new one end at once."`
	Again bool          `help:"Replace the newest secret, such as one that got lost, while the one before the last rotation still stands; that stays good for the grace."`
	secretOutput

	refused bool // what main turns into exitPartly
}

// maxGrace keeps a slip from leaving an old secret good for years.
const maxGrace = 90 * 24 * time.Hour

// Run rotates a client's secret.
func (r *clientRotateCommand) Run(ctx context.Context) error {
	if r.Grace < 0 || r.Grace > maxGrace {
		return fmt.Errorf("--grace: must be 0 to %s", maxGrace)
	}
	return withClients(ctx, func(_ config.Auth, clients *auth.Clients) error {
		out, err := r.rotate(ctx, clients)
		if r.refused = refused(r.ID, err); r.refused {
			return nil
		}
		if err != nil {
			return err
		}
		return r.print(out)
	})
}

func (r *clientRotateCommand) rotate(ctx context.Context, clients *auth.Clients) (shown, error) {
	row, err := clients.Find(ctx, r.ID)
	if err != nil {
		return shown{}, err
	}
	out, rotation := shown{ID: r.ID, Scopes: row.Scopes}, auth.Rotation{Grace: r.Grace, Again: r.Again}
	if r.DryRun {
		return out, rotation.May(row)
	}
	secret, until, err := clients.RotateSecret(ctx, r.ID, rotation)
	out.Secret, out.PreviousUntil = secret.Reveal(), until
	return out, err
}

type clientRevokeCommand struct {
	ID     string `arg:"" help:"Which client."`
	DryRun bool   `help:"Only say whether it would be done."`
	JSON   bool   `help:"One JSON object."`

	refused bool // what main turns into exitPartly
}

// Run revokes a client. One that has been revoked is as it should be.
func (r *clientRevokeCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(c config.Auth, clients *auth.Clients) error {
		revoked, err := r.revoke(ctx, clients)
		if r.refused = refused(r.ID, err); r.refused {
			return nil
		}
		if err != nil {
			return err
		}
		if r.JSON {
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"client_id": r.ID, "revoked": revoked, "dry_run": r.DryRun})
		}
		switch {
		case !revoked:
			fmt.Printf("auth: client %s has been revoked before\n", r.ID)
		case r.DryRun:
			fmt.Printf("auth: client %s would be revoked\n", r.ID)
		default:
			fmt.Printf("auth: client %s is revoked; services that verify tokens by themselves honour those it has for up to %s (ACCESS_TTL)\n", r.ID, c.AccessTTL)
		}
		return nil
	})
}

func (r *clientRevokeCommand) revoke(ctx context.Context, clients *auth.Clients) (bool, error) {
	if !r.DryRun {
		return clients.Revoke(ctx, r.ID)
	}
	row, err := clients.Find(ctx, r.ID)
	return row.RevokedAt == nil, err
}

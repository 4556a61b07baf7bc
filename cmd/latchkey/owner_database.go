package main

import (
	"context"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// withOwner opens a service's database with its owner's rights
// (MIGRATE_DATABASE_URL and its like) for do: what the role that the service runs
// as may not, such as to change the audit. An interruption is an error.
func withOwner(ctx context.Context, service, name string, do func(*pgxpool.Pool) error) error {
	c, err := config.LoadMigrate(os.Environ(), service)
	if err != nil {
		return err
	}
	url := c.Auth
	if service == "users" {
		url = c.Users
	}
	pool, err := postgres.Open(ctx, url.Reveal(), postgres.Options{ApplicationName: name, MaxConns: 2})
	if err != nil {
		return uninterrupted(ctx, err)
	}
	defer pool.Close()
	return uninterrupted(ctx, do(pool))
}

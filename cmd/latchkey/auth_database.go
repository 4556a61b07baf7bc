package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// withAuthDatabase opens the auth service's database, as the role that the
// service runs as, for do. c is that service's configuration. An interruption is
// an error.
func withAuthDatabase(ctx context.Context, do func(c config.Auth, pool *pgxpool.Pool) error) error {
	return uninterrupted(ctx, openAuthDatabase(ctx, do))
}

func openAuthDatabase(ctx context.Context, do func(c config.Auth, pool *pgxpool.Pool) error) error {
	c, err := config.LoadAuthCommand(os.Environ())
	if err != nil {
		return err
	}
	pool, err := postgres.Prepare(ctx, postgres.Database{
		URL: c.Database().Reveal(), Migrations: db.Auth, Schema: "auth", After: []postgres.Step{jobs.Migrations()},
		MaxConns: 2, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	return do(c, pool)
}

// errInterrupted is not context.Canceled, of which main makes exit code 0: that
// would say that all is well.
var errInterrupted = errors.New("interrupted")

// uninterrupted gives err, or errInterrupted.
func uninterrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

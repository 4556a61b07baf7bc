package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/retention"
	"github.com/latchkey-id/latchkey/internal/users"
)

// expiredCommand removes what the services remove, as fast as it may.
type expiredCommand struct {
	Service string        `enum:"all,users,auth" default:"all" help:"Whose rows: users, auth, or all (the default)."`
	Pause   time.Duration `default:"20ms" help:"Rest so long after each 1,000 rows, for replicas and autovacuum to keep up."`
	DryRun  bool          `help:"Only say how many it would remove."`
}

// Run sweeps each table. It runs with the owners' rights (MIGRATE_DATABASE_URL
// and its like), or with those of the services: both may.
func (e *expiredCommand) Run(ctx context.Context) error {
	for _, one := range []struct {
		service string
		tables  func(*pgxpool.Pool) []retention.Table
	}{
		{"users", func(p *pgxpool.Pool) []retention.Table { return users.Expired(usersdb.New(p)) }},
		{"auth", func(p *pgxpool.Pool) []retention.Table { return auth.Expired(authdb.New(p)) }},
	} {
		if e.Service != "all" && e.Service != one.service {
			continue
		}
		err := withOwner(ctx, one.service, "latchkey prune", func(pool *pgxpool.Pool) error {
			for _, t := range one.tables(pool) {
				if err := e.sweep(ctx, one.service, t); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", one.service, err)
		}
	}
	return nil
}

// tellEvery is how often a long sweep says how far it is.
const tellEvery = 2 * time.Second

func (e *expiredCommand) sweep(ctx context.Context, service string, t retention.Table) error {
	if e.DryRun {
		n, err := t.Count(ctx)
		if err == nil {
			fmt.Printf("%s: %s: %d rows would be removed\n", service, t.Name, n)
		}
		return err
	}
	began := time.Now()
	told := began
	removed, err := retention.Sweep(ctx, t, e.Pause, func(n int64) {
		if time.Since(told) >= tellEvery {
			told = time.Now()
			fmt.Fprintf(os.Stderr, "%s: %s: %d rows so far, %.0f a second\n", service, t.Name, n, float64(n)/time.Since(began).Seconds())
		}
	})
	fmt.Printf("%s: %s: %d rows removed in %s\n", service, t.Name, removed, time.Since(began).Round(time.Millisecond))
	return err
}

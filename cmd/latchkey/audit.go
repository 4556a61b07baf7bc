package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

type auditCommand struct {
	Prune pruneCommand `cmd:"" help:"Remove audit events that are older than so long."`
}

type pruneCommand struct {
	Service   string        `enum:"all,users,auth" default:"all" help:"Whose events: users, auth, or all (the default)."`
	OlderThan time.Duration `required:"" help:"Keep what is younger, such as 8760h for a year."`
	DryRun    bool          `help:"Only say how many it would remove."`
}

// Run prunes with the owners' rights (MIGRATE_DATABASE_URL and its like).
func (p *pruneCommand) Run(ctx context.Context) error {
	c, err := config.LoadMigrate(os.Environ(), p.Service)
	if err != nil {
		return err
	}
	if p.OlderThan < time.Hour {
		return fmt.Errorf("--older-than: must be at least 1h")
	}
	before := time.Now().Add(-p.OlderThan)
	for _, one := range []struct {
		service string
		url     config.Secret
		prune   func(*pgxpool.Pool) (int64, error)
	}{
		{"users", c.Users, func(owner *pgxpool.Pool) (int64, error) {
			return audit.Prune(ctx, usersdb.New(owner), before, p.DryRun)
		}},
		{"auth", c.Auth, func(owner *pgxpool.Pool) (int64, error) {
			return audit.Prune(ctx, authdb.New(owner), before, p.DryRun)
		}},
	} {
		if p.Service != "all" && p.Service != one.service {
			continue
		}
		if err := p.pruneOne(ctx, one.service, one.url, one.prune); err != nil {
			return fmt.Errorf("%s: %w", one.service, err)
		}
	}
	return nil
}

// pruneOne tells what was removed, also where it failed on the way.
func (p *pruneCommand) pruneOne(ctx context.Context, service string, url config.Secret, prune func(*pgxpool.Pool) (int64, error)) error {
	owner, err := postgres.Open(ctx, url.Reveal(), postgres.Options{ApplicationName: "latchkey audit prune"})
	if err != nil {
		return err
	}
	defer owner.Close()
	removed, err := prune(owner)
	verb := map[bool]string{true: "would be removed", false: "removed"}[p.DryRun]
	fmt.Printf("%s: %d audit events %s\n", service, removed, verb)
	return err
}

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/internal/users"
)

type auditCommand struct {
	Prune pruneCommand `cmd:"" help:"Remove audit events of the users service that are older than so long."`
}

type pruneCommand struct {
	OlderThan time.Duration `required:"" help:"Keep what is younger, such as 8760h for a year."`
	DryRun    bool          `help:"Only say how many it would remove."`
}

// Run prunes with the owner's rights (MIGRATE_DATABASE_URL and its like).
func (p *pruneCommand) Run(ctx context.Context) error {
	c, err := config.LoadMigrate(os.Environ(), "users")
	if err != nil {
		return err
	}
	if p.OlderThan < time.Hour {
		return fmt.Errorf("--older-than: must be at least 1h")
	}
	pool, err := postgres.Open(ctx, c.Users.Reveal(), postgres.Options{ApplicationName: "latchkey audit prune"})
	if err != nil {
		return err
	}
	defer pool.Close()
	removed, err := users.PruneAudit(ctx, pool, time.Now().Add(-p.OlderThan), p.DryRun)
	verb := map[bool]string{true: "would be removed", false: "removed"}[p.DryRun]
	fmt.Printf("users: %d audit events %s\n", removed, verb)
	return err
}

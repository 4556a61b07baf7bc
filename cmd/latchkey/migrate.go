package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

type migrateCommand struct {
	Service string `arg:"" optional:"" enum:"all,users,auth" default:"all" help:"users, auth, or all (the default)."`
}

// Run migrates the databases of MIGRATE_DATABASE_URL and its like.
func (m *migrateCommand) Run(ctx context.Context) error {
	c, err := config.LoadMigrate(os.Environ(), m.Service)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		schema string
		url    config.Secret
		files  fs.FS
		after  []postgres.Step
	}{{"users", c.Users, db.Users, nil}, {"auth", c.Auth, db.Auth, []postgres.Step{jobs.Migrations()}}} {
		if m.Service != "all" && m.Service != one.schema {
			continue
		}
		applied, err := postgres.Migrate(ctx, postgres.Migrations{
			URL: one.url.Reveal(), FS: one.files, Schema: one.schema, Role: postgres.LesserRole(one.schema),
			After: one.after, Log: observe.NewLogger(os.Stderr, "auto", "info", one.schema),
		})
		if err != nil {
			return fmt.Errorf("%s: %w", one.schema, err)
		}
		fmt.Printf("%s: %d migrations applied\n", one.schema, applied)
	}
	return nil
}

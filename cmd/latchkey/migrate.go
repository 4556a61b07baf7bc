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

// migrateCommand is `latchkey migrate`, which alone means up.
type migrateCommand struct {
	Up     migrateUpCommand     `cmd:"" default:"withargs" help:"Apply what is pending (what migrate alone does). Safe to run from several places at once."`
	Status migrateStatusCommand `cmd:"" help:"List the migrations and which the databases have."`
	Down   migrateDownCommand   `cmd:"" help:"Undo the newest migrations of one service, and lose what only they hold."`
}

type migrateUpCommand struct {
	Service string `arg:"" optional:"" enum:"all,users,auth" default:"all" help:"users, auth, or all (the default)."`
}

// Run migrates the databases of MIGRATE_DATABASE_URL and its like.
func (m *migrateUpCommand) Run(ctx context.Context) error {
	return eachMigrated(m.Service, func(service string, of postgres.Migrations) error {
		applied, err := postgres.Migrate(ctx, of)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d migrations applied\n", service, applied)
		return nil
	})
}

// eachMigrated does something with the migrations of a service, or of all.
func eachMigrated(service string, do func(service string, of postgres.Migrations) error) error {
	c, err := config.LoadMigrate(os.Environ(), service)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		schema string
		url    config.Secret
		files  fs.FS
		after  []postgres.Step
	}{{"users", c.Users, db.Users, nil}, {"auth", c.Auth, db.Auth, []postgres.Step{jobs.Migrations()}}} {
		if service != "all" && service != one.schema {
			continue
		}
		err := do(one.schema, postgres.Migrations{
			URL: one.url.Reveal(), FS: one.files, Schema: one.schema, Role: postgres.LesserRole(one.schema),
			After: one.after, Log: observe.NewLogger(os.Stderr, "auto", "info", one.schema),
		})
		if err != nil {
			return fmt.Errorf("%s: %w", one.schema, err)
		}
	}
	return nil
}

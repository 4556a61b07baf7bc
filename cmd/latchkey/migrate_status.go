package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

type migrateStatusCommand struct {
	Service  string `arg:"" optional:"" enum:"all,users,auth" default:"all" help:"users, auth, or all (the default)."`
	JSON     bool   `help:"One JSON object a line."`
	ExitCode bool   `help:"Exit with 3 where a migration is pending."`

	pending bool // what main turns into exitPartly
}

// migration is a line of the list.
type migration struct {
	Service string `json:"service"`
	postgres.MigrationState
}

// Run lists every migration of the services, and River's.
func (s *migrateStatusCommand) Run(ctx context.Context) error {
	var all []migration
	counts := map[string]int{}
	err := eachMigrated(s.Service, func(service string, of postgres.Migrations) error {
		states, err := postgres.Status(ctx, of)
		for _, state := range states {
			all = append(all, migration{service, state})
			counts[state.State]++
		}
		return err
	})
	if err != nil {
		return err
	}
	s.pending = s.ExitCode && counts[postgres.PendingState] > 0
	if s.JSON {
		encoder := json.NewEncoder(os.Stdout)
		for _, one := range all {
			if err := encoder.Encode(one); err != nil {
				return err
			}
		}
		return nil
	}
	return writeMigrations(os.Stdout, all, counts)
}

func writeMigrations(to io.Writer, all []migration, counts map[string]int) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SERVICE\tMIGRATION\tSTATE")
	for _, one := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\n", one.Service, one.Name, one.State)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(to, "%d applied, %d pending", counts[postgres.Applied], counts[postgres.PendingState])
	if n := counts[postgres.UnknownVersion]; n > 0 {
		fmt.Fprintf(to, ", %d unknown: a newer latchkey applied them", n)
	}
	fmt.Fprintln(to)
	return nil
}

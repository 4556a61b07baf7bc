package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

type migrateDownCommand struct {
	Service string `arg:"" enum:"users,auth" help:"users or auth."`
	Steps   int    `placeholder:"1" help:"So many migrations, the newest first; one where neither is given."`
	To      string `placeholder:"VERSION" help:"All that are newer than this one, such as 20261124000002; 0 for all there are."`
	Yes     bool   `help:"Do it. Without it, say what would be undone and do nothing."`
}

// Run undoes migration files. River's tables stay: they may hold mails that
// were not sent yet, and an older latchkey starts on newer ones.
func (d *migrateDownCommand) Run(ctx context.Context) error {
	switch {
	case d.Steps < 0 || d.Steps > 0 && d.To != "":
		return errors.New("--steps: must be at least 1, and not beside --to")
	case d.Steps == 0 && d.To == "":
		d.Steps = 1
	}
	return eachMigrated(d.Service, func(service string, of postgres.Migrations) error {
		plan, err := postgres.PlanUndo(ctx, of, d.Steps, d.To)
		if err != nil {
			return err
		}
		if len(plan) == 0 {
			fmt.Printf("%s: nothing to undo\n", service)
			return nil
		}
		if !d.Yes {
			tell(plan)
			return fmt.Errorf("%d migrations would be undone, and what only they hold be lost: say --yes", len(plan))
		}
		undone, err := postgres.Undo(ctx, of, plan)
		fmt.Printf("%s: %d migrations undone\n", service, undone)
		return err
	})
}

// tell writes what would be run, in its order.
func tell(plan []postgres.Undoable) {
	for _, one := range plan {
		fmt.Fprintf(os.Stdout, "%s\n\t%s\n", one.File, strings.ReplaceAll(one.SQL, "\n", "\n\t"))
	}
}

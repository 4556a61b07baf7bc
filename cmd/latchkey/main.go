// Command latchkey runs and operates latchkey: `latchkey up` starts everything
// on this machine, `latchkey migrate` brings the databases up to date, `latchkey
// users` seeds, imports and exports accounts, `latchkey keys` looks after the
// signing keys, `latchkey clients` after the back ends that get tokens, `latchkey
// mail` after mails that were not sent, `latchkey people` after what is kept about
// one person, `latchkey prune` and `latchkey after-restore` after the databases,
// and `latchkey mock` answers with the specifications' examples.
package main

import (
	"context"
	"os"

	"github.com/alecthomas/kong"

	"github.com/latchkey-id/latchkey/internal/httpapi"
)

type cli struct {
	Up           upCommand           `cmd:"" help:"Start both services on this machine, with a PostgreSQL of their own where no database URL is set."`
	Audit        auditCommand        `cmd:"" help:"Look after the audit."`
	Doctor       doctorCommand       `cmd:"" help:"Say where the time goes, what is wrong, and what to do about it."`
	Health       healthCommand       `cmd:"" help:"Ask a service whether it is ready; the exit code says so. For images without a shell."`
	Keys         keysCommand         `cmd:"" help:"Look after the keys that access tokens are signed with."`
	Clients      clientsCommand      `cmd:"" help:"Look after the back ends that get tokens for themselves."`
	Mail         mailCommand         `cmd:"" help:"Look after mails that wait or could not be sent."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the databases up to date, say how far they are, or take them back."`
	Mock         mockCommand         `cmd:"" help:"Serve the specifications' examples in both services' place, for those who build on them. No database, nothing is kept."`
	People       peopleCommand       `cmd:"" help:"Export what is kept about one person in both databases, or erase it."`
	Prune        expiredCommand      `cmd:"" help:"Remove rows that have expired. Services do it themselves, every minute; this is for a backlog."`
	AfterRestore afterRestoreCommand `cmd:"" help:"End what must not live again once a backup is restored. Run it before the services start."`
	Users        usersCommand        `cmd:"" help:"Seed the first admin; import and export accounts."`
}

// exitPartly is the exit code of a command that did what it could, and not all
// that it was asked for.
const exitPartly = 3

func (c *cli) partly() bool {
	return c.Users.Import.rejected || c.Migrate.Status.pending || c.Mail.List.found || c.Mail.Retry.refused || c.Mail.Drop.refused ||
		c.Keys.partly() || c.Doctor.found || c.People.Purge.refused || c.AfterRestore.refused ||
		c.Clients.Create.refused || c.Clients.RotateSecret.refused || c.Clients.Revoke.refused
}

func main() {
	var c cli
	command := kong.Parse(&c, kong.Name("latchkey"),
		kong.Description("An identity back end in two services. Configured by the environment; see docs/configuration.md."),
		kong.UsageOnError(), kong.Vars{"settle": settle.String()})
	code := httpapi.Main(func(ctx context.Context) error {
		command.BindTo(ctx, (*context.Context)(nil))
		return command.Run()
	})
	if code == 0 && c.partly() {
		code = exitPartly
	}
	os.Exit(code)
}

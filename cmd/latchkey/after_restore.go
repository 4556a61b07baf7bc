package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

// afterRestoreCommand ends, in databases that came out of a backup, what was
// true then and must not be again.
type afterRestoreCommand struct {
	Service    string        `enum:"all,users,auth" default:"all" help:"Which database was restored. Whichever it was, sessions are the auth service's: all is right unless that database is elsewhere."`
	MailAge    time.Duration `default:"0s" help:"Drop queued mails that were made so long before now; 0s drops all. What was sent since the backup would be sent again."`
	Purged     string        `type:"existingfile" help:"A file of ids, one a line, as people purged writes it: those who were purged since the backup are purged again, in both databases."`
	RevokeKeys bool          `help:"Revoke all signing keys, for those that were revoked since the backup are back. Needs KEY_ENCRYPTION_KEY."`
	Force      bool          `help:"Go on although a service is connected."`
	DryRun     bool          `help:"Change nothing, and say what would be done."`

	refused bool // what main turns into exitPartly
}

// Run does it. It may be repeated.
func (a *afterRestoreCommand) Run(ctx context.Context) error {
	purged, err := a.readPurged()
	if err != nil {
		return err
	}
	if a.Service != "users" {
		if err := withOwner(ctx, "auth", "latchkey after-restore", func(pool *pgxpool.Pool) error { return a.auth(ctx, pool) }); err != nil {
			return err
		}
		if a.RevokeKeys {
			if err := a.revokeKeys(ctx); err != nil {
				return err
			}
		}
	}
	for _, id := range purged {
		if a.DryRun {
			fmt.Printf("people: %s would be purged\n", id)
			continue
		}
		p := purgeCommand{Yes: true, People: []string{id.String()}, stopped: a.Service != "users" && !a.Force}
		if !p.stopped {
			p.Settle = settle
		}
		if err := p.Run(ctx); err != nil {
			return err
		}
		a.refused = a.refused || p.refused
	}
	if len(purged) == 0 {
		fmt.Println("people: nobody is purged again: name a list by --purged where there is one")
	}
	return nil
}

func (a *afterRestoreCommand) auth(ctx context.Context, pool *pgxpool.Pool) error {
	if err := a.checkStopped(ctx, pool); err != nil {
		return err
	}
	done, err := auth.Restored{Pool: pool, MailAge: a.MailAge, DryRun: a.DryRun}.Finish(ctx)
	fmt.Printf("auth: %d sessions %s, %d one-time tokens %s, %d queued mails %s\n", done.Sessions, would(a.DryRun, "are", "ended"),
		done.Tokens, would(a.DryRun, "are", "void"), done.Mails, would(a.DryRun, "are", "dropped"))
	return err
}

// connectedSQL finds the services by what they call themselves.
const connectedSQL = `SELECT count(*) FROM pg_stat_activity
	WHERE datname = current_database() AND application_name IN ('latchkey auth', 'latchkey auth jobs', 'latchkey users')`

// checkStopped says no where a service works on the database already: it may
// have let somebody go on with an old session.
func (a *afterRestoreCommand) checkStopped(ctx context.Context, pool *pgxpool.Pool) error {
	var connected int64
	if err := pool.QueryRow(ctx, connectedSQL).Scan(&connected); err != nil {
		return err
	}
	if connected > 0 && !a.Force && !a.DryRun {
		return errors.New("a service is connected to this database: stop it, or say --force, which ends the sessions of those who are signing in, too")
	}
	return nil
}

// revokeKeys revokes those that are published, the active one last: it is
// followed by one that was made just now.
func (a *afterRestoreCommand) revokeKeys(ctx context.Context) error {
	return withKeys(ctx, true, func(ctx context.Context, s *keyring.Store) error {
		keys, err := s.List(ctx, false)
		if err != nil {
			return err
		}
		for _, active := range []bool{false, true} {
			for _, k := range keys {
				if (k.State == keyring.Active) != active {
					continue
				}
				if _, err := s.Revoke(ctx, operator, k.KID, keyring.RevokeOptions{Active: true, DryRun: a.DryRun}); err != nil {
					return fmt.Errorf("revoke the key %s: %w", k.KID, err)
				}
				fmt.Printf("auth: key %s, which was %s, %s\n", k.KID, k.State, would(a.DryRun, "is", "revoked"))
			}
		}
		return nil
	})
}

func (a *afterRestoreCommand) readPurged() (ids []uuid.UUID, err error) {
	if a.Purged == "" {
		return nil, nil
	}
	file, err := os.Open(a.Purged)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d is no id of an account", a.Purged, n)
		}
		ids = append(ids, id)
	}
	return ids, lines.Err()
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/users"
)

// peopleCommand is what an operator owes one person: both schemas know of them,
// and neither service knows the other's. Services may run meanwhile.
type peopleCommand struct {
	Export personExportCommand `cmd:"" help:"Write all that is kept about one person as JSON, without hashes and tokens."`
	Purge  purgeCommand        `cmd:"" help:"Erase people for good, in both databases; the audit is redacted. Exit code 3: some were not, or not wholly."`
	Purged purgedCommand       `cmd:"" help:"Print the ids of those who were purged: to be kept where backups are, for after-restore --purged."`
}

// person is somebody in both databases.
type person struct {
	id    uuid.UUID
	names []string
	// account is nil where the users service has none any more.
	account *exportedAccount
}

// findPerson finds whom a word means. The id of somebody who is gone is good:
// there may be something left of them.
func findPerson(ctx context.Context, s *users.Service, authPool *pgxpool.Pool, word string) (p person, err error) {
	account, err := s.FindPerson(ctx, word)
	switch {
	case err == nil:
		p.id = account.ID
		p.account = &exportedAccount{
			ID: account.ID, Username: account.Username, Email: account.Email, Verified: account.Verified, Disabled: account.Disabled,
			Roles: account.Roles, CreatedAt: account.CreatedAt, UpdatedAt: account.UpdatedAt, DeletedAt: account.DeletedAt, Version: account.Version,
		}
	case errors.Is(err, fault.ErrNotFound):
		if p.id, err = uuid.Parse(word); err != nil {
			return p, fmt.Errorf("there is no account %q; of one that is gone, name the id", word)
		}
	default:
		return p, err
	}
	names, err := s.PersonNames(ctx, p.id)
	if err != nil {
		return p, err
	}
	p.names, err = auth.PersonNames(ctx, authPool, p.id, names)
	return p, err
}

// withBoth opens users as its service does, and auth as its owner.
func withBoth(ctx context.Context, do func(*users.Service, *pgxpool.Pool) error) error {
	return withUsers(ctx, func(_ config.Users, s *users.Service) error {
		return withOwner(ctx, "auth", "latchkey people", func(pool *pgxpool.Pool) error { return do(s, pool) })
	})
}

// exportedAccount is an account without its hash.
type exportedAccount struct {
	ID        uuid.UUID  `json:"id"`
	Username  string     `json:"username"`
	Email     string     `json:"email"`
	Verified  bool       `json:"verified"`
	Disabled  bool       `json:"disabled"`
	Roles     []string   `json:"roles"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	DeletedAt *time.Time `json:"deleted_at"`
	Version   int64      `json:"version"`
}

// exportedPerson is the shape of an export; docs/retention.md describes it.
type exportedPerson struct {
	ExportedAt time.Time        `json:"exported_at"`
	Account    *exportedAccount `json:"account"`
	Names      []string         `json:"names"`
	Users      users.PersonData `json:"users"`
	Auth       auth.PersonData  `json:"auth"`
}

type personExportCommand struct {
	Person string `arg:"" help:"Id, username or address."`
	Out    string `help:"Write to this file, readable by its owner only (default: standard output)."`
}

// Run writes one JSON object.
func (e *personExportCommand) Run(ctx context.Context) error {
	return withBoth(ctx, func(s *users.Service, pool *pgxpool.Pool) error {
		p, err := findPerson(ctx, s, pool, e.Person)
		if err != nil {
			return err
		}
		all := exportedPerson{ExportedAt: time.Now().UTC(), Account: p.account, Names: p.names}
		if all.Users, err = s.ExportPerson(ctx, p.id, p.names); err != nil {
			return err
		}
		if all.Auth, err = auth.ExportPerson(ctx, pool, p.id, p.names); err != nil {
			return err
		}
		out, err := (&exportCommand{Out: e.Out}).open()
		if err != nil {
			return err
		}
		to := json.NewEncoder(out)
		to.SetIndent("", "  ")
		return errors.Join(to.Encode(all), out.Close())
	})
}

type purgedCommand struct {
	Since time.Duration `required:"" help:"How far to look back, such as 720h: at least to the oldest backup."`
}

// Run prints ids, oldest first.
func (p *purgedCommand) Run(ctx context.Context) error {
	return withUsers(ctx, func(_ config.Users, s *users.Service) error {
		ids, err := s.PurgedSince(ctx, time.Now().Add(-p.Since))
		for _, id := range ids {
			fmt.Fprintln(os.Stdout, id)
		}
		return err
	})
}

package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// templateLock is the advisory lock, on the maintenance database, of the
// process that builds the template. The number is arbitrary.
const templateLock = 7_305_711

// source is one schema and the migrations that make it.
type source struct {
	schema string
	files  fs.FS
	after  []postgres.Step
}

func sources() []source {
	return []source{{schema: usersSchema, files: db.Users}, {authSchema, db.Auth, []postgres.Step{jobs.Migrations()}}}
}

// open connects to a cluster and sees to it that the template is there.
func open(ctx context.Context, socket string) (*connection, error) {
	name, err := templateName(sources())
	if err != nil {
		return nil, err
	}
	// Few connections: more clones at once than processors only queue.
	admin, err := postgres.Open(ctx, postgres.SocketURL(socket, "postgres", "postgres"),
		postgres.Options{ApplicationName: "dbtest", MaxConns: 4})
	if err != nil {
		return nil, err
	}
	c := &connection{socket: socket, admin: admin, template: name}
	if err := c.ensureTemplate(ctx); err != nil {
		admin.Close()
		return nil, fmt.Errorf("build the template %s: %w", name, err)
	}
	var version int
	if err := admin.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		admin.Close()
		return nil, err
	}
	if version >= 150000 {
		// Faster than the default WAL_LOG where nothing is synced: 8 ms to 15.
		c.strategy = " STRATEGY FILE_COPY"
	}
	return c, nil
}

// templateName hashes each file's schema, name and content, and the newest
// migration of each step after them.
func templateName(sources []source) (string, error) {
	h := sha256.New()
	for _, s := range sources {
		err := fs.WalkDir(s.files, ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := fs.ReadFile(s.files, path)
			fmt.Fprintf(h, "%s/%s %d\n%s", s.schema, path, len(text), text)
			return err
		})
		if err != nil {
			return "", err
		}
		for _, step := range s.after {
			fmt.Fprintf(h, "%s/%s\n", s.schema, step.Names[len(step.Names)-1])
		}
	}
	return "latchkey_template_" + hex.EncodeToString(h.Sum(nil))[:16], nil
}

// ensureTemplate builds the template unless it is complete. The flag
// datistemplate, set last, says that it is: a builder that was killed leaves a
// database without it, which the next one drops.
func (c *connection) ensureTemplate(ctx context.Context) error {
	if done, err := c.complete(ctx); done || err != nil {
		return err
	}
	conn, err := c.admin.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if err := pollLock(ctx, conn); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", templateLock)
	}()
	if done, err := c.complete(ctx); done || err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+c.template+" WITH (FORCE)"); err != nil {
		return err
	}
	if err := c.build(ctx); err != nil {
		return err
	}
	// With no connections allowed, nobody can be in the way of a clone.
	_, err = conn.Exec(ctx, "ALTER DATABASE "+c.template+" WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
	return err
}

func (c *connection) complete(ctx context.Context) (bool, error) {
	var done bool
	err := c.admin.QueryRow(ctx, "SELECT datistemplate FROM pg_database WHERE datname = $1", c.template).Scan(&done)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return done, err
}

func pollLock(ctx context.Context, conn *pgxpool.Conn) error {
	for {
		var held bool
		err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", templateLock).Scan(&held)
		if err != nil || held {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// build makes the database and migrates it the way a deployment does.
func (c *connection) build(ctx context.Context) error {
	if err := postgres.Bootstrap(ctx, c.socket, c.template, usersSchema, authSchema); err != nil {
		return err
	}
	for _, s := range sources() {
		_, err := postgres.Migrate(ctx, postgres.Migrations{
			URL: postgres.SocketURL(c.socket, postgres.OwnerRole(s.schema), c.template),
			FS:  s.files, Schema: s.schema, Role: postgres.LesserRole(s.schema), After: s.after,
		})
		if err != nil {
			return err
		}
	}
	return c.analyze(ctx)
}

// analyze gives all clones statistics and hint bits at once, so that no test is
// the first to pay for them and plans do not depend on autovacuum's timing.
func (c *connection) analyze(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, postgres.SocketURL(c.socket, "postgres", c.template))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "VACUUM (FREEZE, ANALYZE)")
	return err
}

package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Database says what a service needs of its database before it may start.
type Database struct {
	URL        string // what the service runs on
	MigrateURL string // the same as owner, without a pooler
	Migrate    bool   // migrate first; else a database that is behind is refused
	Migrations fs.FS
	Schema     string
	After      []Step // what follows the migration files
	MaxConns   int32
	QueueLimit time.Duration // as in Options
	Tracer     pgx.QueryTracer
	Log        *slog.Logger
}

// Prepare migrates (or checks that nothing is left to migrate), opens the pool
// as the schema's lesser role and makes sure that it is one.
func Prepare(ctx context.Context, d Database) (*pgxpool.Pool, error) {
	role := LesserRole(d.Schema)
	if d.Migrate {
		_, err := Migrate(ctx, Migrations{
			URL: d.MigrateURL, FS: d.Migrations, Schema: d.Schema, Role: role, After: d.After, Log: d.Log,
		})
		if err != nil {
			return nil, err
		}
	}
	pool, err := Open(ctx, d.URL, Options{
		Role: role, ApplicationName: "latchkey " + d.Schema, MaxConns: d.MaxConns, QueueLimit: d.QueueLimit, Tracer: d.Tracer,
	})
	if err != nil {
		return nil, err
	}
	if err := check(ctx, pool, d); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func check(ctx context.Context, pool *pgxpool.Pool, d Database) error {
	if err := checkPooler(ctx, pool, d.URL); err != nil {
		return err
	}
	pending, err := allPending(ctx, pool, d.Migrations, d.Schema, d.After)
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return fmt.Errorf("the %s database lacks the migrations %s: run `latchkey migrate` or set MIGRATE=true", d.Schema, strings.Join(pending, ", "))
	}
	if err := CheckLesser(ctx, pool, d.Schema); err != nil {
		return err
	}
	return warnOfTimeouts(ctx, pool, d.Log)
}

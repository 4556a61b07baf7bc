package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"
)

// The states of a migration.
const (
	Applied        = "applied"
	PendingState   = "pending"
	UnknownVersion = "unknown" // the database has it, this binary does not
)

// MigrationState is one migration and whether the database has it.
type MigrationState struct {
	Name  string `json:"migration"` // a file, or a step's name; the bare version where it is unknown
	State string `json:"state"`
}

// Status lists all migrations of m, the files first, each part in order and
// with the unknown ones after it. It changes nothing, waits for no lock, and
// the lesser role may ask.
func Status(ctx context.Context, m Migrations) ([]MigrationState, error) {
	s, err := openSession(ctx, m)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return StatusOn(ctx, s.pool, m)
}

// StatusOn is Status on a pool of the caller's, which may lead through a pooler;
// m.URL is not looked at.
func StatusOn(ctx context.Context, pool *pgxpool.Pool, m Migrations) ([]MigrationState, error) {
	names, err := migrationNames(m.FS)
	if err != nil {
		return nil, err
	}
	pending, err := allPending(ctx, pool, m.FS, m.Schema, m.After)
	if err != nil {
		return nil, err
	}
	versions, err := appliedVersions(ctx, pool, m.Schema)
	if err != nil {
		return nil, fmt.Errorf("read the migrations of schema %s: %w", m.Schema, err)
	}
	all := append(states(names, pending), unknown(versions, names, version)...)
	for _, step := range m.After {
		more, err := stepStatus(ctx, pool, step, pending)
		if err != nil {
			return nil, fmt.Errorf("read the migrations of schema %s: %w", m.Schema, err)
		}
		all = append(all, more...)
	}
	return all, nil
}

func stepStatus(ctx context.Context, pool *pgxpool.Pool, step Step, pending []string) ([]MigrationState, error) {
	applied, err := step.Applied(ctx, pool)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(step.Names)
	// What is missing beside versions, such as rights.
	missing, err := step.Pending(ctx, pool)
	if err != nil {
		return nil, err
	}
	for _, name := range missing {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	same := func(name string) string { return name }
	return append(states(names, pending), unknown(applied, names, same)...), nil
}

func states(names, pending []string) []MigrationState {
	all := make([]MigrationState, 0, len(names))
	for _, name := range names {
		state := Applied
		if slices.Contains(pending, name) {
			state = PendingState
		}
		all = append(all, MigrationState{Name: name, State: state})
	}
	return all
}

// unknown are those of the database that no name stands for.
func unknown(applied, names []string, versionOf func(string) string) (all []MigrationState) {
	for _, version := range applied {
		known := slices.ContainsFunc(names, func(name string) bool { return versionOf(name) == version })
		if !known {
			all = append(all, MigrationState{Name: version, State: UnknownVersion})
		}
	}
	return all
}

package main

import (
	"context"
	"time"
)

// counted is how many requests statements are counted over: so many that what
// the services do beside (a key ring's polls) is less than half a hundredth of one.
const counted = 1000

// countStatements sends requests over one connection while PostgreSQL counts,
// and gives SQL statements and transaction commands for one request.
func (s *system) countStatements(ctx context.Context, o *operation) (statements, commands float64, err error) {
	if _, err := closed(ctx, o, 1, time.Minute, 5); err != nil { // connections and plans are made
		return 0, 0, err
	}
	if err := s.track(ctx, "all"); err != nil {
		return 0, 0, err
	}
	if _, err := s.admin.Exec(ctx, "SELECT pg_stat_statements_reset()"); err != nil {
		return 0, 0, err
	}
	round, err := closed(ctx, o, 1, 30*time.Second, counted)
	if err != nil {
		return 0, 0, err
	}
	var all, transactions int64
	const sum = `SELECT coalesce(sum(calls) FILTER (WHERE NOT command), 0)::bigint, coalesce(sum(calls) FILTER (WHERE command), 0)::bigint
		FROM (
			SELECT calls, query ~* '^\s*(begin|commit|rollback|start transaction|savepoint|release)' AS command
			FROM pg_stat_statements WHERE toplevel AND query !~ 'pg_stat_statements|river_|^(SHOW|SET|ALTER)' AND userid <> 'postgres'::regrole
		) AS seen`
	if err := s.admin.QueryRow(ctx, sum).Scan(&all, &transactions); err != nil {
		return 0, 0, err
	}
	n := float64(max(round.Requests, 1))
	return float64(all) / n, float64(transactions) / n, s.track(ctx, "none")
}

// track switches PostgreSQL's counting, which costs CPU, in every connection.
func (s *system) track(ctx context.Context, what string) error {
	if _, err := s.admin.Exec(ctx, "ALTER SYSTEM SET pg_stat_statements.track = '"+what+"'"); err != nil {
		return err
	}
	if _, err := s.admin.Exec(ctx, "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond) // each backend reads it before its next statement
	return nil
}

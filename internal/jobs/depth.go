package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// How often the queues are counted, and how long that may take.
const (
	countEvery = 10 * time.Second
	countLimit = 2 * time.Second
)

// depthSQL counts what is not done, which River's index on the state finds. A
// job that has failed has waited since its first failure, for its due time
// moves; one that waits for a time to come has not waited yet.
const depthSQL = `-- name: CountJobs :many
SELECT queue::text, state::text, count(*),
       coalesce(extract(epoch FROM now() - min(
           CASE WHEN state IN ('available', 'running', 'retryable')
                THEN coalesce((errors[1]->>'at')::timestamptz, scheduled_at) END)), 0)::float8
FROM auth.river_job
WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'pending', 'discarded', 'cancelled')
GROUP BY queue, state`

// watch counts the queues now and then, until ctx ends. What can't be counted
// is not shown.
func (c *Client) watch(ctx context.Context) {
	if c.metrics == nil {
		return
	}
	ticker := time.NewTicker(countEvery)
	defer ticker.Stop()
	for {
		queues, err := c.depth(ctx, c.queues)
		if err != nil && ctx.Err() == nil {
			c.log.LogAttrs(ctx, slog.LevelDebug, "the queues could not be counted", slog.String("error", err.Error()))
		}
		c.metrics.Show(queues)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

type depthRow struct {
	Queue, State string
	Count        int64
	Oldest       float64 // seconds
}

func (c *Client) depth(ctx context.Context, names []string) ([]observe.Queue, error) {
	ctx, cancel := context.WithTimeout(ctx, countLimit)
	defer cancel()
	rows, err := c.pool.Query(ctx, depthSQL)
	if err != nil {
		return nil, err
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[depthRow])
	if err != nil {
		return nil, err
	}
	byName := map[string]*observe.Queue{}
	queues := make([]observe.Queue, 0, len(names))
	for _, name := range names {
		queues = append(queues, observe.Queue{Name: name, States: map[string]int64{}})
	}
	for i := range queues {
		for _, state := range []string{"available", "running", "retryable", "scheduled", "discarded", "cancelled"} {
			queues[i].States[state] = 0
		}
		byName[queues[i].Name] = &queues[i]
	}
	for _, row := range counts {
		q, ok := byName[row.Queue]
		if !ok {
			continue // another program's
		}
		q.States[row.State] = row.Count
		q.OldestDue = max(q.OldestDue, time.Duration(row.Oldest*float64(time.Second)))
	}
	return queues, nil
}

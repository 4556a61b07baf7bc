package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivertype"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Why a job is neither retried nor dropped.
var (
	ErrNoJob     = errors.New("there is no such job")
	ErrRunning   = errors.New("the job is running")
	ErrCompleted = errors.New("the job is completed")
)

// deadSQL finds the dead letters of a queue.
const deadSQL = "SELECT id FROM " + schema + ".river_job WHERE queue = $1 AND state IN ('discarded', 'cancelled') ORDER BY id"

// DeadLetters gives the ids of all jobs of queue that will not be tried again
// by themselves.
func (c *Client) DeadLetters(ctx context.Context, queue string) ([]int64, error) {
	rows, err := c.pool.Query(ctx, deadSQL, queue)
	if err != nil {
		return nil, fmt.Errorf("find the dead letters of queue %s: %w", queue, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("find the dead letters of queue %s: %w", queue, err)
	}
	return ids, nil
}

// Retry has a dead letter, or a job that waits, tried at once. One that had no
// attempt left gets one more. It returns ErrNoJob, ErrRunning or ErrCompleted:
// what was done is not done twice.
func (c *Client) Retry(ctx context.Context, queue string, id int64) error {
	return c.change(ctx, queue, id, func(tx pgx.Tx, state rivertype.JobState) error {
		if state == rivertype.JobStateCompleted {
			return ErrCompleted
		}
		_, err := c.river.JobRetryTx(ctx, tx, id)
		return err
	})
}

// Drop removes a job for good. It returns ErrNoJob or ErrRunning.
func (c *Client) Drop(ctx context.Context, queue string, id int64) error {
	return c.change(ctx, queue, id, func(tx pgx.Tx, _ rivertype.JobState) error {
		_, err := c.river.JobDeleteTx(ctx, tx, id)
		return err
	})
}

// lockSQL keeps workers from the job until the end of the transaction; they
// skip what is locked.
const lockSQL = "SELECT state::text FROM " + schema + ".river_job WHERE id = $1 AND queue = $2 FOR UPDATE"

func (c *Client) change(ctx context.Context, queue string, id int64, do func(pgx.Tx, rivertype.JobState) error) error {
	return postgres.InTx(ctx, c.pool, func(tx pgx.Tx) error {
		var state rivertype.JobState
		err := tx.QueryRow(ctx, lockSQL, id, queue).Scan(&state)
		switch {
		case postgres.IsNoRows(err):
			return ErrNoJob
		case err != nil:
			return err
		case state == rivertype.JobStateRunning:
			return ErrRunning
		}
		return do(tx, state)
	})
}

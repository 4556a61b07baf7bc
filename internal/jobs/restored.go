package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// unfinishedSQL finds what a restored database would do again: jobs that had
// not ended when the backup was made, those too that ran then.
const unfinishedSQL = ` FROM ` + schema + `.river_job
	WHERE queue = $1 AND state NOT IN ('completed', 'cancelled', 'discarded') AND created_at < now() - $2::interval`

// CountUnfinished says how many jobs of a queue, made so long ago, have not ended.
func CountUnfinished(ctx context.Context, pool *pgxpool.Pool, queue string, age time.Duration) (count int64, err error) {
	if err := pool.QueryRow(ctx, "SELECT count(*)"+unfinishedSQL, queue, age).Scan(&count); err != nil {
		return 0, fmt.Errorf("count the jobs of queue %s: %w", queue, err)
	}
	return count, nil
}

// DropUnfinished removes at most so many of them. No client may be at work.
func DropUnfinished(ctx context.Context, pool *pgxpool.Pool, queue string, age time.Duration, most int32) (int64, error) {
	tag, err := pool.Exec(ctx, "DELETE FROM "+schema+".river_job WHERE id IN (SELECT id"+unfinishedSQL+" ORDER BY id LIMIT $3)", queue, age, most)
	if err != nil {
		return 0, fmt.Errorf("drop the jobs of queue %s: %w", queue, err)
	}
	return tag.RowsAffected(), nil
}

package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Person is somebody whom jobs are about: their account, and the usernames and
// addresses that they have or had.
type Person struct {
	ID    uuid.UUID
	Names []string
}

// ofPersonSQL finds jobs by any of their arguments. Finished jobs are kept for a
// week at most, so it reads what there is.
const ofPersonSQL = ` FROM ` + schema + `.river_job j
	WHERE EXISTS (SELECT FROM jsonb_path_query(j.args, 'strict $.**') AS v (value) WHERE v.value #>> '{}' = ANY ($1))`

func (p Person) words() []string { return append([]string{p.ID.String()}, p.Names...) }

// Record is what an export tells of a job that is about a person. Its arguments
// hold no token: that is written when a mail is sent.
type Record struct {
	Kind      string          `json:"kind"`
	State     string          `json:"state"`
	Arguments json.RawMessage `json:"arguments"`
	CreatedAt time.Time       `json:"created_at"`
}

// OfPerson gives the jobs that are about a person, oldest first.
func OfPerson(ctx context.Context, pool *pgxpool.Pool, p Person) ([]Record, error) {
	rows, err := pool.Query(ctx, "SELECT j.kind, j.state::text, j.args, j.created_at"+ofPersonSQL+" ORDER BY j.id", p.words())
	if err != nil {
		return nil, fmt.Errorf("find a person's jobs: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Record])
	if err != nil {
		return nil, fmt.Errorf("find a person's jobs: %w", err)
	}
	return found, nil
}

// ErasePerson removes the jobs that are about a person, whatever became of them,
// and says how many. Those that run at this moment are left, and counted too:
// they end within a minute. Where no client works on the database (stopped), none
// runs, whatever its row says.
func ErasePerson(ctx context.Context, pool *pgxpool.Pool, p Person, stopped bool) (erased, running int64, err error) {
	tag, err := pool.Exec(ctx, "DELETE FROM "+schema+".river_job WHERE id IN (SELECT j.id"+ofPersonSQL+
		" AND ($2 OR j.state <> 'running') FOR UPDATE SKIP LOCKED)", p.words(), stopped)
	if err != nil {
		return 0, 0, fmt.Errorf("erase a person's jobs: %w", err)
	}
	err = pool.QueryRow(ctx, "SELECT count(*)"+ofPersonSQL, p.words()).Scan(&running)
	if err != nil {
		return 0, 0, fmt.Errorf("erase a person's jobs: %w", err)
	}
	return tag.RowsAffected(), running, nil
}

package fill

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Size is what a table takes.
type Size struct {
	Table   string // with its schema
	Rows    int64  // as ANALYZE has estimated them
	Heap    int64  // bytes, with the free space map and what is stored out of line
	Indexes int64  // bytes, of all of them
}

// sizes are those of the tables that have rows.
const sizes = `
SELECT n.nspname || '.' || c.relname, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('users', 'auth') AND c.reltuples >= 1000
ORDER BY 1`

// Sizes gives what the tables with a thousand rows and more take.
func Sizes(ctx context.Context, url string) ([]Size, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, sizes)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Size])
}

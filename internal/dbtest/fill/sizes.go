package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"
)

// sizes are those of the tables that have rows, in bytes: with their free space
// map and what is stored out of line, and of all indexes. The system's count of
// rows is as good as the VACUUM before it.
const sizes = `
SELECT n.nspname || '.' || c.relname, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('users', 'auth') AND c.reltuples >= 1000
ORDER BY 1`

func printSizes(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, sizes) //nolint:rowserrcheck // ForEachRow does
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "table\trows\tMB\tindexes MB\tbytes/row\tindex bytes/row\t")
	var name string
	var count, table, indexes int64
	_, err = pgx.ForEachRow(rows, []any{&name, &count, &table, &indexes}, func() error {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", name, count, table>>20, indexes>>20, table/count, indexes/count)
		return nil
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

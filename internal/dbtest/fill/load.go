package fill

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// load is the tables that one transaction fills.
type load []table

// memory is what sorting for one index may take. A server's default of 64 MB
// would go through temporary files.
const memory = "1GB"

func (l load) names() []string {
	var names []string
	for _, t := range l {
		names = append(names, t.name)
	}
	return names
}

// run fills the tables over a connection of its own.
func (l load) run(ctx context.Context, url string, report func(string, time.Duration)) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	began := time.Now()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := l.empty(ctx, tx); err != nil {
			return err
		}
		for _, t := range l {
			began := time.Now()
			if err := t.copy(ctx, tx); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			report(fmt.Sprintf("%s: %d rows", t.name, t.rows), time.Since(began))
		}
		return l.index(ctx, tx, report)
	})
	if err == nil {
		report(strings.Join(l.names(), ", ")+": all", time.Since(began))
	}
	return err
}

// empty takes the tables' rows away, to be put back by copy, and sets aside what
// would be done for each row that comes: the system writes to no index that is
// not ready, and asks no constraint of a table that has none by its row in
// pg_class (12 µs for the form of the one hash that all accounts share).
// TRUNCATE in the transaction that loads is what lets COPY freeze rows.
func (l load) empty(ctx context.Context, tx pgx.Tx) error {
	names := strings.Join(l.names(), ", ")
	statements := []string{
		"SET LOCAL session_replication_role = replica", // foreign keys are triggers
		"SET LOCAL maintenance_work_mem = '" + memory + "'",
		"LOCK TABLE " + names + " IN ACCESS EXCLUSIVE MODE",
	}
	for _, t := range l {
		statements = append(statements, fmt.Sprintf("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS TABLE %s", t.kept(), t.name))
	}
	statements = append(statements, "TRUNCATE "+names)
	for _, t := range l {
		statements = append(statements,
			fmt.Sprintf("UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = '%s'::regclass", t.name),
			fmt.Sprintf("UPDATE pg_class SET relchecks = 0 WHERE oid = '%s'::regclass", t.name))
	}
	for _, s := range statements {
		if _, err := tx.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// checks gives a table its CHECK constraints again.
const checks = `UPDATE pg_class AS c SET relchecks = (SELECT count(*) FROM pg_constraint WHERE conrelid = c.oid AND contype = 'c')
WHERE oid = '%s'::regclass`

// index puts back what empty has set aside. REINDEX makes indexes ready and
// valid; a key that is there twice is found here.
func (l load) index(ctx context.Context, tx pgx.Tx, report func(string, time.Duration)) error {
	for _, t := range l {
		began := time.Now()
		if _, err := tx.Exec(ctx, fmt.Sprintf(checks, t.name)); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		if _, err := tx.Exec(ctx, "REINDEX TABLE "+t.name); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		report(t.name+": indexes", time.Since(began))
	}
	return nil
}

// kept is where the rows that were there wait.
func (t table) kept() string { return "kept_" + strings.ReplaceAll(t.name, ".", "_") }

func (t table) copy(ctx context.Context, tx pgx.Tx) error {
	statement := fmt.Sprintf("COPY %s (%s) FROM STDIN WITH (FORMAT binary, FREEZE)", t.name, t.columns)
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, newStream(t), statement); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, fmt.Sprintf("INSERT INTO %s TABLE pg_temp.%s", t.name, t.kept()))
	return err
}

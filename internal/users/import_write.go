package users

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// stageSQL makes the table that a batch is copied into. It lives as long as
// the transaction, so a pooler may give the next one another session. A batch
// may take longer than a request.
const stageSQL = `
SET LOCAL statement_timeout = '120s';
CREATE TEMPORARY TABLE import_rows (
    line bigint, id uuid, username text, email text, password_hash text, verified boolean, disabled boolean, created_at timestamptz
) ON COMMIT DROP`

// insertSQL makes accounts of the rows. Of lines that are in each other's way
// the first wins.
const insertSQL = `
INSERT INTO users.users (id, username, email, password_hash, verified, disabled_at, created_at)
SELECT id, username, email, password_hash, verified, CASE WHEN disabled THEN now() END, coalesce(created_at, now())
FROM pg_temp.import_rows
ORDER BY line
ON CONFLICT DO NOTHING
RETURNING id, username, email`

var stageColumns = []string{"line", "id", "username", "email", "password_hash", "verified", "disabled", "created_at"}

// names are what keeps two accounts apart.
type names struct {
	id              uuid.UUID
	username, email string
}

func (r importRow) names() names { return names{r.id, r.username, r.email} }

// write makes a batch's accounts, with their roles, one audit event and the
// new progress, or nothing.
func (j *importJob) write(ctx context.Context, b *batch) error {
	return postgres.InTx(ctx, j.service.pool, func(tx pgx.Tx) error {
		q := j.service.queries.WithTx(tx)
		refused, err := insertRows(ctx, tx, b.rows)
		if err != nil {
			return postgres.Fault(err)
		}
		if err := explain(ctx, q, b, refused); err != nil {
			return err
		}
		if made := int64(len(b.rows) - b.taken); made > 0 {
			if err := j.service.record(ctx, q, system("import"), audit.Event{Kind: "users.imported", Count: made}); err != nil {
				return postgres.Fault(err)
			}
		}
		moved, err := q.AdvanceImport(ctx, usersdb.AdvanceImportParams{
			Key: j.key, Was: b.first, LastLine: b.last,
			Imported: int64(len(b.rows) - b.taken), Rejected: int64(len(b.rejected)),
		})
		if err != nil {
			return postgres.Fault(err)
		}
		if moved == 0 {
			return ErrImportedElsewhere
		}
		// Before the commit: a line told twice can be dealt with, one told
		// never is lost.
		return j.report(b)
	})
}

// insertRows makes what can be made, and gives the rows that could not be.
func insertRows(ctx context.Context, tx pgx.Tx, rows []importRow) (refused []importRow, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if _, err := tx.Exec(ctx, stageSQL, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, err
	}
	source := pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		r := &rows[i]
		return []any{r.line, r.id, r.username, r.email, r.hash, r.verified, r.disabled, r.createdAt}, nil
	})
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"pg_temp", "import_rows"}, stageColumns, source); err != nil {
		return nil, err
	}
	made, err := insertStaged(ctx, tx, len(rows))
	if err != nil {
		return nil, err
	}
	var roles [][]any
	for _, row := range rows {
		// Of lines that say the same three, the first was made.
		if _, ok := made[row.names()]; !ok {
			refused = append(refused, row)
			continue
		}
		delete(made, row.names())
		for _, role := range row.roles {
			roles = append(roles, []any{row.id, role})
		}
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"users", "user_roles"}, []string{"user_id", "role"}, pgx.CopyFromRows(roles))
	return refused, err
}

func insertStaged(ctx context.Context, tx pgx.Tx, size int) (map[names]struct{}, error) {
	// Not cached: the table is another one in each transaction.
	answer, err := tx.Query(ctx, insertSQL, pgx.QueryExecModeExec)
	if err != nil {
		return nil, err
	}
	made := make(map[names]struct{}, size)
	var n names
	_, err = pgx.ForEachRow(answer, []any{&n.id, &n.username, &n.email}, func() error {
		made[n] = struct{}{}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, answer.Err()
}

// explain rejects rows that stand in the way of an account, with the reason,
// and puts all of the batch's rejections in order.
func explain(ctx context.Context, q *usersdb.Queries, b *batch, refused []importRow) error {
	if len(refused) == 0 {
		return nil
	}
	known, err := findNames(ctx, q, refused)
	if err != nil {
		return err
	}
	for _, row := range refused {
		b.reject(row.line, known.reason(row))
	}
	b.taken = len(refused)
	slices.SortFunc(b.rejected, func(a, c rejectedLine) int { return int(a.line - c.line) })
	return nil
}

// compare is write for a dry run: it finds what stands in the way of a row, in
// the database and among the batch's earlier lines.
func (j *importJob) compare(ctx context.Context, b *batch) error {
	known, err := findNames(ctx, j.service.queries, b.rows)
	if err != nil {
		return err
	}
	for _, row := range b.rows {
		if reason := known.reason(row); reason != "" {
			b.reject(row.line, reason)
			b.taken++
			continue
		}
		known.add(row.names())
	}
	slices.SortFunc(b.rejected, func(a, c rejectedLine) int { return int(a.line - c.line) })
	return j.report(b)
}

// known are names that are somebody's.
type known struct {
	ids               map[uuid.UUID]struct{}
	usernames, emails map[string]struct{}
}

func (k known) add(n names) {
	k.ids[n.id], k.usernames[n.username], k.emails[n.email] = struct{}{}, struct{}{}, struct{}{}
}

func (k known) reason(row importRow) string {
	if _, taken := k.usernames[row.username]; taken {
		return fmt.Sprintf("username: an account or an earlier line has %s", row.username)
	}
	if _, taken := k.emails[row.email]; taken {
		return "email: an account or an earlier line has it"
	}
	if _, taken := k.ids[row.id]; taken {
		return "id: an account or an earlier line has it"
	}
	return ""
}

func findNames(ctx context.Context, q *usersdb.Queries, rows []importRow) (known, error) {
	var in usersdb.FindNamesParams
	for _, row := range rows {
		in.Ids, in.Usernames, in.Emails = append(in.Ids, row.id), append(in.Usernames, row.username), append(in.Emails, row.email)
	}
	found, err := q.FindNames(ctx, in)
	if err != nil {
		return known{}, postgres.Fault(err)
	}
	k := known{ids: map[uuid.UUID]struct{}{}, usernames: map[string]struct{}{}, emails: map[string]struct{}{}}
	for _, row := range found {
		k.add(names{row.ID, row.Username, row.Email})
	}
	return k, nil
}

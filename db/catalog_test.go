package db_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// catalogSQL is everything in a schema that migrations make, one line each:
// tables with their rights, columns in their order, constraints, indexes,
// views, functions, triggers, sequences and comments.
const catalogSQL = `
WITH n AS (SELECT oid FROM pg_namespace WHERE nspname = $1),
acl AS (SELECT objoid, string_agg(a, ' ' ORDER BY a) AS rights FROM (
    SELECT c.oid AS objoid, x.grantee::regrole || '=' || x.privilege_type || x.is_grantable AS a FROM pg_class c, n, aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) x WHERE c.relnamespace = n.oid
    UNION ALL
    SELECT p.oid, x.grantee::regrole || '=' || x.privilege_type FROM pg_proc p, n, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE p.pronamespace = n.oid) each GROUP BY objoid)
SELECT format('relation %s %s %s owner %s rights %s', c.relkind, c.relname, c.relpersistence, c.relowner::regrole, (SELECT rights FROM acl WHERE objoid = c.oid)) FROM pg_class c, n WHERE c.relnamespace = n.oid
UNION ALL SELECT format('column %s.%s %s %s %s null %s default %s', c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), a.attacl, NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum, n
    WHERE c.relnamespace = n.oid AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT format('constraint %s %s %s valid %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid), convalidated) FROM pg_constraint k, n WHERE connamespace = n.oid
UNION ALL SELECT format('index %s valid %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid, n WHERE c.relnamespace = n.oid
UNION ALL SELECT format('view %s %s', c.relname, pg_get_viewdef(c.oid)) FROM pg_class c, n WHERE c.relnamespace = n.oid AND c.relkind = 'v'
UNION ALL SELECT format('function %s rights %s', pg_get_functiondef(p.oid), (SELECT rights FROM acl WHERE objoid = p.oid)) FROM pg_proc p, n WHERE pronamespace = n.oid
UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid, n WHERE c.relnamespace = n.oid AND NOT t.tgisinternal
UNION ALL SELECT format('comment %s %s %s', c.relname, x.objsubid, x.description) FROM pg_description x JOIN pg_class c ON c.oid = x.objoid AND x.classoid = 'pg_class'::regclass, n WHERE c.relnamespace = n.oid
UNION ALL SELECT format('type %s %s', t.typname, t.typtype) FROM pg_type t, n WHERE t.typnamespace = n.oid AND t.typtype IN ('e', 'd', 'r')
ORDER BY 1`

func catalog(t *testing.T, pool *pgxpool.Pool, schema string) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), catalogSQL, schema)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// difference lists what only one of two catalogs has.
func difference(before, after []string) string {
	count := map[string]int{}
	for _, line := range before {
		count[line]--
	}
	for _, line := range after {
		count[line]++
	}
	var all []string
	for line, n := range count {
		switch {
		case n < 0:
			all = append(all, "- "+line)
		case n > 0:
			all = append(all, "+ "+line)
		}
	}
	return strings.Join(all, "\n")
}

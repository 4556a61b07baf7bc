package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// prune is Prune of one service, by its owner or its lesser role.
type prune func(ctx context.Context, pool *pgxpool.Pool, before time.Time, dryRun bool) (int64, error)

func pruneUsers(ctx context.Context, pool *pgxpool.Pool, before time.Time, dryRun bool) (int64, error) {
	return audit.Prune(ctx, usersdb.New(pool), before, dryRun)
}

func pruneAuth(ctx context.Context, pool *pgxpool.Pool, before time.Time, dryRun bool) (int64, error) {
	return audit.Prune(ctx, authdb.New(pool), before, dryRun)
}

func TestPruneRemovesTheOldOnes(t *testing.T) {
	t.Parallel()
	usersDB, authDB := dbtest.Both(t)
	t.Run("users", func(t *testing.T) { prunes(t, usersDB, "users.audit_events", pruneUsers) })
	t.Run("auth", func(t *testing.T) { prunes(t, authDB, "auth.audit_events", pruneAuth) })
}

func prunes(t *testing.T, db dbtest.DB, table string, prune prune) {
	ctx := context.Background()
	owner, err := pgxpool.New(ctx, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	half := time.Now().Add(-12_500 * time.Second)
	// 25,000 events, a second apart, up to now: ids as a UUIDv7 has them.
	_, err = owner.Exec(ctx, `INSERT INTO `+table+` (id, occurred_at, type, actor_kind, actor)
		SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(n % 65536), 4, '0'))::uuid,
			at, 'user.created', 'system', 'test'
		FROM generate_series(0, 24999) AS n, LATERAL (SELECT now() - n * interval '1 second' AS at) t`)
	if err != nil {
		t.Fatal(err)
	}
	would, err := prune(ctx, owner, half, true)
	if err != nil || would < 12_480 || would > 12_500 {
		t.Fatalf("would remove %d, %v", would, err)
	}
	removed, err := prune(ctx, owner, half, false)
	if err != nil || removed != would {
		t.Fatalf("removed %d, %v", removed, err)
	}
	var left int64
	if err := owner.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&left); err != nil || left != 25_000-removed {
		t.Errorf("%d are left, %v", left, err)
	}
	if _, err := prune(ctx, db.Pool, half, false); err == nil {
		t.Error("the service's role removed events")
	}
}

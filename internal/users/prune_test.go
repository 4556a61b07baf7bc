package users_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/users"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestPruneAuditRemovesTheOldOnes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := dbtest.Users(t)
	owner, err := pgxpool.New(ctx, db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	// 25,000 events, a second apart, up to now: ids as a UUIDv7 has them.
	_, err = owner.Exec(ctx, `INSERT INTO users.audit_events (id, occurred_at, type, actor_kind, actor)
		SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(n % 65536), 4, '0'))::uuid,
			at, 'user.created', 'system', 'test'
		FROM generate_series(0, 24999) AS n, LATERAL (SELECT now() - n * interval '1 second' AS at) t`)
	if err != nil {
		t.Fatal(err)
	}
	half := time.Now().Add(-12_500 * time.Second)
	would, err := users.PruneAudit(ctx, owner, half, true)
	if err != nil || would < 12_480 || would > 12_500 {
		t.Fatalf("would remove %d, %v", would, err)
	}
	removed, err := users.PruneAudit(ctx, owner, half, false)
	if err != nil || removed != would {
		t.Fatalf("removed %d, %v", removed, err)
	}
	var left int64
	if err := owner.QueryRow(ctx, "SELECT count(*) FROM users.audit_events").Scan(&left); err != nil || left != 25_000-removed {
		t.Errorf("%d are left, %v", left, err)
	}
	if _, err := users.PruneAudit(ctx, db.Pool, half, false); err == nil {
		t.Error("the service's role removed events")
	}
}

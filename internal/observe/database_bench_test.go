package observe_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// BenchmarkTracer is what timing costs per statement, and per wait for a
// connection; no database is behind it.
func BenchmarkTracer(b *testing.B) {
	tracer := observe.NewMetrics("users").Database().Tracer("main")
	ctx := context.Background()
	for _, c := range []struct {
		name string
		sql  string
		err  error
	}{
		{"statement", "-- name: GetAccountByID :one\nSELECT id, username FROM accounts WHERE id = $1", nil},
		{"begin", "begin", nil},
		{"no rows", "-- name: GetAccountByID :one\nSELECT id, username FROM accounts WHERE id = $1", pgx.ErrNoRows},
		{"failed", "-- name: InsertAccount :one\nINSERT INTO accounts DEFAULT VALUES", &pgconn.PgError{Code: "23505"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				begun := tracer.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{SQL: c.sql})
				tracer.TraceQueryEnd(begun, nil, pgx.TraceQueryEndData{Err: c.err})
			}
		})
	}
	b.Run("acquire", func(b *testing.B) {
		waits := tracer.(pgxpool.AcquireTracer)
		b.ReportAllocs()
		for b.Loop() {
			waits.TraceAcquireEnd(waits.TraceAcquireStart(ctx, nil, pgxpool.TraceAcquireStartData{}), nil, pgxpool.TraceAcquireEndData{})
		}
	})
}

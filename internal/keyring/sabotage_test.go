package keyring_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// fuse fails the Nth statement of a pool: it is never sent.
type fuse struct{ left atomic.Int64 }

func (f *fuse) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if data.SQL == "rollback" || f.left.Add(-1) != 0 {
		return ctx
	}
	ctx, cancel := context.WithCancelCause(ctx)
	cancel(errors.New("sabotage"))
	return ctx
}

func (f *fuse) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// pool is a pool with the fuse in it.
func (f *fuse) pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.ConnConfig.Tracer = f
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// each has do run with each of its statements failing in turn, until it has none left to fail:
// every time it must say so, and must have changed nothing where whole says that it is one change.
func (f *fuse) each(t *testing.T, db dbtest.DB, whole bool, do func(context.Context) error) {
	t.Helper()
	for n := int64(1); ; n++ {
		before := picture(t, db.Pool)
		f.left.Store(n)
		err := do(t.Context())
		failed := f.left.Load() <= 0
		f.left.Store(0)
		if !failed {
			if err != nil {
				t.Errorf("nothing failed: %v", err)
			}
			if n == 1 {
				t.Error("it has no statement")
			}
			return
		}
		if err == nil {
			t.Errorf("statement %d failed, and nobody was told", n)
		}
		if after := picture(t, db.Pool); whole && after != before {
			t.Errorf("statement %d failed and left a change:\n%s\nwas:\n%s", n, after, before)
		}
	}
}

// picture is the ring and what the audit has of it.
func picture(t testing.TB, pool *pgxpool.Pool) (text string) {
	t.Helper()
	err := pool.QueryRow(t.Context(), `SELECT
		(SELECT coalesce(string_agg(k::text, E'\n' ORDER BY kid), '') FROM auth.signing_keys k)
		|| E'\n' || (SELECT coalesce(string_agg(e.id::text || e.type, E'\n' ORDER BY id), '') FROM auth.audit_events e)`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestWhicheverStatementFailsTheRingIsWhole(t *testing.T) {
	t.Parallel()
	db, f := dbtest.Auth(t), &fuse{}
	pool := f.pool(t, db.URL)
	s := storeOf(t, pool, newCipher(t, secret(1), nil), keyring.StoreOptions{Algorithm: "ES256", Rotation: 24 * time.Hour})
	text := privatePEM(t)
	unharmed := storeOf(t, db.Pool, nil, keyring.StoreOptions{})
	state := func(state keyring.State) (kid string) {
		keys, err := unharmed.List(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if k.State == state {
				kid = k.KID
			}
		}
		return kid
	}
	for _, move := range []struct {
		name  string
		parts bool // it is several changes: some may be made
		do    func(context.Context) error
	}{
		{"open", true, func(ctx context.Context) error { _, err := keyring.Open(ctx, s, keyring.Options{}); return err }},
		{"maintain", true, s.Maintain},
		{"generate", false, func(ctx context.Context) error { _, err := s.Generate(ctx, by, "", 0, false); return err }},
		{"import", false, func(ctx context.Context) error { _, _, err := s.Import(ctx, by, text, false); return err }},
		{"import again", false, func(ctx context.Context) error { _, _, err := s.Import(ctx, by, text, false); return err }},
		{"rotate", false, func(ctx context.Context) error { _, err := s.Rotate(ctx, by, keyring.RotateOptions{}); return err }},
		{"list", false, func(ctx context.Context) error { _, err := s.List(ctx, false); return err }},
		{"public keys", false, func(ctx context.Context) error { _, err := keyring.PublicKeys(ctx, pool); return err }},
		{"revoke a pending key", false, func(ctx context.Context) error {
			_, err := s.Revoke(ctx, by, state(keyring.Pending), keyring.RevokeOptions{})
			return err
		}},
		{"revoke the last pending key", false, func(ctx context.Context) error {
			_, err := s.Revoke(ctx, by, state(keyring.Pending), keyring.RevokeOptions{})
			return err
		}},
		{"revoke the active key", false, func(ctx context.Context) error {
			_, err := s.Revoke(ctx, by, state(keyring.Active), keyring.RevokeOptions{Active: true})
			return err
		}},
		{"maintain a day later", true, s.Maintain},
		{"rewrap", false, func(ctx context.Context) error {
			_, err := storeOf(t, pool, newCipher(t, secret(2), secret(1)), soon).Rewrap(ctx, by, false)
			return err
		}},
	} {
		t.Run(move.name, func(t *testing.T) {
			aged(t, db.Pool, 25*time.Hour)
			f.each(t, db, !move.parts, move.do)
		})
	}
}

// What was not written is not lost, and what was is not written twice.
func TestTokensAreCountedOnce(t *testing.T) {
	t.Parallel()
	db, f := dbtest.Auth(t), &fuse{}
	pool := f.pool(t, db.URL)
	r, s := open(t, pool, newCipher(t, secret(1), nil), keyring.Options{}), storeOf(t, pool, nil, keyring.StoreOptions{})
	now := time.Now()
	claims := token.Claims{Issuer: "i", Subject: "s", Audience: []string{"a"}, ID: "j", ClientID: "c", IssuedAt: now, ExpiresAt: now.Add(time.Minute)}
	for range 2 {
		if _, _, err := r.Mint(claims); err != nil {
			t.Fatal(err)
		}
	}
	f.left.Store(1)
	r.WriteIssued(t.Context())
	for range 2 {
		r.WriteIssued(t.Context())
		keys, err := s.List(t.Context(), false)
		if err != nil || len(keys) != 1 || keys[0].TokensOut != 2 {
			t.Errorf("%+v, %v", keys, err)
		}
	}
}

package keyring_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

var by = audit.System("the test")

// soon makes keys that cost nothing to make.
var soon = keyring.StoreOptions{Algorithm: token.ES256}

// states gives the ring as "state state …", the oldest key first.
func states(t testing.TB, s *keyring.Store) string {
	t.Helper()
	keys, err := s.List(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range keys {
		all = append(all, string(keys[len(keys)-1-i].State))
	}
	return strings.Join(all, " ")
}

// aged makes every key older, by the database's clock.
func aged(t testing.TB, pool *pgxpool.Pool, by time.Duration) {
	t.Helper()
	exec(t, pool, `UPDATE auth.signing_keys SET created_at = created_at - $1::interval, activated_at = activated_at - $1::interval,
		tokens_until = tokens_until - $1::interval, verifies_until = verifies_until - $1::interval`, by)
}

func events(t testing.TB, pool *pgxpool.Pool, kind string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM auth.audit_events WHERE type = $1", kind).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestS82Rotate(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	r, err := keyring.Open(t.Context(), s, keyring.Options{Longest: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rotate(t.Context(), by, keyring.RotateOptions{}); !errors.Is(err, keyring.ErrNotPending) {
		t.Errorf("without a pending key: %v", err)
	}
	first := signing(t, r)
	next, err := s.Generate(t.Context(), by, "", 0, false)
	if err != nil || next.State != keyring.Pending {
		t.Fatalf("%+v, %v", next, err)
	}
	_, err = s.Rotate(t.Context(), by, keyring.RotateOptions{})
	if f := fault.As(err); !errors.Is(err, keyring.ErrTooYoung) || f.RetryAfter < 119*time.Second || f.RetryAfter > 2*time.Minute {
		t.Errorf("a key that nobody has seen: %+v", f)
	}
	aged(t, db.Pool, 119*time.Second)
	if _, err := s.Rotate(t.Context(), by, keyring.RotateOptions{}); !errors.Is(err, keyring.ErrTooYoung) {
		t.Errorf("a second too early: %v", err)
	}
	aged(t, db.Pool, time.Second)
	if would, err := s.Rotate(t.Context(), by, keyring.RotateOptions{DryRun: true}); err != nil || would.Activated.KID != next.KID || states(t, s) != "active pending" {
		t.Errorf("a dry run: %+v, %v, %s", would, err, states(t, s))
	}
	done, err := s.Rotate(t.Context(), by, keyring.RotateOptions{})
	if err != nil || done.Activated.KID != next.KID || done.Retiring.KID != first.KID || done.Pending == nil || states(t, s) != "retiring active pending" {
		t.Fatalf("%+v, %v, %s", done, err, states(t, s))
	}
	if left := time.Until(*done.Retiring.VerifiesUntil); left < time.Hour-2*time.Minute {
		t.Errorf("the retiring key verifies for %s: its last token lives an hour", left)
	}
	if again, err := s.Rotate(t.Context(), by, keyring.RotateOptions{KID: next.KID}); err != nil || !again.Again {
		t.Errorf("the same once more: %+v, %v", again, err)
	}
	if _, err := s.Rotate(t.Context(), by, keyring.RotateOptions{KID: first.KID}); !errors.Is(err, keyring.ErrNotPending) {
		t.Errorf("back to the first: %v", err)
	}
	if _, err := s.Rotate(t.Context(), by, keyring.RotateOptions{KID: strings.Repeat("x", 43)}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an unknown kid: %v", err)
	}
	if err := r.Reload(t.Context()); err != nil || signing(t, r).KID != next.KID || !has(r, first.KID) || !has(r, done.Pending.KID) {
		t.Errorf("the ring does not follow: %v", err)
	}
	var left int
	err = db.Pool.QueryRow(t.Context(), "SELECT count(*) FROM auth.signing_keys WHERE private_key IS NOT NULL AND state = 'retiring'").Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d retiring keys can still sign, %v", left, err)
	}
	if n := events(t, db.Pool, "key.rotated"); n != 1 {
		t.Errorf("%d events", n)
	}
}

// S84: asked for by many at once, a rotation happens once, and a revocation.
func TestS84MovesAtOnce(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	first := insert(t, db.Pool, c, "active")
	insert(t, db.Pool, c, "pending")
	insert(t, db.Pool, c, "pending")
	aged(t, db.Pool, time.Hour)
	var mu sync.Mutex
	outcomes := map[string]int{}
	at := func(do func() error) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				outcome := "done"
				if err := do(); err != nil {
					outcome = string(fault.As(err).Code)
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[outcome]++
			})
		}
		wg.Wait()
	}
	at(func() error { _, err := s.Rotate(context.Background(), by, keyring.RotateOptions{}); return err })
	if outcomes["done"] != 1 || outcomes["key_too_young"] != 7 || events(t, db.Pool, "key.rotated") != 1 {
		t.Errorf("8 rotations at once: %v, %d events", outcomes, events(t, db.Pool, "key.rotated"))
	}
	clear(outcomes)
	at(func() error {
		_, err := s.Revoke(context.Background(), by, first.KID, keyring.RevokeOptions{})
		return err
	})
	if outcomes["done"] != 8 || events(t, db.Pool, "key.revoked") != 1 {
		t.Errorf("8 revocations at once: %v, %d events", outcomes, events(t, db.Pool, "key.revoked"))
	}
	if got := states(t, s); got != "revoked active pending" && got != "revoked pending active" {
		t.Errorf("the ring is %s", got)
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	r, err := keyring.Open(t.Context(), s, keyring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	claims := token.Claims{Issuer: "i", Subject: "s", Audience: []string{"a"}, ID: "j", ClientID: "c", IssuedAt: now, ExpiresAt: now.Add(time.Minute)}
	raw, first, err := r.Mint(claims)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, _, err := r.Mint(claims); err != nil {
			t.Fatal(err)
		}
	}
	r.WriteIssued(t.Context())
	exec(t, db.Pool, "INSERT INTO auth.issued_tokens VALUES ($1, now() - interval '1 minute', 100)", first) // expired
	if _, err := s.Revoke(t.Context(), by, first, keyring.RevokeOptions{}); !errors.Is(err, keyring.ErrActive) {
		t.Errorf("the active key, unconfirmed: %v", err)
	}
	would, err := s.Revoke(t.Context(), by, first, keyring.RevokeOptions{Active: true, DryRun: true})
	if err != nil || would.Revoked.TokensOut != 3 || would.Activated != nil || !would.Unseen || states(t, s) != "active" {
		t.Errorf("a dry run, with nothing pending: %+v, %v, %s", would, err, states(t, s))
	}
	v := &token.Verifier{Issuer: "i", Audience: "a", Keys: r}
	if _, err := v.Verify(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	done, err := s.Revoke(t.Context(), by, first, keyring.RevokeOptions{Active: true})
	if err != nil || done.Revoked.TokensOut != 3 || done.Activated == nil || !done.Unseen {
		t.Fatalf("%+v, %v", done, err)
	}
	if err := r.Reload(t.Context()); err != nil || signing(t, r).KID != done.Activated.KID || has(r, first) {
		t.Errorf("the ring does not follow: %v", err)
	}
	if _, err := v.Verify(t.Context(), raw); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("a token of the revoked key, verified before: %v", err)
	}
	if again, err := s.Revoke(t.Context(), by, first, keyring.RevokeOptions{}); err != nil || !again.Again {
		t.Errorf("once more: %+v, %v", again, err)
	}
	if err := s.Maintain(t.Context()); err != nil || states(t, s) != "revoked active pending" {
		t.Fatalf("%s, %v", states(t, s), err)
	}
	aged(t, db.Pool, time.Hour)
	second := signing(t, r).KID
	if done, err = s.Revoke(t.Context(), by, second, keyring.RevokeOptions{Active: true}); err != nil || done.Unseen || done.Pending == nil {
		t.Errorf("with a pending key that all have seen: %+v, %v", done, err)
	}
	if _, err := s.Revoke(t.Context(), by, done.Pending.KID, keyring.RevokeOptions{}); err != nil || states(t, s) != "revoked revoked active revoked pending" {
		t.Errorf("a pending key: %v, %s", err, states(t, s))
	}
	if _, err := s.Revoke(t.Context(), by, strings.Repeat("x", 43), keyring.RevokeOptions{}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an unknown kid: %v", err)
	}
	if n := events(t, db.Pool, "key.revoked"); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestMaintain(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, keyring.StoreOptions{Algorithm: token.ES256, Rotation: 24 * time.Hour})
	if _, err := keyring.Open(t.Context(), s, keyring.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		age  time.Duration
		want string
	}{
		{"the next key is made", 0, "active pending"},
		{"once", 0, "active pending"},
		{"an hour later", time.Hour, "active pending"},
		{"a day later", 23 * time.Hour, "retiring active pending"},
		{"and once", 0, "retiring active pending"},
		{"when the last token has expired", time.Hour, "retired active pending"},
		{"and another day later", 23 * time.Hour, "retired retiring active pending"},
	} {
		aged(t, db.Pool, step.age)
		var wg sync.WaitGroup
		for range 3 { // several instances
			wg.Go(func() {
				if err := s.Maintain(context.Background()); err != nil {
					t.Errorf("%s: %v", step.name, err)
				}
			})
		}
		wg.Wait()
		if got := states(t, s); got != step.want {
			t.Fatalf("%s: the ring is %s, want %s", step.name, got, step.want)
		}
	}
	if n := events(t, db.Pool, "key.rotated"); n != 2 {
		t.Errorf("%d rotations in the audit", n)
	}
	never := storeOf(t, db.Pool, c, soon)
	aged(t, db.Pool, 1000*time.Hour)
	if err := never.Maintain(t.Context()); err != nil || states(t, never) != "retired retired active pending" {
		t.Errorf("with KEY_ROTATION=0: %v, %s", err, states(t, never))
	}
}

func TestRewrap(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	old, both, fresh := newCipher(t, secret(1), nil), newCipher(t, secret(2), secret(1)), newCipher(t, secret(2), nil)
	key := insert(t, db.Pool, old, "active")
	insert(t, db.Pool, old, "pending")
	insert(t, db.Pool, old, "retiring")
	if _, err := storeOf(t, db.Pool, fresh, soon).Rewrap(t.Context(), by, false); !errors.Is(err, keyring.ErrCannotDecrypt) {
		t.Errorf("without the previous key: %v", err)
	}
	s := storeOf(t, db.Pool, both, soon)
	if would, err := s.Rewrap(t.Context(), by, true); err != nil || len(would.Changed) != 2 {
		t.Errorf("a dry run: %+v, %v", would, err)
	}
	if signing(t, open(t, db.Pool, old, keyring.Options{})).KID != key.KID {
		t.Error("the dry run has changed something")
	}
	if done, err := s.Rewrap(t.Context(), by, false); err != nil || len(done.Changed) != 2 || done.Current != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if done, err := s.Rewrap(t.Context(), by, false); err != nil || len(done.Changed) != 0 || done.Current != 2 {
		t.Errorf("again: %+v, %v", done, err)
	}
	if signing(t, open(t, db.Pool, fresh, keyring.Options{})).KID != key.KID {
		t.Error("the new key alone does not open the ring")
	}
	if _, err := keyring.Open(t.Context(), storeOf(t, db.Pool, old, soon), keyring.Options{}); !errors.Is(err, keyring.ErrCannotDecrypt) {
		t.Errorf("the old key still opens it: %v", err)
	}
}

// privatePEM is a new Ed25519 key as one would import it.
func privatePEM(t testing.TB) []byte {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func TestImport(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	insert(t, db.Pool, c, "active")
	text := privatePEM(t)
	for name, bad := range map[string]string{
		"nothing": "", "a public key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "two": string(text) + string(text),
		"garbage": "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n", "encrypted": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nY2FuYXJ5\n-----END ENCRYPTED PRIVATE KEY-----\n",
	} {
		if _, again, err := s.Import(t.Context(), by, []byte(bad), false); err == nil || again || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "Y2Fu") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := s.Import(t.Context(), by, text, true); err != nil || states(t, s) != "active" {
		t.Errorf("a dry run: %v, %s", err, states(t, s))
	}
	key, again, err := s.Import(t.Context(), by, text, false)
	if err != nil || again || key.Algorithm != token.EdDSA || states(t, s) != "active pending" {
		t.Fatalf("%+v, %v, %v, %s", key, again, err, states(t, s))
	}
	if key, again, err = s.Import(t.Context(), by, text, false); err != nil || !again {
		t.Errorf("again: %+v, %v, %v", key, again, err)
	}
	if _, err := s.Rotate(t.Context(), by, keyring.RotateOptions{KID: key.KID, Force: true}); err != nil {
		t.Fatal(err)
	}
	if got := signing(t, open(t, db.Pool, c, keyring.Options{})); got.KID != key.KID {
		t.Errorf("signs with %s", got.KID)
	}
	if _, err := s.Revoke(t.Context(), by, key.KID, keyring.RevokeOptions{Active: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Import(t.Context(), by, text, false); !errors.Is(err, keyring.ErrOnceThere) {
		t.Errorf("after its revocation: %v", err)
	}
	if events(t, db.Pool, "key.imported") != 1 {
		t.Error("the audit does not have it once")
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	for _, kind := range []struct {
		algorithm string
		bits      int
	}{{"ES384", 0}, {"none", 0}, {token.ES256, 2048}, {token.RS256, 1024}, {"", 4095}} {
		if _, err := s.Generate(t.Context(), by, kind.algorithm, kind.bits, false); !errors.Is(err, keyring.ErrKind) {
			t.Errorf("%+v: %v", kind, err)
		}
	}
	for _, algorithm := range []string{token.RS256, token.ES256, token.EdDSA, "", "", "", "", ""} {
		key, err := s.Generate(t.Context(), by, algorithm, 0, false)
		if err != nil || algorithm != "" && key.Algorithm != algorithm {
			t.Errorf("%s: %+v, %v", algorithm, key, err)
		}
	}
	if _, err := s.Generate(t.Context(), by, "", 0, false); !errors.Is(err, keyring.ErrTooMany) {
		t.Errorf("a ninth: %v", err)
	}
}

// The key law's limits for an instance that does not reach the database.
func TestCutOff(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	now := time.Now()
	r := open(t, db.Pool, c, keyring.Options{Elapsed: func() time.Time { return now }})
	key := signing(t, r)
	for _, step := range []struct {
		later           time.Duration
		signs, verifies bool
	}{{time.Minute, true, true}, {time.Second, false, true}, {9*time.Minute - time.Second, false, true}, {time.Second, false, false}} {
		now = now.Add(step.later)
		_, err := r.Signing()
		_, unknown := r.Key(t.Context(), key.KID)
		if (err == nil) != step.signs || (unknown == nil) != step.verifies || unknown != nil && !errors.Is(unknown, token.ErrKeysUnavailable) {
			t.Errorf("%s later: signing %v, verifying %v", step.later, err, unknown)
		}
	}
	if err := r.Reload(t.Context()); err != nil || signing(t, r).KID != key.KID {
		t.Errorf("read again: %v", err)
	}
}

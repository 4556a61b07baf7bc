package keyring_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// 32 keys are published at most, whatever their states.
func TestTheRingGetsFull(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	insert(t, db.Pool, c, "active")
	for range 30 {
		insert(t, db.Pool, c, "retiring")
	}
	insert(t, db.Pool, c, "revoked") // is not published
	if _, err := s.Generate(t.Context(), by, "", 0, false); err != nil {
		t.Fatalf("the 32nd: %v", err)
	}
	if _, err := s.Generate(t.Context(), by, "", 0, false); !errors.Is(err, keyring.ErrTooMany) {
		t.Errorf("the 33rd: %v", err)
	}
	published, err := s.List(t.Context(), false)
	if err != nil || len(published) != 32 {
		t.Errorf("%d are published, %v", len(published), err)
	}
	if all, err := s.List(t.Context(), true); err != nil || len(all) != 33 {
		t.Errorf("%d ever were, %v", len(all), err)
	}
	if keys, err := keyring.PublicKeys(t.Context(), db.Pool); err != nil || len(keys) != 32 {
		t.Errorf("%d public keys, %v", len(keys), err)
	}
}

// A key whose kid is not its own is in no set, and keeps nobody from the others.
func TestAKeyUnderAnotherNameIsLeftOut(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	good, bad := insert(t, db.Pool, c, "active"), insert(t, db.Pool, c, "retiring")
	r := open(t, db.Pool, c, keyring.Options{})
	another := strings.Repeat("A", 43)
	exec(t, db.Pool, "UPDATE auth.signing_keys SET kid = $2 WHERE kid = $1", bad.KID, another)
	if err := r.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), another) {
		t.Errorf("nobody is told: %v", err)
	}
	set, _ := r.JWKS()
	if !has(r, good.KID) || has(r, another) || has(r, bad.KID) || strings.Contains(string(set), another) {
		t.Errorf("the set is %s", set)
	}
	if _, err := keyring.PublicKeys(t.Context(), db.Pool); err == nil {
		t.Error("a list from which it is missing would make it look revoked")
	}
}

// A poll that finds nothing new makes nothing anew, and one that does, does.
func TestUnchangedRowsKeepTheSet(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	insert(t, db.Pool, c, "active")
	r := open(t, db.Pool, c, keyring.Options{})
	reloaded := func() *byte {
		if err := r.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		set, _ := r.JWKS()
		return &set[0]
	}
	first := reloaded()
	if reloaded() != first {
		t.Error("the set was made anew for nothing")
	}
	insert(t, db.Pool, c, "retiring")
	if reloaded() == first {
		t.Error("the set has not followed")
	}
}

// A rotation that is due while verifiers may not have seen the next key is put off, and is no failure.
func TestADueRotationWaitsForVerifiers(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, keyring.StoreOptions{Algorithm: token.ES256, Rotation: 24 * time.Hour})
	insert(t, db.Pool, c, "active")
	aged(t, db.Pool, 25*time.Hour)
	for _, step := range []string{"none is pending", "one is, since now"} {
		if err := s.Maintain(t.Context()); err != nil || states(t, s) != "active pending" {
			t.Errorf("%s: %v, %s", step, err, states(t, s))
		}
	}
}

// What metrics say of the ring: how long each key has been what it is.
func TestObserved(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, soon)
	insert(t, db.Pool, c, "active")
	if _, err := s.Generate(t.Context(), by, "", 0, false); err != nil {
		t.Fatal(err)
	}
	insert(t, db.Pool, c, "retiring")
	exec(t, db.Pool, `UPDATE auth.signing_keys SET created_at = now() - interval '9 hours',
		activated_at = CASE WHEN state <> 'pending' THEN now() - interval '5 hours' END,
		retiring_at = CASE WHEN state = 'retiring' THEN now() - interval '2 hours' END`)
	r := open(t, db.Pool, c, keyring.Options{})
	seen := r.Observed()
	for state, want := range map[string]time.Duration{"active": 5 * time.Hour, "pending": 9 * time.Hour, "retiring": 2 * time.Hour} {
		ages := seen.Ages[state]
		if len(ages) != 1 || (ages[0]-want).Abs() > time.Minute {
			t.Errorf("%s: %v, want %v", state, ages, want)
		}
	}
	if !seen.Signing || seen.Failures != 0 || seen.Polled > time.Minute {
		t.Errorf("%+v", seen)
	}
}

// What the audit has of keys: of which kind each is, and what took whose place.
func TestTheAuditDescribesKeys(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	s := storeOf(t, db.Pool, c, keyring.StoreOptions{})
	first := insert(t, db.Pool, c, "active")
	made, err := s.Generate(t.Context(), by, "", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rotate(t.Context(), by, keyring.RotateOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	audited := func(sql string, args ...any) (found bool) {
		t.Helper()
		if err := db.Pool.QueryRow(context.Background(), "SELECT EXISTS (SELECT FROM auth.audit_events WHERE "+sql+")", args...).Scan(&found); err != nil {
			t.Fatal(err)
		}
		return found
	}
	if !audited("type = 'key.created' AND after = jsonb_build_object('kid', $1::text, 'algorithm', 'RS256', 'bits', 2048, 'state', 'pending')", made.KID) {
		t.Error("how the key was made is not there")
	}
	if !audited("type = 'key.rotated' AND before = jsonb_build_object('kid', $1::text) AND after ->> 'kid' = $2", first.KID, made.KID) {
		t.Error("what was rotated is not there")
	}
	for range 2 { // the second time there is nothing to do, and nothing to tell
		if _, err := storeOf(t, db.Pool, newCipher(t, secret(2), secret(1)), soon).Rewrap(t.Context(), by, false); err != nil {
			t.Fatal(err)
		}
	}
	if n := events(t, db.Pool, "key.rewrapped"); n != 1 {
		t.Errorf("%d events of rewrapping", n)
	}
}

// Without KEY_ENCRYPTION_KEY no key is made, and the ring stays as it is.
func TestWithoutACipherNoKeyIsMade(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	active, pending := insert(t, db.Pool, c, "active"), insert(t, db.Pool, c, "pending")
	s := storeOf(t, db.Pool, nil, soon)
	before := picture(t, db.Pool)
	for name, do := range map[string]func() error{
		"generate": func() error { _, err := s.Generate(t.Context(), by, "", 0, false); return err },
		"import": func() error {
			_, again, err := s.Import(t.Context(), by, privatePEM(t), false)
			if again {
				t.Error("it is there already")
			}
			return err
		},
		"rotate": func() error {
			_, err := s.Rotate(t.Context(), by, keyring.RotateOptions{KID: pending.KID, Force: true})
			return err
		},
		"revoke": func() error {
			_, err := s.Revoke(t.Context(), by, active.KID, keyring.RevokeOptions{Active: true})
			return err
		},
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "KEY_ENCRYPTION_KEY") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := picture(t, db.Pool); after != before {
		t.Errorf("the ring is\n%s\nwas\n%s", after, before)
	}
}

// RSA keys of sizes that we do not make are not taken.
func TestImportOfAnOddKey(t *testing.T) {
	t.Parallel()
	s := storeOf(t, dbtest.Auth(t).Pool, newCipher(t, secret(1), nil), soon)
	odd, err := rsa.GenerateKey(rand.Reader, 2056)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(odd)})
	if _, again, err := s.Import(t.Context(), by, text, false); err == nil || again || !strings.Contains(err.Error(), "2056 bits") {
		t.Errorf("%v, %v", again, err)
	}
}

package keyring_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// Changes by another instance arrive without a restart: rotation, then
// revocation.
func TestS83PollFollows(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	r := open(t, db.Pool, c, quick)
	run(t, r)
	first := signing(t, r)
	_, etag := r.JWKS()

	pending := insert(t, db.Pool, c, "pending")
	eventually(t, "the pending key", func() bool { return has(r, pending.KID) })
	if signing(t, r).KID != first.KID {
		t.Error("a pending key signs")
	}
	if _, now := r.JWKS(); now == etag {
		t.Error("the ETag is the old set's")
	}

	inTx(t, db.Pool, func(tx pgx.Tx) {
		exec(t, tx, `UPDATE auth.signing_keys SET state = 'retiring', private_key = NULL, retiring_at = now(), verifies_until = now() + interval '1 hour' WHERE state = 'active'`)
		exec(t, tx, `UPDATE auth.signing_keys SET state = 'active', activated_at = now() WHERE state = 'pending'`)
	})
	eventually(t, "the rotation", func() bool { return signing(t, r).KID == pending.KID })
	if !has(r, first.KID) {
		t.Error("a retiring key does not verify")
	}

	exec(t, db.Pool, `UPDATE auth.signing_keys SET state = 'revoked', private_key = NULL, revoked_at = now() WHERE kid = $1`, first.KID)
	eventually(t, "the revocation", func() bool { return !has(r, first.KID) })
	if r.Failures() != 0 {
		t.Errorf("%d failures", r.Failures())
	}
	exec(t, db.Pool, `UPDATE auth.signing_keys SET state = 'revoked', private_key = NULL, revoked_at = now() WHERE kid = $1`, pending.KID)
	eventually(t, "the last key's revocation", func() bool {
		_, err := r.Signing()
		return errors.Is(err, keyring.ErrNoSigningKey) && !has(r, pending.KID)
	})
}

// A key that this instance cannot decrypt keeps neither a revocation from taking
// effect nor the instance from signing.
func TestPollWithAKeyItCannotDecrypt(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	var log lockedBuffer
	retiring := insert(t, db.Pool, c, "retiring")
	r := open(t, db.Pool, c, keyring.Options{Poll: quick.Poll, Log: slog.New(slog.NewTextHandler(&log, nil))})
	run(t, r)
	first := signing(t, r)
	var foreign token.SigningKey
	inTx(t, db.Pool, func(tx pgx.Tx) {
		exec(t, tx, `UPDATE auth.signing_keys SET private_key = NULL, state = CASE state WHEN 'active' THEN 'retiring' ELSE 'revoked' END,
			retiring_at = now(), verifies_until = now() + interval '1 hour', revoked_at = CASE WHEN state <> 'active' THEN now() END`)
		foreign = insert(t, tx, newCipher(t, secret(2), nil), "active")
	})
	eventually(t, "the foreign key", func() bool { return has(r, foreign.KID) })
	if signing(t, r).KID != first.KID || has(r, retiring.KID) {
		t.Error("the rest of the ring is not followed")
	}
	eventually(t, "three failures", func() bool { return r.Failures() >= 3 })
	if n := strings.Count(log.String(), "could not be brought up to date"); n != 1 {
		t.Errorf("the streak has %d lines in the log", n)
	}
}

// The database goes away and comes back: the last ring serves meanwhile.
func TestPollSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	var log lockedBuffer
	r := open(t, db.Pool, c, keyring.Options{Poll: quick.Poll, Log: slog.New(slog.NewTextHandler(&log, nil))})
	run(t, r)
	key := signing(t, r)
	owner := connect(t, db.OwnerURL)
	exec(t, owner, `REVOKE SELECT ON auth.signing_keys FROM latchkey_auth`)
	eventually(t, "three failures", func() bool { return r.Failures() >= 3 })
	if signing(t, r).KID != key.KID || !has(r, key.KID) {
		t.Error("the last ring does not serve")
	}
	exec(t, owner, `GRANT SELECT ON auth.signing_keys TO latchkey_auth`)
	eventually(t, "the recovery", func() bool { return strings.Contains(log.String(), "up to date again") })
	if n := strings.Count(log.String(), "could not be brought up to date"); n != 1 {
		t.Errorf("the streak has %d lines in the log", n)
	}
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

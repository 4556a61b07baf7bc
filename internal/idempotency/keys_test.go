package idempotency_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/idempotency"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// The services' tables, behind what their rest packages put before them.
type (
	usersTable struct{ *usersdb.Queries }
	authTable  struct{ *authdb.Queries }
)

func (t usersTable) ClaimKey(ctx context.Context, p idempotency.ClaimKeyParams) (uuid.UUID, error) {
	return t.Queries.ClaimKey(ctx, usersdb.ClaimKeyParams(p))
}

func (t usersTable) GetKey(ctx context.Context, key []byte) (idempotency.Row, error) {
	row, err := t.Queries.GetKey(ctx, key)
	return idempotency.Row(row), err
}

func (t usersTable) StoreAnswer(ctx context.Context, p idempotency.StoreAnswerParams) (int64, error) {
	return t.Queries.StoreAnswer(ctx, usersdb.StoreAnswerParams(p))
}

func (t usersTable) ReleaseKey(ctx context.Context, p idempotency.ReleaseKeyParams) error {
	return t.Queries.ReleaseKey(ctx, usersdb.ReleaseKeyParams(p))
}

func (t authTable) ClaimKey(ctx context.Context, p idempotency.ClaimKeyParams) (uuid.UUID, error) {
	return t.Queries.ClaimKey(ctx, authdb.ClaimKeyParams(p))
}

func (t authTable) GetKey(ctx context.Context, key []byte) (idempotency.Row, error) {
	row, err := t.Queries.GetKey(ctx, key)
	return idempotency.Row(row), err
}

func (t authTable) StoreAnswer(ctx context.Context, p idempotency.StoreAnswerParams) (int64, error) {
	return t.Queries.StoreAnswer(ctx, authdb.StoreAnswerParams(p))
}

func (t authTable) ReleaseKey(ctx context.Context, p idempotency.ReleaseKeyParams) error {
	return t.Queries.ReleaseKey(ctx, authdb.ReleaseKeyParams(p))
}

// table is one service's, as its lesser role sees it.
type table struct {
	name  string
	pool  *pgxpool.Pool
	store idempotency.Store
}

// each runs test on the tables of both services.
func each(t *testing.T, test func(*testing.T, table)) {
	t.Helper()
	t.Run("users", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.Users(t).Pool
		test(t, table{"users.idempotency_keys", pool, usersTable{usersdb.New(pool)}})
	})
	t.Run("auth", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.Auth(t).Pool
		test(t, table{"auth.idempotency_keys", pool, authTable{authdb.New(pool)}})
	})
}

func (tab table) keys(t *testing.T, secret byte) *idempotency.Keys {
	t.Helper()
	keys, err := idempotency.New(tab.store, bytes.Repeat([]byte{secret}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// set changes all rows, as time would.
func (tab table) set(t *testing.T, assignment string) {
	t.Helper()
	if _, err := tab.pool.Exec(t.Context(), "UPDATE "+tab.name+" SET "+assignment); err != nil {
		t.Fatal(err)
	}
}

func (tab table) count(t *testing.T) (n int) {
	t.Helper()
	if err := tab.pool.QueryRow(t.Context(), "SELECT count(*) FROM "+tab.name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// anonymous is a scope as httpapi makes it, with NULs.
const anonymous = "\x00username\x00ada"

// claim must give a claim.
func claim(t *testing.T, keys *idempotency.Keys, caller, key, request string) httpapi.Claim {
	t.Helper()
	answer, made, err := keys.Begin(t.Context(), caller, key, []byte(request))
	if answer != nil || made == nil || err != nil {
		t.Fatalf("%q %q %q: got %v, %v, %v, want a claim", caller, key, request, answer, made, err)
	}
	return made
}

// refused must give a fault.
func refused(t *testing.T, keys *idempotency.Keys, caller, key, request string, want error) {
	t.Helper()
	answer, made, err := keys.Begin(t.Context(), caller, key, []byte(request))
	if answer != nil || made != nil || !errors.Is(err, want) {
		t.Fatalf("%q %q %q: got %v, %v, %v, want %v", caller, key, request, answer, made, err, want)
	}
}

func TestAnAnswerIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, tab table) {
		keys := tab.keys(t, 1)
		for _, caller := range []string{"01936a7e", anonymous} {
			first := claim(t, keys, caller, "k", "request")
			refused(t, keys, caller, "k", "request", httpapi.ErrIdempotencyInProgress)
			refused(t, keys, caller, "k", "another", httpapi.ErrIdempotencyMismatch)
			given := httpapi.Answer{Status: 201, Header: http.Header{"Etag": {`"1"`}, "Location": {"/a"}}, Body: []byte("{\"a\":\"\xc3\xa9\"}\n")}
			if err := first.Keep(t.Context(), given); err != nil {
				t.Fatal(err)
			}
			again, made, err := tab.keys(t, 1).Begin(t.Context(), caller, "k", []byte("request")) // another instance
			if err != nil || made != nil || !reflect.DeepEqual(*again, given) {
				t.Errorf("got %+v, %v, %v, want %+v", again, made, err, given)
			}
			refused(t, keys, caller, "k", "another", httpapi.ErrIdempotencyMismatch)
			claim(t, keys, caller, "l", "another")
			claim(t, keys, caller+"x", "k", "another")
		}
	})
}

func TestAReleasedKeyIsNew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, tab table) {
		keys := tab.keys(t, 1)
		if err := claim(t, keys, "a", "k", "request").Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		claim(t, keys, "a", "k", "another")
	})
}

// TestTheLease: a crashed run's key is free for the same request after 30 s,
// and a run that was only slow finds out that it is not its any more.
func TestTheLease(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, tab table) {
		keys := tab.keys(t, 1)
		slow := claim(t, keys, "a", "k", "request")
		tab.set(t, "leased_until = now() - interval '1 second'")
		refused(t, keys, "a", "k", "another", httpapi.ErrIdempotencyMismatch)
		second := claim(t, keys, "a", "k", "request")
		if err := errors.Join(slow.Keep(t.Context(), httpapi.Answer{Status: 200, Body: []byte("slow")}), slow.Release(t.Context())); err != nil {
			t.Fatal(err)
		}
		refused(t, keys, "a", "k", "request", httpapi.ErrIdempotencyInProgress)
		if err := second.Keep(t.Context(), httpapi.Answer{Status: 200, Body: []byte("second")}); err != nil {
			t.Fatal(err)
		}
		if err := second.Release(t.Context()); err != nil { // too late: it is answered
			t.Fatal(err)
		}
		answer, _, err := keys.Begin(t.Context(), "a", "k", []byte("request"))
		if err != nil || string(answer.Body) != "second" {
			t.Errorf("got %v, %v", answer, err)
		}
	})
}

func TestDropRemovesWhatIsOverADayOld(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, tab table) {
		keys := tab.keys(t, 1)
		claim(t, keys, "a", "old", "request")
		claim(t, keys, "a", "older", "request")
		tab.set(t, "created_at = now() - interval '25 hours'")
		claim(t, keys, "a", "older", "another") // a day later the key is free
		claim(t, keys, "a", "young", "request")
		if before := tab.count(t); before != 3 {
			t.Fatalf("%d rows", before)
		}
		if err := keys.Drop(t.Context()); err != nil || tab.count(t) != 2 {
			t.Errorf("%d rows are left, %v", tab.count(t), err)
		}
		refused(t, keys, "a", "young", "request", httpapi.ErrIdempotencyInProgress)
	})
}

// TestTheTableHoldsNoOracle: without the secret, nothing in it can be guessed at.
func TestTheTableHoldsNoOracle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, tab table) {
		claim(t, tab.keys(t, 1), anonymous, "canary-key", "canary-request")
		claim(t, tab.keys(t, 2), anonymous, "canary-key", "canary-request") // one secret does not know the other's keys
		var dump string
		if err := tab.pool.QueryRow(t.Context(), "SELECT string_agg(k::text, ' ') FROM "+tab.name+" k").Scan(&dump); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"canary-key", "canary-request", "ada"} {
			if strings.Contains(dump, text) || strings.Contains(dump, fmt.Sprintf("%x", text)) {
				t.Errorf("the table holds %s", text)
			}
		}
	})
}

func TestEveryErrorIsAFault(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, tab table) {
		keys := tab.keys(t, 1)
		made := claim(t, keys, "a", "k", "request")
		tab.pool.Close()
		_, _, err := keys.Begin(t.Context(), "a", "k", []byte("request"))
		for what, err := range map[string]error{"begin": err, "keep": made.Keep(t.Context(), httpapi.Answer{Status: 200}), "release": made.Release(t.Context()), "drop": keys.Drop(t.Context())} {
			if fault.As(err) == nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

package apitest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

var names atomic.Int64

// testKey is a fixed key, so that systems can lend each other rows.
func testKey(purpose string) string {
	key := sha256.Sum256([]byte("latchkey test key for " + purpose))
	return base64.StdEncoding.EncodeToString(key[:])
}

// signingKey is the first system's signing key, as its row. Making an RSA key
// takes most of a second under the race detector; the systems of one test
// binary share one, which they can, as they share the key that encrypts it.
var signingKey struct {
	sync.Mutex
	row []any
}

const keyColumns = "kid, algorithm, public_key, private_key, state, created_at, activated_at"

func lendKey(t testing.TB, db dbtest.DB) {
	t.Helper()
	signingKey.Lock()
	defer signingKey.Unlock()
	if signingKey.row == nil {
		return
	}
	_, err := db.Pool.Exec(context.Background(),
		"INSERT INTO auth.signing_keys ("+keyColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)", signingKey.row...)
	if err != nil {
		t.Fatal(err)
	}
}

func keepKey(t testing.TB, db dbtest.DB) {
	t.Helper()
	signingKey.Lock()
	defer signingKey.Unlock()
	if signingKey.row != nil {
		return
	}
	rows, err := db.Pool.Query(context.Background(), "SELECT "+keyColumns+" FROM auth.signing_keys WHERE state = 'active'")
	if err != nil {
		t.Fatal(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
	if err != nil {
		t.Fatal(err)
	}
	signingKey.row = row
}

// Statements counts SQL statements as the server gets them; BEGIN, COMMIT and
// a connection's own checks are not counted.
type Statements struct {
	mu   sync.Mutex
	seen []statement

	failing string // the id of a request, one of whose statements is to fail
	left    int    // how many statements later; negative once it has
}

type statement struct{ sql, request string }

// TraceQueryStart notes a statement.
func (s *Statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	switch data.SQL {
	case "begin", "commit", "rollback", "-- ping", ";":
	default:
		s.mu.Lock()
		s.seen = append(s.seen, statement{data.SQL, httpapi.RequestID(ctx)})
		s.mu.Unlock()
	}
	return s.fail(ctx, data.SQL)
}

// Fail makes the nth statement that is sent for the request of an id fail:
// the server never gets it. BEGIN and COMMIT count, ROLLBACK does not.
func (s *Statements) Fail(request string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing, s.left = request, n
}

// Failed says whether a statement has, since Fail.
func (s *Statements) Failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failing != "" && s.left <= 0
}

// errSabotage is in no answer.
var errSabotage = errors.New("sabotage")

func (s *Statements) fail(ctx context.Context, sql string) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing == "" || s.failing != httpapi.RequestID(ctx) || sql == "rollback" || sql == "-- ping" || sql == ";" {
		return ctx
	}
	if s.left--; s.left != 0 {
		return ctx
	}
	ctx, cancel := context.WithCancelCause(ctx)
	cancel(errSabotage)
	return ctx
}

// TraceQueryEnd does nothing.
func (s *Statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// DuringRequest runs f and returns the statements that were sent meanwhile for
// the request of an id, and not what a worker happened to do.
func (s *Statements) DuringRequest(id string, f func()) (sent []string) {
	s.mu.Lock()
	s.seen = nil
	s.mu.Unlock()
	f()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seen := range s.seen {
		if seen.request == id {
			sent = append(sent, seen.sql)
		}
	}
	return sent
}

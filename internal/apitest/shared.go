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

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

var names atomic.Int64

// testKey is a fixed key, so that systems can lend each other rows.
func testKey(purpose string) string {
	key := sha256.Sum256([]byte("latchkey test key for " + purpose))
	return base64.StdEncoding.EncodeToString(key[:])
}

// signingKeys are the rows of a key ring: an active key, and a pending one of
// another kind. Making an RSA key takes most of a second under the race detector;
// the systems of one test binary share them, which they can, as they share the
// key that encrypts them.
var signingKeys struct {
	sync.Mutex
	rows [][]any
}

const keyColumns = "kid, algorithm, public_key, private_key, state, created_at, activated_at"

// lendKeys gives a new system its key ring.
func lendKeys(t testing.TB, db dbtest.DB, encryptionKey []byte) {
	t.Helper()
	signingKeys.Lock()
	defer signingKeys.Unlock()
	if signingKeys.rows == nil {
		signingKeys.rows = makeKeys(t, db, encryptionKey)
		return
	}
	for _, row := range signingKeys.rows {
		_, err := db.Pool.Exec(context.Background(),
			"INSERT INTO auth.signing_keys ("+keyColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)", row...)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func makeKeys(t testing.TB, db dbtest.DB, encryptionKey []byte) [][]any {
	t.Helper()
	store := keyStore(t, db, encryptionKey)
	if _, err := keyring.Open(context.Background(), store, keyring.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Generate(context.Background(), audit.System("apitest"), token.ES256, 0, false); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pool.Exec(context.Background(), "UPDATE auth.signing_keys SET tokens_until = NULL"); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Pool.Query(context.Background(), "SELECT "+keyColumns+" FROM auth.signing_keys")
	if err != nil {
		t.Fatal(err)
	}
	made, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// keyStore is the key ring as the database has it.
func keyStore(t testing.TB, db dbtest.DB, encryptionKey []byte) *keyring.Store {
	t.Helper()
	cipher, err := keyring.NewCipher(encryptionKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := keyring.NewStore(db.Pool, cipher, keyring.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return store
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

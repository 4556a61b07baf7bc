package keyring_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// quick polls often, so that a test need not wait.
var quick = keyring.Options{Poll: 10 * time.Millisecond}

func open(t testing.TB, pool *pgxpool.Pool, c *keyring.Cipher, o keyring.Options) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(t.Context(), storeOf(t, pool, c, keyring.StoreOptions{}), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func storeOf(t testing.TB, pool *pgxpool.Pool, c *keyring.Cipher, o keyring.StoreOptions) *keyring.Store {
	t.Helper()
	s, err := keyring.NewStore(pool, c, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run follows the table until the test ends, before its pool closes.
func run(t testing.TB, r *keyring.Ring) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { r.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
}

func signing(t testing.TB, r *keyring.Ring) token.SigningKey {
	t.Helper()
	k, err := r.Signing()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s did not happen within 5 s", what)
}

// insert puts a new key into the table as another instance would, and gives it.
func insert(t testing.TB, db execer, c *keyring.Cipher, state string) token.SigningKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // soon made
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := token.NewSigningKey(private)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO auth.signing_keys (kid, algorithm, public_key, private_key, state, activated_at, retiring_at, verifies_until, revoked_at)
		VALUES ($1, 'ES256', $2, CASE WHEN $4 IN ('pending', 'active') THEN $3::bytea END, $4, CASE WHEN $4 <> 'pending' THEN now() END,
			now(), now() + interval '1 hour', CASE WHEN $4 = 'revoked' THEN now() END)`,
		key.KID, public, c.Seal(der, []byte(key.KID)), state)
	return key
}

// execer is a pool, a connection or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func exec(t testing.TB, db execer, sql string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// inTx does all of f at once, as the rotation will.
func inTx(t testing.TB, pool *pgxpool.Pool, f func(tx pgx.Tx)) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		f(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func has(r *keyring.Ring, kid string) bool {
	_, err := r.Key(context.Background(), kid)
	return err == nil
}

// lockedBuffer is a log that a test reads while Run writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

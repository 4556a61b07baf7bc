package dbtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// The schemas of the template.
const (
	usersSchema = "users"
	authSchema  = "auth"
)

// cloneTimeout bounds all that one test asks of the cluster. The first test
// pays for the cluster and the template as well.
const cloneTimeout = 2 * time.Minute

// DB is one schema of a test's database, and the ways to reach it.
type DB struct {
	// URL connects as the lesser role, as the service does.
	URL string
	// OwnerURL connects as the schema's owner, as migrations do.
	OwnerURL string
	// SuperURL connects as the superuser, to look or to break things.
	SuperURL string
	// Pool is open on URL and closed when the test ends.
	Pool *pgxpool.Pool
}

// Users gives the test a database and the users service's way into it.
func Users(t testing.TB) DB {
	t.Helper()
	return connect(t, clone(t), usersSchema)
}

// Auth gives the test a database and the auth service's way into it.
func Auth(t testing.TB) DB {
	t.Helper()
	return connect(t, clone(t), authSchema)
}

// Both gives the test one database that the two services share, which is the
// default of a deployment.
func Both(t testing.TB) (users, auth DB) {
	t.Helper()
	name := clone(t)
	return connect(t, name, usersSchema), connect(t, name, authSchema)
}

// Main runs the tests and takes the cluster down afterwards. Without it the
// server ends too, but its directory stays until a later run sweeps it away.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	stopOwn()
	os.Exit(code)
}

// made numbers the databases of this process; run tells processes apart.
var (
	made atomic.Int64
	run  = strings.ToLower(rand.Text()[:8])
)

// clone makes a database off the template and drops it when the test ends.
func clone(t testing.TB) (name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	c, err := shared()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	name = fmt.Sprintf("test_%s_%d", run, made.Add(1))
	if _, err := c.admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+c.template+c.strategy); err != nil {
		t.Fatalf("dbtest: clone the template: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
		defer cancel()
		if err := c.drop(ctx, name); err != nil {
			t.Errorf("dbtest: drop the clone: %v", err)
		}
	})
	return name
}

// drop ends who is still connected and drops the database. DROP … WITH (FORCE)
// alone sleeps 100 ms whenever it finds a backend, even one about to exit.
func (c *connection) drop(ctx context.Context, name string) error {
	for range 50 {
		tag, err := c.admin.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	_, err := c.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	return err
}

// connect opens the lesser role's pool on a clone.
func connect(t testing.TB, name, schema string) DB {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	url := func(user string) string { return postgres.SocketURL(c.socket, user, name) }
	return openDB(t, schema, DB{
		URL: url(postgres.LesserRole(schema)), OwnerURL: url(postgres.OwnerRole(schema)), SuperURL: url("postgres"),
	})
}

// openDB adds the pool to a database that has its URLs.
func openDB(t testing.TB, schema string, d DB) DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	var err error
	d.Pool, err = postgres.Open(ctx, d.URL, postgres.Options{
		Role: postgres.LesserRole(schema), ApplicationName: strings.ReplaceAll(t.Name(), "/", "."),
	})
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(d.Pool.Close)
	return d
}

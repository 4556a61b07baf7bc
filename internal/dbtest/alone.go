package dbtest

import (
	"context"
	"testing"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Alone is a server of one test's own in a directory of the test's choice, with
// both schemas migrated.
type Alone struct {
	dir      string
	settings []string
	server   *postgres.Server
}

// StartAlone starts one; dir must be one that any user may pass through. The
// settings (name=value) are the server's.
func StartAlone(t testing.TB, dir string, settings ...string) *Alone {
	t.Helper()
	a := &Alone{dir: dir, settings: settings}
	if err := a.start(); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
		defer cancel()
		_ = a.server.Stop(ctx) // it may have ended
	})
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	c := &connection{socket: a.server.SocketDir(), template: pairDatabase}
	if err := c.build(ctx); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return a
}

func (a *Alone) start() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	a.server, err = postgres.StartServer(ctx, postgres.ServerOptions{Dir: a.dir, Settings: a.settings})
	return err
}

// Restart starts the server again where it has ended, as systemd would.
func (a *Alone) Restart() error {
	select {
	case <-a.server.Done():
		return a.start()
	default:
		return nil
	}
}

// Users and Auth are the services' ways into it.
func (a *Alone) Users(t testing.TB) DB { return a.db(t, usersSchema) }

// Auth is as Users.
func (a *Alone) Auth(t testing.TB) DB { return a.db(t, authSchema) }

func (a *Alone) db(t testing.TB, schema string) DB {
	t.Helper()
	url := func(user string) string { return a.server.URL(user, pairDatabase) }
	return openDB(t, schema, DB{
		URL: url(postgres.LesserRole(schema)), OwnerURL: url(postgres.OwnerRole(schema)), SuperURL: url("postgres"),
	})
}

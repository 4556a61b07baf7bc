package dbtest

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Alone is a server of one test's own, with both schemas migrated, that can be killed and started
// again. What is written survives the server, not the machine. Services reach it over its socket,
// which stays where it is.
type Alone struct{ *Node }

// StartAlone starts one. The settings are name=value.
func StartAlone(t testing.TB, settings ...string) Alone {
	t.Helper()
	parent := temporary()
	sweep(parent)
	a := Alone{startNode(t, parent, postgres.ServerOptions{Settings: settings})}
	c := &connection{socket: a.server.SocketDir(), template: pairDatabase}
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	if err := c.build(ctx); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return a
}

// Users is the users service's way into it.
func (a Alone) Users(t testing.TB) DB { return a.db(t, usersSchema) }

// Auth is as Users.
func (a Alone) Auth(t testing.TB) DB { return a.db(t, authSchema) }

func (a Alone) db(t testing.TB, schema string) DB {
	t.Helper()
	return openDB(t, schema, DB{
		URL:      a.server.URL(postgres.LesserRole(schema), pairDatabase),
		OwnerURL: a.server.URL(postgres.OwnerRole(schema), pairDatabase), SuperURL: a.server.URL("postgres", pairDatabase),
	})
}

// Restart starts the server again after Kill, as a supervisor does. It returns once the server
// takes connections.
func (a Alone) Restart(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	err := a.server.Stop(ctx) // it has ended; this gives up its directory
	if err == nil {
		a.server, err = postgres.StartServer(ctx, a.options)
	}
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
}

// Crash kills one process that serves a client. PostgreSQL then ends all others, as shared memory
// may be corrupt, and recovers by itself; Crash returns once it takes connections.
func (a Alone) Crash(t testing.TB) {
	t.Helper()
	before := a.checkpointerSince(t)
	for _, pid := range childrenOf(t, a.server.PID()) {
		name, err := exec.Command("ps", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
		if err == nil && strings.Contains(string(name), " "+pairDatabase+" ") {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
			break
		}
	}
	a.await(t, "SELECT ("+checkpointer+") <> '"+before+"'")
}

// checkpointer tells one recovery from the next: it is started anew each time.
const checkpointer = "SELECT min(backend_start)::text FROM pg_stat_activity WHERE backend_type = 'checkpointer'"

func (a Alone) checkpointerSince(t testing.TB) (text string) {
	t.Helper()
	if err := a.Super.QueryRow(context.Background(), checkpointer).Scan(&text); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return text
}

package dbtest

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// pairDatabase is the database of a pair.
const pairDatabase = "latchkey"

// Pair is a primary and its streaming replica, of one test's own, with both
// schemas migrated. What is written survives the server, not the machine.
type Pair struct {
	Primary, Replica *Node
}

// Node is one of the two servers.
type Node struct {
	// Addr is its host:port.
	Addr string
	// Super is the superuser's pool, over the socket.
	Super *pgxpool.Pool

	dir     string
	options postgres.ServerOptions
	server  *postgres.Server
	door    *door
}

// StartPair starts both. The settings (name=value) are the replica's.
func StartPair(t testing.TB, replica ...string) *Pair {
	t.Helper()
	parent := temporary()
	sweep(parent)
	p := &Pair{Primary: startNode(t, parent, postgres.ServerOptions{})}
	c := &connection{socket: p.Primary.server.SocketDir(), template: pairDatabase}
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	if err := c.build(ctx); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	p.Replica = startNode(t, parent, postgres.ServerOptions{ReplicaOf: p.Primary.server.SocketDir(), Settings: replica})
	p.Primary.await(t, "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")
	return p
}

func startNode(t testing.TB, parent string, o postgres.ServerOptions) *Node {
	t.Helper()
	dir, err := os.MkdirTemp(parent, dirPrefix)
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ctx, cancel := context.WithTimeout(context.Background(), cloneTimeout)
	defer cancel()
	o.Dir, o.Settings = dir, append(o.Settings, "fsync=off", "full_page_writes=off")
	n := &Node{dir: dir, options: o}
	if n.server, err = postgres.StartServer(ctx, o); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = n.server.Stop(ctx) // a killed one has ended already
	})
	n.door = openDoor(t, filepath.Join(n.server.SocketDir(), ".s.PGSQL.5432"))
	n.Addr = n.door.listener.Addr().String()
	n.Super, err = postgres.Open(ctx, n.server.URL("postgres", "postgres"), postgres.Options{ApplicationName: "dbtest", MaxConns: 2})
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(n.Super.Close)
	return n
}

// Users and Auth are the services' ways into the pair: to whichever can be
// written to.
func (p *Pair) Users(t testing.TB) DB { return p.db(t, usersSchema) }

// Auth is as Users.
func (p *Pair) Auth(t testing.TB) DB { return p.db(t, authSchema) }

func (p *Pair) db(t testing.TB, schema string) DB {
	t.Helper()
	return openDB(t, schema, DB{
		URL:      URLTo(postgres.LesserRole(schema), p.Primary, p.Replica),
		OwnerURL: p.Primary.server.URL(postgres.OwnerRole(schema), pairDatabase), SuperURL: p.Primary.server.URL("postgres", pairDatabase),
	})
}

// URLTo is a URL of several hosts.
func URLTo(user string, nodes ...*Node) string {
	var hosts []string
	for _, n := range nodes {
		hosts = append(hosts, n.Addr)
	}
	query := url.Values{"sslmode": {"disable"}}
	if len(nodes) > 1 {
		query.Set("target_session_attrs", "read-write")
	}
	return "postgres://" + user + "@" + strings.Join(hosts, ",") + "/" + pairDatabase + "?" + query.Encode()
}

// Synchronous makes the primary acknowledge only what the replica has, too.
func (p *Pair) Synchronous(t testing.TB) {
	t.Helper()
	p.Primary.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = '*'")
	p.Primary.Exec(t, "SELECT pg_reload_conf()")
	p.Primary.await(t, "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
}

// Promote makes the replica a primary. It returns once it can be written to.
func (p *Pair) Promote(t testing.TB) {
	t.Helper()
	p.Replica.Exec(t, "SELECT pg_promote(true, 30)")
	p.Replica.await(t, "SELECT NOT pg_is_in_recovery()")
}

// Kill is the end of the server's machine: every process of it gets SIGKILL,
// and its port is closed.
func (n *Node) Kill(t testing.TB) {
	t.Helper()
	pid := n.server.PID()
	children := childrenOf(t, pid)
	for _, pid := range slices.Concat([]int{pid}, children) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
	}
	n.door.close()
	<-n.server.Done()
}

// childrenOf asks ps(1), which every Unix has.
func childrenOf(t testing.TB, parent int) []int {
	t.Helper()
	var children []int
	out, err := exec.Command("ps", "-A", "-o", "ppid=,pid=").Output()
	if err != nil {
		t.Fatalf("dbtest: ps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == strconv.Itoa(parent) {
			child, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatalf("dbtest: ps wrote %q", line)
			}
			children = append(children, child)
		}
	}
	return children
}

// Hang makes the network to the server swallow everything, from now on.
func (n *Node) Hang() { n.door.hangs.Store(true) }

// Exec runs a statement as superuser.
func (n *Node) Exec(t testing.TB, sql string) {
	t.Helper()
	if _, err := n.Super.Exec(context.Background(), sql); err != nil {
		t.Fatalf("dbtest: %s: %v", sql, err)
	}
}

// await asks until the answer is yes.
func (n *Node) await(t testing.TB, question string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		var yes bool
		err := n.Super.QueryRow(context.Background(), question).Scan(&yes)
		if yes {
			return
		}
		if time.Since(began) > cloneTimeout {
			t.Fatalf("dbtest: never: %s (%v)", question, err)
		}
	}
}

// Log is what the server has logged.
func (n *Node) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(n.dir, "postgres.log"))
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return string(text)
}

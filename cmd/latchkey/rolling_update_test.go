package main_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// rolled are two instances of each service, on addresses that stay.
type rolled struct {
	*apitest.Deployment
	users, auth [2]*apitest.Process
	usersAddrs  [2]string
	authAddrs   [2]string
}

func deployRolled(t *testing.T) *rolled {
	t.Helper()
	r := &rolled{Deployment: apitest.Deploy(t, "DRAIN_DELAY="+faults.Length(time.Second, 3*time.Second).String())}
	r.usersAddrs, r.authAddrs = [2]string{r.UsersAddr, apitest.FreeAddr(t)}, [2]string{r.AuthAddr, apitest.FreeAddr(t)}
	r.Env = append(r.Env, "USERS_URL=http://"+front(t, r.usersAddrs), "JWKS_URL=http://"+front(t, r.authAddrs)+"/.well-known/jwks.json")
	for i := range r.users { // the first users instance alone makes the first admin
		r.start(t, i)
	}
	return r
}

func (r *rolled) start(t *testing.T, i int) {
	t.Helper()
	r.users[i], r.auth[i] = r.RunUsers(t, r.usersAddrs[i]), r.RunAuth(t, r.authAddrs[i])
	r.users[i].AwaitReady(t, r.usersAddrs[i], refusalLimit)
	r.auth[i].AwaitReady(t, r.authAddrs[i], refusalLimit)
}

// replace stops one instance of each and starts it again.
func (r *rolled) replace(t *testing.T, i int) {
	t.Helper()
	both := []*apitest.Process{r.users[i], r.auth[i]}
	for _, p := range both {
		p.Signal(syscall.SIGTERM) // once: a second one ends it at once
	}
	for _, p := range both {
		if code := p.Wait(t, drainLimit); code != 0 {
			t.Errorf("exit code %d\n%s", code, p.Stderr)
		}
	}
	r.start(t, i)
}

// front takes connections and passes each to the first instance that takes it,
// as a balancer of connections does.
func front(t *testing.T, instances [2]string) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go passOn(client, instances)
		}
	}()
	return listener.Addr().String()
}

func passOn(client net.Conn, instances [2]string) {
	defer client.Close()
	for _, instance := range instances {
		server, err := net.Dial("tcp", instance)
		if err != nil {
			continue
		}
		defer server.Close()
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.(*net.TCPConn).CloseWrite()
		}()
		_, _ = io.Copy(client, server)
		return
	}
}

// Two instances of each service, N, are replaced one after the other by N+1, which
// is the same program on what a later release makes of the schema, and then by N
// again, on that schema: an update, and the way back. Clients turn to the other
// instance where a connection is refused, and do nothing else to help.
//
// Not in parallel: it is a load.
func TestF16UpdateAndBack(t *testing.T) {
	r := deployRolled(t)
	count := &counts{reached: make(chan struct{}, 1)}
	id, admin := r.Login(t, apitest.AdminUsername, apitest.AdminPassword).User.ID, r.Admin(t)
	person := r.Register(t)
	var clients []func()
	for i := range 2 { // half of them prefer either
		auths, users := newHammer(count, r.authAddrs[i], r.authAddrs[1-i]), newHammer(count, r.usersAddrs[i], r.usersAddrs[1-i])
		grant := r.Login(t, person.Username, apitest.Password)
		clients = append(clients,
			func() { users.send(http.MethodGet, "/users/"+id, admin, nil) },
			func() {
				if text := auths.send(http.MethodPost, "/auth/refresh", "", apitest.Body{"refresh_token": grant.RefreshToken}); text != nil {
					if err := json.Unmarshal(text, &grant); err != nil {
						count.fail("%v", err)
					}
				}
				auths.send(http.MethodGet, "/auth/me", grant.AccessToken, nil)
			},
			func() {
				auths.send(http.MethodPost, "/auth/login", "", apitest.Body{"login": person.Username, "password": apitest.Password})
			})
	}
	stop := goOn(clients...)
	awaitAnswers(t, count, 100)
	for schema, m := range map[string]postgres.Migrations{
		"users": {URL: r.UsersDB.OwnerURL, FS: withNext(t, "users", db.Users)}, "auth": {URL: r.AuthDB.OwnerURL, FS: withNext(t, "auth", db.Auth)},
	} {
		m.Schema, m.Role = schema, postgres.LesserRole(schema)
		if n, err := postgres.Migrate(t.Context(), m); err != nil || n != len(nextLevel[schema]) {
			t.Fatalf("%s: %d migrations, %v", schema, n, err)
		}
	}
	for range 2 { // to N+1, and back
		for i := range r.users {
			r.replace(t, i)
			awaitAnswers(t, count, 50)
		}
	}
	stop()
	faults.Figure(t, "answered", count.answered.Load())
	faults.Figure(t, "refused_and_taken_elsewhere", count.moved.Load())
	faults.None(t, "failed", len(count.failed))
	for i, failure := range count.failed {
		if i < 10 {
			t.Error(failure)
		}
	}
}

package faults_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// running are both services as processes, and their listeners for operators.
type running struct {
	*apitest.Deployment
	users, auth       *apitest.Process
	usersOps, authOps string // URLs
}

// start starts both and waits until they are ready.
func start(t *testing.T, d *apitest.Deployment) *running {
	t.Helper()
	r := &running{Deployment: d, usersOps: apitest.FreeAddr(t), authOps: apitest.FreeAddr(t)}
	r.users = r.program(t, "users", d.UsersAddr, r.usersOps)
	r.auth = r.program(t, "auth", d.AuthAddr, r.authOps)
	r.users.AwaitReady(t, d.UsersAddr, startLimit)
	r.auth.AwaitReady(t, d.AuthAddr, startLimit)
	r.usersOps, r.authOps = "http://"+r.usersOps, "http://"+r.authOps
	return r
}

func (r *running) program(t *testing.T, name, addr, ops string) *apitest.Process {
	t.Helper()
	prefix := strings.ToUpper(name)
	return apitest.Run(t, apitest.Command{Program: name, Env: append(slices.Clone(r.Env), prefix+"_ADDR="+addr, prefix+"_OPS_ADDR="+ops)})
}

// goroutines counts those of both services.
func (r *running) goroutines(t *testing.T) int {
	t.Helper()
	return int(apitest.Scrape(t, r.usersOps).Sum("go_goroutines") + apitest.Scrape(t, r.authOps).Sum("go_goroutines"))
}

// neverRestarted fails the test where a service has ended meanwhile.
func (r *running) neverRestarted(t *testing.T) {
	t.Helper()
	for name, p := range map[string]*apitest.Process{"users": r.users, "auth": r.auth} {
		select {
		case <-p.Done():
			t.Errorf("%s has ended", name)
		default:
		}
	}
}

// settle asks until the answer is yes.
func settle(t *testing.T, what string, within time.Duration, yes func() bool) (took time.Duration) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if yes() {
			return time.Since(began)
		}
		if time.Since(began) > within {
			t.Fatalf("not in %s: %s", within, what)
		}
	}
}

// connect is a connection of the superuser's to what URL names.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// lock keeps everybody else from a table until unlock, or the test's end.
func lock(t *testing.T, superURL, table string) (unlock func()) {
	t.Helper()
	conn := connect(t, superURL)
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
	}
}

func get(path, token string) apitest.Request {
	return apitest.Request{Method: http.MethodGet, Path: path, Token: token}
}

func post(path, token string, body apitest.Body) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: path, Token: token, Body: body}
}

func login(user apitest.User) apitest.Request {
	return post("/auth/login", "", apitest.Body{"login": user.Username, "password": apitest.Password})
}

// account makes one without a password, which costs no hash.
func account(admin string) apitest.Request {
	name := apitest.Name()
	return post("/users", admin, apitest.Body{"username": name, "email": name + "@example.com"})
}

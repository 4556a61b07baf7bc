package main_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// balancer is the HAProxy of deploy/haproxy, with its own file.
type balancer struct {
	public, users, internal, stats string // addresses; public is the auth service's
	process                        *apitest.Process
}

// balanced is two instances of each service behind a balancer. The auth
// service reaches users through it, and users the key set.
type balanced struct {
	*apitest.Deployment
	balancer
	addrs     map[string]string // of the instances, by their names in haproxy.cfg
	instances map[string]*apitest.Process
}

// deployBalanced starts everything and waits until the balancer has all up.
func deployBalanced(t *testing.T, env ...string) *balanced {
	t.Helper()
	b := &balanced{
		Deployment: apitest.Deploy(t), instances: map[string]*apitest.Process{}, addrs: map[string]string{},
		balancer: balancer{public: apitest.FreeAddr(t), users: apitest.FreeAddr(t), internal: apitest.FreeAddr(t), stats: apitest.FreeAddr(t)},
	}
	b.Env = slices.Concat(b.Env, []string{
		"TRUSTED_PROXIES=127.0.0.1", "PUBLIC_URL=http://" + b.public, "USERS_URL=http://" + b.internal,
		"JWKS_URL=http://" + b.public + "/.well-known/jwks.json",
	}, env)
	b.Auth, b.Users = apitest.NewAuthClient("http://"+b.public), apitest.NewUsersClient("http://"+b.users)
	for _, name := range []string{"users1", "users2", "auth1", "auth2"} {
		b.addrs[name] = apitest.FreeAddr(t)
	}
	// The first users instance alone makes the first admin.
	for _, name := range []string{"users1", "users2", "auth1", "auth2"} {
		b.start(t, name)
		b.instances[name].AwaitReady(t, b.addrs[name], refusalLimit)
	}
	b.balancer.start(t, b.addrs)
	for name := range b.addrs {
		b.awaitUp(t, name)
	}
	return b
}

// start runs an instance by its name in haproxy.cfg.
func (b *balanced) start(t *testing.T, name string) {
	t.Helper()
	run := b.RunAuth
	if strings.HasPrefix(name, "users") {
		run = b.RunUsers
	}
	b.instances[name] = run(t, b.addrs[name])
}

func (b *balancer) start(t *testing.T, servers map[string]string) {
	t.Helper()
	program, err := exec.LookPath("haproxy")
	if err != nil {
		program = "/usr/sbin/haproxy" // not on every user's PATH
	}
	file, err := filepath.Abs("../../deploy/haproxy/haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	b.process = apitest.Run(t, apitest.Command{Program: program, Args: []string{"-db", "-f", file}, Env: []string{
		"AUTH_BIND=" + b.public, "USERS_BIND=" + b.users, "USERS_INTERNAL_BIND=" + b.internal, "STATS_BIND=" + b.stats,
		"AUTH_1=" + servers["auth1"], "AUTH_2=" + servers["auth2"], "USERS_1=" + servers["users1"], "USERS_2=" + servers["users2"],
	}})
}

// server is what the balancer's statistics say of an instance.
type server struct{ status, requests string }

// servers reads the statistics; it fails while the balancer starts.
func (b *balancer) servers() (map[string]server, error) {
	answer, err := http.Get("http://" + b.stats + "/;csv")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	rows, err := csv.NewReader(answer.Body).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("the statistics can't be read: %w", err)
	}
	name, status, requests := slices.Index(rows[0], "svname"), slices.Index(rows[0], "status"), slices.Index(rows[0], "stot")
	found := map[string]server{}
	for _, row := range rows[1:] {
		found[row[name]] = server{row[status], row[requests]}
	}
	return found, nil
}

// awaitUp waits until the balancer sends an instance requests.
func (b *balancer) awaitUp(t *testing.T, name string) {
	t.Helper()
	var last any
	for began := time.Now(); time.Since(began) < refusalLimit; time.Sleep(20 * time.Millisecond) {
		found, err := b.servers()
		if err == nil && found[name].status == "UP" {
			return
		}
		last = found[name]
	}
	t.Fatalf("the balancer has %s as %v\n%s", name, last, b.process.Stderr)
}

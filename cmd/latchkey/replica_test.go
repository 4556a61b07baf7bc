package main_test

import (
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// delay is how far the replica stays behind.
const delay = 5 * time.Second

// startRedis runs a Redis and gives its URL.
func startRedis(t *testing.T) (*apitest.Process, string) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("%v: install redis-server (apt-get install redis-server)", err)
	}
	socket := filepath.Join(dataDir(t, nil), "s")
	p := apitest.Run(t, apitest.Command{Program: program, Dir: filepath.Dir(socket), Args: []string{
		"--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no",
	}})
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			_ = conn.Close()
			return p, "unix://" + socket
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal(err)
		}
	}
}

// onReplica are two instances of users that read from a replica which is 5 s
// behind.
type onReplica struct {
	*apitest.Deployment
	pair  *dbtest.Pair
	redis *apitest.Process
	both  [2]*apitest.Client
	admin string
}

func startOnReplica(t *testing.T) onReplica {
	t.Helper()
	pair := dbtest.StartPair(t, "recovery_min_apply_delay="+delay.String(), "log_statement=all")
	redis, redisURL := startRedis(t)
	d := apitest.DeployOn(t, pair.Users(t), pair.Auth(t), "REDIS_URL="+redisURL, "REDIS_TIMEOUT=1s",
		"READ_DATABASE_URL="+dbtest.URLTo("latchkey_users", pair.Replica))
	another := apitest.FreeAddr(t)
	for _, addr := range []string{d.UsersAddr, another} {
		d.RunUsers(t, addr).AwaitReady(t, addr, refusalLimit)
	}
	d.RunAuth(t, d.AuthAddr).AwaitReady(t, d.AuthAddr, refusalLimit)
	return onReplica{d, pair, redis, [2]*apitest.Client{d.Users, apitest.NewUsersClient("http://" + another)}, d.Admin(t)}
}

// find looks an account up in every way there is, on both instances.
func (r onReplica) find(t *testing.T, user apitest.User, status int) {
	t.Helper()
	for i, client := range r.both {
		for _, path := range []string{"/users/" + user.ID, "/users/" + user.Username, "/users/email/" + user.Email} {
			answer := client.Get(t, path, r.admin)
			if answer.Status != status {
				t.Errorf("instance %d: GET %s gives %d, want %d", i, path, answer.Status, status)
				continue
			}
			var found apitest.User
			if answer.JSON(&found); status == http.StatusOK && found.Version != user.Version {
				t.Errorf("instance %d: GET %s gives version %d, want %d", i, path, found.Version, user.Version)
			}
		}
		var page struct{ Items []apitest.User }
		client.Get(t, "/users?limit=200", r.admin).Is(http.StatusOK).JSON(&page)
		listed := slices.ContainsFunc(page.Items, func(u apitest.User) bool { return u.ID == user.ID && u.Version == user.Version })
		if listed != (status == http.StatusOK) {
			t.Errorf("instance %d: the list has version %d of %s: %v", i, user.Version, user.Username, listed)
		}
	}
}

// behindTheirBack changes an account on the primary, and no service is told. It
// gives the version.
func (r onReplica) behindTheirBack(t *testing.T, user apitest.User) (version int64) {
	t.Helper()
	err := r.UsersDB.Pool.QueryRow(t.Context(), "UPDATE users.users SET version = version + 1 WHERE id = $1 RETURNING version", user.ID).Scan(&version)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// awaitReplica waits until what was changed behind the services' back is seen
// late, as only the replica shows it.
func (r onReplica) awaitReplica(t *testing.T, user apitest.User, client *apitest.Client) {
	t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; {
		now := r.behindTheirBack(t, user)
		var seen apitest.User
		if client.Get(t, "/users/"+user.ID, r.admin).Is(http.StatusOK).JSON(&seen); seen.Version < now {
			t.Logf("read from the replica after %s", time.Since(began).Round(time.Millisecond))
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("nothing is read from the replica")
}

// What was changed is seen at once, by every instance; what nobody changed is
// read from the replica; what decides about credentials never is.
func TestReadYourWrites(t *testing.T) {
	t.Parallel()
	r := startOnReplica(t)
	old := r.Register(t)
	for _, client := range r.both {
		r.awaitReplica(t, old, client)
	}
	for i, writer := range r.both {
		name := apitest.Name()
		var made, changed apitest.User
		writer.Post(t, "/users", r.admin, apitest.Body{"username": name, "email": name + "@example.com"}).Is(http.StatusCreated).JSON(&made)
		r.find(t, made, http.StatusOK)
		writer.Patch(t, "/users/"+made.ID, r.admin, "", apitest.Body{"username": name + "-new", "email": name + "@example.net"}).
			Is(http.StatusOK).JSON(&changed)
		r.find(t, changed, http.StatusOK)
		for _, client := range r.both {
			client.Get(t, "/users/"+made.Username, r.admin).Is(http.StatusNotFound)
			client.Get(t, "/users/email/"+made.Email, r.admin).Is(http.StatusNotFound)
		}
		writer.Delete(t, "/users/"+made.ID, r.admin, "").Is(http.StatusNoContent)
		r.find(t, changed, http.StatusNotFound)
		r.awaitReplica(t, old, r.both[1-i]) // all the while
	}
	person := r.Person(t)
	person = r.Refresh(t, person.RefreshToken)
	behind := r.behindTheirBack(t, person.User)
	var me apitest.User // which auth asks for in its own name
	if r.Auth.Get(t, "/auth/me", person.AccessToken).Is(http.StatusOK).JSON(&me); me.Version != behind {
		t.Errorf("the auth service is told version %d, want %d", me.Version, behind)
	}
	r.onlyLookUps(t)

	r.redis.Kill() // whose marks can't be asked for any more: the primary it is
	name := apitest.Name()
	var made apitest.User
	r.both[0].Post(t, "/users", r.admin, apitest.Body{"username": name, "email": name + "@example.com"}).Is(http.StatusCreated).JSON(&made)
	r.find(t, made, http.StatusOK)
}

// The replica dies: reads go on.
func TestReplicaDies(t *testing.T) {
	t.Parallel()
	r := startOnReplica(t)
	old := r.Register(t)
	r.awaitReplica(t, old, r.both[0])
	r.pair.Replica.Kill(t)
	for began := time.Now(); time.Since(began) < time.Second; {
		for _, path := range []string{"/users/" + old.ID, "/users", "/roles", "/audit-events"} {
			r.both[0].Get(t, path, r.admin).Is(http.StatusOK)
		}
	}
}

// onlyLookUps holds the statements that the replica got against those that it
// may get: none of them reads a hash, an epoch or a counter.
func (r onReplica) onlyLookUps(t *testing.T) {
	t.Helper()
	may := []string{
		"GetAccount", "GetAccountByUsername", "GetAccountByEmail", "ListAccounts", "ListAccountsByRole", "SearchAccounts", "ListRoles",
		"ListAuditEvents", "ListAuditEventsOfType", "ListAuditEventsOfUser",
	}
	got := map[string]int{}
	for _, found := range regexp.MustCompile(`-- name: (\w+)`).FindAllStringSubmatch(r.pair.Replica.Log(t), -1) {
		if got[found[1]]++; !slices.Contains(may, found[1]) {
			t.Errorf("%s was asked of the replica", found[1])
		}
	}
	if got["GetAccount"] == 0 {
		t.Errorf("the replica was asked for nothing: %v", got)
	}
	t.Logf("the replica was asked for %v", got)
}

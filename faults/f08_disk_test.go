package faults_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// diskSize has room for a cluster with both schemas, and for not much more.
const diskSize = 192 << 20

// The disk that PostgreSQL's files are on is full: what writes is 503, what reads
// goes on, and with room again all is as before, without anybody's doing. In
// `make faults` the write-ahead log finds no room either, of which PostgreSQL dies.
func TestF08TheDiskIsFull(t *testing.T) {
	disk := mountDisk(t)
	db := dbtest.StartAloneIn(t, disk.dir, "min_wal_size=32MB", "max_wal_size=32MB", "shared_buffers=16MB", "autovacuum=off")
	s := start(t, apitest.DeployOn(t, db.Users(t), db.Auth(t)))
	admin, person := s.Admin(t), s.Person(t)
	read := func(v *volley) {
		v.send("read", s.Users, get("/users/"+person.User.ID, admin), http.StatusOK)
		v.send("list", s.Users, get("/users?limit=5", admin), http.StatusOK)
		v.send("key set", s.Auth, get("/.well-known/jwks.json", ""), http.StatusOK)
	}
	writes := func() bool {
		answer, err := s.Users.Try(account(admin))
		return err == nil && answer.Status == http.StatusCreated
	}

	disk.fill(t)
	v := newVolley()
	refused := func() int { return len(v.took(http.StatusServiceUnavailable, "account")) }
	for began := time.Now(); refused() < 20; { // what fits on the pages that there are is still written
		v.send("account", s.Users, account(admin), http.StatusCreated)
		if time.Since(began) > time.Minute {
			t.Fatal("the disk is full, and all can be written")
		}
	}
	for range 10 {
		v.send("account", s.Users, account(admin), http.StatusCreated)
		v.send("sign-in", s.Auth, login(person.User), http.StatusOK)
		v.send("refresh", s.Auth, post("/auth/refresh", "", apitest.Body{"refresh_token": person.RefreshToken}), http.StatusOK)
		read(v)
	}
	v.check(t)
	faults.Figure(t, "writes_refused", refused())
	faults.None(t, "reads_refused", len(v.took(http.StatusServiceUnavailable, "read", "list", "key set")))
	disk.free(t)
	faults.Within(t, "writes_again_after", settle(t, "writing", startLimit, writes), backLimit)

	if faults.Length(false, true) {
		disk.fill(t)
		panicOver(t, s.UsersDB.SuperURL)
		v = newVolley()
		for range 20 {
			v.send("account", s.Users, account(admin), http.StatusCreated)
			v.send("sign-in", s.Auth, login(person.User), http.StatusOK)
			v.send("key set", s.Auth, get("/.well-known/jwks.json", ""), http.StatusOK)
		}
		v.check(t)
		disk.free(t)
		settle(t, "PostgreSQL has recovered", time.Minute, func() bool {
			if db.Ended() {
				db.Restart(t)
			}
			conn, err := pgx.Connect(t.Context(), s.UsersDB.SuperURL)
			if err != nil {
				return false
			}
			return conn.Close(t.Context()) == nil
		})
		faults.Within(t, "writes_after_postgres_recovered_after", settle(t, "writing", startLimit, writes), backLimit)
	}
	// The breaker between the services may be open still.
	faults.Within(t, "refreshes_after", settle(t, "refreshing", startLimit, func() bool {
		answer, err := s.Auth.Try(post("/auth/refresh", "", apitest.Body{"refresh_token": person.RefreshToken}))
		return err == nil && answer.Status == http.StatusOK
	}), backLimit)
	s.neverRestarted(t)
}

// panicOver writes to the log until the server has no room for it.
func panicOver(t *testing.T, superURL string) {
	t.Helper()
	conn := connect(t, superURL)
	for range 100 { // MB
		if _, err := conn.Exec(t.Context(), "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))"); err != nil {
			t.Logf("PostgreSQL: %v", err)
			return
		}
	}
	t.Fatal("the log has room for all")
}

// disk is a small file system.
type disk struct{ dir, filler string }

func mountDisk(t *testing.T) disk {
	t.Helper()
	dir := apitest.OpenDir(t)
	if err := mountTmpfs(dir, diskSize); err != nil {
		apitest.Missing(t, "the right to mount a small file system, which root has, but not a container's: "+err.Error())
	}
	t.Cleanup(func() {
		settle(t, "unmounted", startLimit, func() bool { return unmount(dir) == nil }) // once the server has gone
	})
	return disk{dir: dir, filler: filepath.Join(dir, "filler")}
}

// fill takes the last byte.
func (d disk) fill(t *testing.T) {
	t.Helper()
	file, err := os.Create(d.filler)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, size := range []int{1 << 20, 4096, 1} {
		piece := make([]byte, size)
		for err = nil; err == nil; {
			_, err = file.Write(piece)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

func (d disk) free(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.filler); err != nil {
		t.Fatal(err)
	}
}

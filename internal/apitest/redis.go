package apitest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Redis is a real one, on a socket of its own.
type Redis struct {
	*Process // nil until Start
	Socket   string
}

// NewRedis prepares one and does not start it.
func NewRedis(t testing.TB) *Redis {
	t.Helper()
	dir, err := os.MkdirTemp(Tmp, DataDir+"redis-") // a socket's path is 107 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &Redis{Socket: filepath.Join(dir, "s")}
}

// URL is its REDIS_URL.
func (r *Redis) URL() string { return "unix://" + r.Socket }

// Start runs the server, empty, and waits until it listens. It may be started
// again after Kill.
func (r *Redis) Start(t testing.TB) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("%v: install redis-server (apt-get install redis-server)", err)
	}
	_ = os.Remove(r.Socket)
	r.Process = Run(t, Command{Program: program, Dir: filepath.Dir(r.Socket), Args: []string{
		"--port", "0", "--unixsocket", r.Socket, "--save", "", "--appendonly", "no",
	}})
	for range 200 {
		if conn, err := net.Dial("unix", r.Socket); err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("redis-server does not listen")
}

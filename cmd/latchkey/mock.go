package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/mock"
	"github.com/latchkey-id/latchkey/internal/observe"
)

type mockCommand struct {
	AuthAddr    string         `env:"AUTH_ADDR" default:"127.0.0.1:8080" help:"Where to serve the auth service's."`
	UsersAddr   string         `env:"USERS_ADDR" default:"127.0.0.1:8081" help:"Where to serve the users service's."`
	CORSOrigins config.Origins `env:"CORS_ORIGINS" help:"Comma-separated origins whose scripts may call."`
}

// mocked is one of the two.
type mocked struct {
	name  string
	make  func(mock.Options) (http.Handler, error)
	ports httpapi.Listeners
}

// Run serves both until a signal comes.
func (c *mockCommand) Run(ctx context.Context) error {
	auth, users := mocked{name: "auth", make: mock.Auth}, mocked{name: "users", make: mock.Users}
	var err error
	for _, m := range []struct {
		*mocked
		addr string
	}{{&auth, c.AuthAddr}, {&users, c.UsersAddr}} {
		if m.ports, err = httpapi.Listen(m.name, m.addr, "127.0.0.1:0"); err != nil {
			return err
		}
		defer m.ports.Close()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var ready, running sync.WaitGroup
	ready.Add(2)
	failed := make([]error, 2)
	for i, pair := range [][2]mocked{{auth, users}, {users, auth}} {
		running.Go(func() {
			defer stop()
			failed[i] = c.serve(ctx, pair[0], pair[1], ready.Done)
		})
	}
	go func() {
		ready.Wait()
		fmt.Printf("These are mocks: every answer is an example of the specification, and nothing is kept.\nRead: %s/docs and %s/docs\nlatchkey mock is ready: auth %s users %s\n",
			auth.url(), users.url(), auth.url(), users.url())
	}()
	running.Wait()
	return errors.Join(failed...)
}

func (c *mockCommand) serve(ctx context.Context, m, other mocked, ready func()) error {
	log := observe.NewLogger(os.Stderr, "auto", "info", m.name).With(slog.Bool("mock", true))
	health := mock.Alive()
	handler, err := m.make(mock.Options{Other: other.url() + "/docs", CORSOrigins: c.CORSOrigins, Health: health, Log: log})
	if err != nil {
		return err
	}
	server := httpapi.Server{Name: m.name, Handler: handler, Health: health, Log: log}
	return server.Run(ctx, m.ports, ready)
}

func (m mocked) url() string { return "http://" + reachable(m.ports.Main.Addr()) }

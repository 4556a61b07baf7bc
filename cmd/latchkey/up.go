package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	authrest "github.com/latchkey-id/latchkey/internal/auth/rest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/postgres"
	usersrest "github.com/latchkey-id/latchkey/internal/users/rest"
)

type upCommand struct{}

// Run brings everything up, waits for a signal and takes it down again: auth,
// which needs users; then users; then the database.
func (*upCommand) Run(ctx context.Context) error {
	e := newEnvironment(os.Environ())
	database, err := startDatabase(ctx, e)
	if err != nil {
		return err
	}
	defer database.stop()
	if err := e.fillSecrets(); err != nil {
		return err
	}
	u, a, err := e.load()
	if err != nil {
		return err
	}
	usersPorts, err := httpapi.Listen("users", u.Addr, u.OpsAddr)
	if err != nil {
		return err
	}
	defer usersPorts.Close()
	authPorts, err := httpapi.Listen("auth", a.Addr, a.OpsAddr)
	if err != nil {
		return err
	}
	defer authPorts.Close()
	// Ports may have been 0: the URLs that were not given follow from them.
	e.fillURLs(authPorts, usersPorts)
	if u, a, err = e.load(); err != nil {
		return err
	}
	u.OpsAddr, a.OpsAddr = reachable(usersPorts.Ops.Addr()), reachable(authPorts.Ops.Addr())
	return serve(ctx, services{users: u, auth: a, usersPorts: usersPorts, authPorts: authPorts, database: database})
}

type services struct {
	users                 config.Users
	auth                  config.Auth
	usersPorts, authPorts httpapi.Listeners
	database              *database
}

// serve runs both services until ctx is done or one of them, or the database,
// ends by itself.
func serve(ctx context.Context, s services) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	usersCtx, stopUsers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopUsers()
	b := banner{out: os.Stdout}
	var ready, running sync.WaitGroup
	ready.Add(2)
	usersDone := make(chan struct{})
	running.Go(func() {
		defer close(usersDone)
		fail(usersrest.Run(usersCtx, s.users, usersrest.Parts{
			Log:       observe.NewLogger(os.Stderr, s.users.LogFormat, s.users.LogLevel, "users"),
			Listeners: &s.usersPorts, AdminMade: b.adminMade, Ready: ready.Done,
		}))
	})
	running.Go(func() {
		defer stopUsers()
		err := authrest.Run(ctx, s.auth, authrest.Parts{
			Log:       observe.NewLogger(os.Stderr, s.auth.LogFormat, s.auth.LogLevel, "auth"),
			Listeners: &s.authPorts, Ready: ready.Done, MailKept: b.mailKept,
		})
		fail(err)
	})
	go func() {
		select {
		case <-s.database.done():
			fail(errors.New("PostgreSQL ended by itself; see postgres.log in the data directory"))
		case <-ctx.Done():
		}
	}()
	go func() {
		ready.Wait()
		b.print(s.auth, s.users)
	}()
	running.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// database is the PostgreSQL that up started, if it did.
type database struct {
	server *postgres.Server
}

// databaseName is the one database of the embedded server.
const databaseName = "latchkey"

// startDatabase starts a PostgreSQL of our own where no URL is set, and tells
// the environment how each service and its owner reach it.
func startDatabase(ctx context.Context, e *environment) (*database, error) {
	if e.hasDatabase() {
		return &database{}, nil
	}
	dir := e.get("DATA_DIR")
	server, err := postgres.StartServer(ctx, postgres.ServerOptions{Dir: dir, Log: observe.NewLogger(os.Stderr, "auto", "warn", "postgres")})
	if err != nil {
		return nil, err
	}
	d := &database{server: server}
	if err := server.Bootstrap(ctx, databaseName, "users", "auth"); err != nil {
		d.stop()
		return nil, fmt.Errorf("the embedded PostgreSQL: %w", err)
	}
	for schema, prefix := range map[string]string{"users": "USERS_", "auth": "AUTH_"} {
		e.set(prefix+"DATABASE_URL", server.URL(postgres.LesserRole(schema), databaseName))
		e.set(prefix+"MIGRATE_DATABASE_URL", server.URL(postgres.OwnerRole(schema), databaseName))
	}
	return d, nil
}

func (d *database) done() <-chan struct{} {
	if d.server == nil {
		return nil // it is not ours to watch
	}
	return d.server.Done()
}

func (d *database) stop() {
	if d.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.server.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "latchkey: stopping PostgreSQL:", err)
	}
}

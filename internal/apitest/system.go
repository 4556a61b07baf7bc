package apitest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	authrest "github.com/latchkey-id/latchkey/internal/auth/rest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	usersrest "github.com/latchkey-id/latchkey/internal/users/rest"
)

// The first admin of every system, and a password that the policy takes.
const (
	AdminUsername = "admin"
	AdminEmail    = "admin@example.com"
	AdminPassword = "an operator's long passphrase"
	Password      = "correct horse battery staple"
)

// System is a running pair of services with a database of its own.
type System struct {
	Auth, Users *Client
	// AuthSQL and UsersSQL count statements.
	AuthSQL, UsersSQL *Statements
	// AuthDB and UsersDB are two ways into the one database.
	AuthDB, UsersDB dbtest.DB
	Logs            *Logs
	// AuthOps and UsersOps are the listeners for operators.
	AuthOps, UsersOps string
	// Mails are what the auth service has sent, unless SMTP_URL is set.
	Mails       *Mails
	AuthConfig  config.Auth
	UsersConfig config.Users
	// UsersNow and AuthNow are the clocks of the services when they start next;
	// nil is time.Now. See SetClocks.
	UsersNow, AuthNow func() time.Time

	t         testing.TB
	stopAuth  func()
	stopUsers func()
}

// Option changes a configuration before the services start.
type Option func(*config.Auth, *config.Users)

// Start runs both services until the test ends. Limits are off and bcrypt
// costs 4, unless an option says otherwise.
func Start(t testing.TB, options ...Option) *System {
	t.Helper()
	s := &System{t: t, Logs: &Logs{}, Mails: newMails(), AuthSQL: &Statements{}, UsersSQL: &Statements{}}
	s.UsersDB, s.AuthDB = dbtest.Both(t)
	authPorts, usersPorts := ports(t), ports(t)
	authURL, usersURL := "http://"+authPorts.Main.Addr().String(), "http://"+usersPorts.Main.Addr().String()
	s.AuthConfig, s.UsersConfig = s.configure(t, authURL, usersURL)
	for _, option := range options {
		option(&s.AuthConfig, &s.UsersConfig)
	}
	s.UsersConfig.PublicURL = s.AuthConfig.PublicURL
	s.Auth, s.Users = newClient(authURL, authSpec()), newClient(usersURL, usersSpec())
	lendKeys(t, s.AuthDB, s.AuthConfig.KeyEncryptionKey)
	s.RunUsers(usersPorts)
	s.RunAuth(authPorts)
	t.Cleanup(func() { s.stopAuth(); s.stopUsers() })
	return s
}

// configure loads the configurations as the programs do, from variables.
func (s *System) configure(t testing.TB, authURL, usersURL string) (config.Auth, config.Users) {
	t.Helper()
	environ := []string{
		"PUBLIC_URL=" + authURL, "USERS_URL=" + usersURL, "USERS_PUBLIC_URL=" + usersURL, "JWKS_URL=" + authURL + "/.well-known/jwks.json",
		"USERS_DATABASE_URL=" + s.UsersDB.URL, "AUTH_DATABASE_URL=" + s.AuthDB.URL,
		"SESSION_KEY=" + testKey("session"), "KEY_ENCRYPTION_KEY=" + testKey("encryption"),
		"ADMIN_USERNAME=" + AdminUsername, "ADMIN_EMAIL=" + AdminEmail, "ADMIN_PASSWORD=" + AdminPassword,
		"RATE_LIMITS=off", "DRAIN_DELAY=0s", "DATABASE_MAX_CONNS=8", "LOG_LEVEL=debug",
		"DATA_DIR=" + t.TempDir(),
	}
	auth, errAuth := config.LoadAuth(environ)
	users, errUsers := config.LoadUsers(environ)
	if errAuth != nil || errUsers != nil {
		t.Fatalf("configuration: %v, %v", errAuth, errUsers)
	}
	users.BcryptCost = 4           // the environment accepts 10 and more only
	users.HashQueue = startTimeout // on a machine that is full of tests
	users.HashNice = false
	return auth, users
}

// AnotherUsers starts a second instance of the users service on the same
// database, until the test ends.
func (s *System) AnotherUsers(t testing.TB) *Client {
	t.Helper()
	p := ports(t)
	stop := s.run("users", func(ctx context.Context, ready func()) error {
		return usersrest.Run(ctx, s.UsersConfig, usersrest.Parts{
			Log: s.Logs.Logger("users"), Listeners: &p, Tracer: s.UsersSQL, Ready: ready, AdminMade: func(string, string) {},
		})
	})
	t.Cleanup(stop)
	return newClient("http://"+p.Main.Addr().String(), usersSpec())
}

// AnotherAuth starts a second instance of the auth service on the same
// database, until the test ends.
func (s *System) AnotherAuth(t testing.TB) *Client {
	t.Helper()
	p := ports(t)
	t.Cleanup(s.runAuth(p))
	return newClient("http://"+p.Main.Addr().String(), authSpec())
}

// RunUsers starts the users service on ports; a nil tracer is not meant.
func (s *System) RunUsers(ports httpapi.Listeners) {
	s.UsersOps = "http://" + ports.Ops.Addr().String()
	s.stopUsers = s.run("users", func(ctx context.Context, ready func()) error {
		return usersrest.Run(ctx, s.UsersConfig, usersrest.Parts{
			Log: s.Logs.Logger("users"), Listeners: &ports, Tracer: s.UsersSQL, Ready: ready,
			AdminMade: func(string, string) {}, Now: s.UsersNow,
		})
	})
}

// RunAuth starts the auth service on ports.
func (s *System) RunAuth(ports httpapi.Listeners) {
	s.AuthOps = "http://" + ports.Ops.Addr().String()
	s.stopAuth = s.runAuth(ports)
}

func (s *System) runAuth(ports httpapi.Listeners) (stop func()) {
	return s.run("auth", func(ctx context.Context, ready func()) error {
		return authrest.Run(ctx, s.AuthConfig, authrest.Parts{
			Log: s.Logs.Logger("auth"), Listeners: &ports, Tracer: s.AuthSQL, Ready: ready, MailKept: s.Mails.keep,
			Now: s.AuthNow,
		})
	})
}

// StopUsers stops the users service and waits for its end.
func (s *System) StopUsers() { s.stopUsers() }

// StopAuth stops the auth service and waits for its end.
func (s *System) StopAuth() { s.stopAuth() }

// SetClocks starts both services anew on clocks that differ from the real one
// by so much, and from the database's, which stays.
func (s *System) SetClocks(t testing.TB, auth, users time.Duration) {
	t.Helper()
	off := func(by time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(by) } }
	s.stopAuth()
	s.stopUsers()
	s.AuthNow, s.UsersNow = off(auth), off(users)
	s.RunUsers(Rebind(t, s.Users.URL))
	s.RunAuth(Rebind(t, s.Auth.URL))
}

const startTimeout = 30 * time.Second

// run starts a service, waits until it is ready, and returns what stops it.
func (s *System) run(name string, service func(context.Context, func()) error) (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- service(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		s.t.Fatalf("%s did not start: %v\n%s", name, err, s.Logs.String())
	case <-time.After(startTimeout):
		cancel()
		s.t.Fatalf("%s was not ready in %s\n%s", name, startTimeout, s.Logs.String())
	}
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("%s did not stop cleanly: %v", name, err)
		}
	})
}

func ports(t testing.TB) httpapi.Listeners {
	t.Helper()
	l, err := httpapi.Listen("test", "127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Rebind gives listeners on an address that was in use a moment ago, for a
// service that comes back.
func Rebind(t testing.TB, url string) httpapi.Listeners {
	t.Helper()
	main, err := net.Listen("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	ops, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return httpapi.Listeners{Main: main, Ops: ops}
}

// Logs collects what the services log.
type Logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a line.
func (l *Logs) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String is everything logged so far.
func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Logger writes a service's lines here.
func (l *Logs) Logger(service string) *slog.Logger {
	return slog.New(slog.NewJSONHandler(io.Writer(l), &slog.HandlerOptions{Level: slog.LevelDebug})).With(slog.String("service", service))
}

// Name gives a username that no other call in this process gives.
func Name() string { return fmt.Sprintf("user%d", names.Add(1)) }

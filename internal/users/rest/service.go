package rest

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/idempotency"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/internal/users"
	"github.com/latchkey-id/latchkey/token"
)

// Parts are what a caller may put in place of what Run makes itself.
type Parts struct {
	Log *slog.Logger
	// Listeners are bound already; nil binds those of the configuration.
	Listeners *httpapi.Listeners
	// Tracer sees every SQL statement. May be nil.
	Tracer pgx.QueryTracer
	// AdminMade is told the password that was made up for the first admin.
	AdminMade func(username, password string)
	// Ready is called once the service accepts requests. May be nil.
	Ready func()
	// Now is the clock by which tokens and the key set are judged; nil is
	// time.Now. What the database keeps goes by the database's own.
	Now func() time.Time
}

// Run runs the users service until ctx is done, then stops it gracefully.
func Run(ctx context.Context, c config.Users, parts Parts) error {
	listeners, err := bind(c, parts)
	if err != nil {
		return err
	}
	defer listeners.Close()
	spec := BeginSpec(c)
	secured, err := httpapi.OpenTLS(c.Common, "users", parts.Log)
	if err != nil {
		return err
	}
	watched, err := observe.Start(ctx, "users", c.TracesURL(), parts.Log)
	if err != nil {
		return err
	}
	defer watched.Stop()
	replicaTracer := watched.SQL("replica", parts.Tracer)
	parts.Tracer = watched.SQL("main", parts.Tracer)
	pool, err := openDatabase(ctx, c, parts)
	if err != nil {
		return err
	}
	defer pool.Close()
	newPool := password.NewPool
	if !c.HashNice {
		newPool = password.NewOrdinaryPool
	}
	hashing := newPool(c.HashWorkers, c.HashQueue)
	defer hashing.Close()
	hashing.Observe(watched.Metrics.Hashing())
	watched.Metrics.Database().Watch("main", pool)
	reads, closeReads, err := openReads(ctx, c, pool, replicaTracer, parts.Log)
	if err != nil {
		return err
	}
	defer closeReads()
	if reads != nil {
		watched.Metrics.Database().Watch("replica", reads.Replica.Pool)
	}
	service, err := users.New(users.Options{
		Pool: pool, Reads: reads,
		Hasher: password.NewHasher(password.Policy{Algorithm: c.PasswordHash, BcryptCost: c.BcryptCost, MinLength: c.PasswordMin}, hashing),
		Key:    c.SessionKey, KeyPrevious: c.SessionKeyOld, ThrottleAddresses: bool(c.RateLimits),
		Log: parts.Log, Outcomes: watched.Metrics.Outcomes(),
	})
	if err != nil {
		return err
	}
	if err := seed(ctx, service, c, parts.AdminMade); err != nil {
		return err
	}
	go service.Run(ctx)
	defer audit.WriteLast(ctx, service.WriteRejections)
	keys := token.NewRemote(c.JWKSURL, token.RemoteOptions{Authorities: secured.Authorities, Now: parts.Now, Log: parts.Log})
	go keys.Run(ctx)
	watched.Metrics.Keys().WatchSet(func() observe.KeySet { return keySet(keys) })
	shared, err := httpapi.ShareLimits(c.Common, "users", parts.Log)
	if err != nil {
		return err
	}
	defer shared.Close()
	shared.Watch(watched.Metrics.Limits())
	health := &httpapi.Health{Check: pool.Ping, Shared: shared}
	verifier := &token.Verifier{Issuer: c.PublicURL, Audience: httpapi.Audience, Keys: keys, Now: parts.Now}
	kept, err := idempotency.New(keyTable{usersdb.New(pool)}, c.SessionKey)
	if err != nil {
		return err
	}
	api, err := NewHandler(service, spec, kept, c, verifier, health, parts.Log, watched)
	if err != nil {
		return err
	}
	server := httpapi.Server{
		Name: "users", Handler: api, Health: health, Log: parts.Log, Metrics: watched.Metrics, DrainFor: c.DrainDelay, TLS: secured.Server,
	}
	return server.Run(ctx, listeners, parts.Ready)
}

func bind(c config.Users, parts Parts) (httpapi.Listeners, error) {
	if parts.Listeners != nil {
		return *parts.Listeners, nil
	}
	return httpapi.Listen("users", c.Addr, c.OpsAddr)
}

func openDatabase(ctx context.Context, c config.Users, parts Parts) (*pgxpool.Pool, error) {
	pool, err := postgres.Prepare(ctx, postgres.Database{
		URL: c.Database().Reveal(), MigrateURL: c.Migration().Reveal(), Migrate: c.Migrate, Migrations: db.Users,
		Schema: "users", MaxConns: c.MaxConns, QueueLimit: postgres.QueueLimit, Tracer: parts.Tracer, Log: parts.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	return pool, nil
}

// openReads opens READ_DATABASE_URL, and asks the replica where it is until
// closed; nil where there is none. A replica that can't be reached is no error.
func openReads(ctx context.Context, c config.Users, primary *pgxpool.Pool, tracer pgx.QueryTracer, log *slog.Logger) (*users.Reads, func(), error) {
	if c.ReadDatabaseURL == "" {
		return nil, func() {}, nil
	}
	marks, closeMarks, err := newMarks(c)
	if err != nil {
		return nil, nil, fmt.Errorf("users: %w", err)
	}
	replica, err := postgres.OpenReplica(ctx, c.ReadDatabaseURL.Reveal(), primary, postgres.Options{
		Role: postgres.LesserRole("users"), ApplicationName: "latchkey users reads", MaxConns: c.MaxConns, Tracer: tracer,
	}, log)
	if err != nil {
		closeMarks()
		return nil, nil, fmt.Errorf("users: READ_DATABASE_URL: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	asking.Go(func() { replica.Run(ctx) })
	return &users.Reads{Replica: replica, Marks: marks}, func() {
		cancel()
		asking.Wait()
		replica.Pool.Close()
		closeMarks()
	}, nil
}

// BeginSpec begins to read the service's specification, which takes as long as
// all else that a start does; what it returns waits for it.
func BeginSpec(c config.Users) (wait func() (*httpapi.Spec, error)) {
	return httpapi.BeginLinkedSpec(usersapi.SpecJSON, usersapi.SpecYAML, c.AuthDocument())
}

// NewHandler puts the domain behind the chassis. Spec is as BeginSpec gives it.
func NewHandler(service *users.Service, spec func() (*httpapi.Spec, error), kept *idempotency.Keys, c config.Users, verifier *token.Verifier, health *httpapi.Health, log *slog.Logger, watched *observe.Service) (chi.Router, error) {
	loaded, err := spec()
	if err != nil {
		return nil, err
	}
	strict := usersapi.NewStrictHandlerWithOptions(&handler{users: service},
		[]usersapi.StrictMiddlewareFunc{refuseNil},
		usersapi.StrictHTTPServerOptions{RequestErrorHandlerFunc: httpapi.BindError, ResponseErrorHandlerFunc: httpapi.Write})
	options := httpapi.OptionsFrom(c.Common, loaded, verifier, health, log)
	options.Idempotency, options.Metrics, options.Tracing = kept, watched.Metrics, watched.Tracing
	return httpapi.NewHandler(options, func(r chi.Router) {
		usersapi.HandlerWithOptions(strict, usersapi.ChiServerOptions{BaseRouter: r, ErrorHandlerFunc: httpapi.BindError})
	}), nil
}

func refuseNil(next usersapi.StrictHandlerFunc, _ string) usersapi.StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		return httpapi.RefuseNil(next(ctx, w, r, request))
	}
}

func keySet(r *token.Remote) observe.KeySet {
	return observe.KeySet{
		Age: r.Age(), Stale: r.Stale(), Ready: r.Ready(), Keys: r.KeyCount(), Fetches: r.Fetches(), Failed: r.Failures(),
	}
}

// seed makes the first admin. In development a password is made up where none
// was given, and told once; elsewhere a system without an admin and without
// ADMIN_PASSWORD does not start.
func seed(ctx context.Context, service *users.Service, c config.Users, tell func(username, password string)) error {
	exists, err := service.AdminExists(ctx)
	if err != nil || exists {
		return err
	}
	secret := c.AdminPassword.Reveal()
	invented := secret == "" && c.Env == config.Development
	if invented {
		secret = rand.Text()
	}
	made, err := service.SeedAdmin(ctx, c.AdminUsername, c.AdminEmail, secret)
	if err != nil {
		return fmt.Errorf("users: %w", err)
	}
	if made && invented {
		tell(c.AdminUsername, secret)
	}
	return nil
}

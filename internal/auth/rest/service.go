package rest

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/idempotency"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// Parts are what a caller may put in place of what Run makes itself.
type Parts struct {
	Log *slog.Logger
	// Listeners are bound already; nil binds those of the configuration.
	Listeners *httpapi.Listeners
	// Tracer sees every SQL statement. May be nil.
	Tracer pgx.QueryTracer
	// MailKept is told of each mail that the development mailbox has got. May be
	// nil.
	MailKept func(mail.Message)
	// Now is the clock by which tokens are made and judged; nil is time.Now.
	// What the database keeps goes by the database's own.
	Now func() time.Time
	// Ready is called once the service accepts requests. May be nil.
	Ready func()
}

// Run runs the auth service until ctx is done, then stops it gracefully.
func Run(ctx context.Context, c config.Auth, parts Parts) error {
	listeners, err := bind(c, parts)
	if err != nil {
		return err
	}
	defer listeners.Close()
	spec := BeginSpec(c)
	secured, err := httpapi.OpenTLS(c.Common, "auth", parts.Log)
	if err != nil {
		return err
	}
	watched, err := observe.Start(ctx, "auth", c.TracesURL(), parts.Log)
	if err != nil {
		return err
	}
	defer watched.Stop()
	pool, err := openDatabase(ctx, c, parts, watched)
	if err != nil {
		return err
	}
	defer pool.Close()
	watched.Metrics.Database().Watch("main", pool)
	store, ring, err := openRing(ctx, pool, c, parts)
	if err != nil {
		return err
	}
	go ring.Run(ctx)
	watched.Metrics.Keys().WatchRing(ring.Observed)
	defer audit.WriteLast(ctx, ring.WriteIssued)
	service, err := newService(pool, store, ring, secured.Authorities, c, parts, watched)
	if err != nil {
		return err
	}
	queue, err := openJobs(ctx, c, service, parts, watched)
	if err != nil {
		return err
	}
	defer queue.Close()
	defer work(ctx, queue, parts.Log)()
	go service.Run(ctx)
	defer audit.WriteLast(ctx, service.WriteCounts)
	shared, err := httpapi.ShareLimits(c.Common, "auth", parts.Log)
	if err != nil {
		return err
	}
	defer shared.Close()
	shared.Watch(watched.Metrics.Limits())
	health := &httpapi.Health{Check: pool.Ping, Shared: shared}
	kept, err := idempotency.New(keyTable{authdb.New(pool)}, c.SessionKey)
	if err != nil {
		return err
	}
	api, err := NewHandler(service, spec, ring, kept, c, health, parts, watched)
	if err != nil {
		return err
	}
	server := httpapi.Server{
		Name: "auth", Handler: api, Health: health, Log: parts.Log, Metrics: watched.Metrics, DrainFor: c.DrainDelay, TLS: secured.Server,
	}
	return server.Run(ctx, listeners, parts.Ready)
}

// work works off the queues until ctx is done; what it returns waits for the
// jobs that run then.
func work(ctx context.Context, queue *jobs.Client, log *slog.Logger) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := queue.Run(ctx); err != nil {
			log.Error("jobs", slog.String("error", err.Error()))
		}
	}()
	return func() { <-done }
}

func bind(c config.Auth, parts Parts) (httpapi.Listeners, error) {
	if parts.Listeners != nil {
		return *parts.Listeners, nil
	}
	return httpapi.Listen("auth", c.Addr, c.OpsAddr)
}

func openDatabase(ctx context.Context, c config.Auth, parts Parts, watched *observe.Service) (*pgxpool.Pool, error) {
	pool, err := postgres.Prepare(ctx, postgres.Database{
		URL: c.Database().Reveal(), MigrateURL: c.Migration().Reveal(), Migrate: c.Migrate, Migrations: db.Auth,
		Schema: "auth", After: []postgres.Step{jobs.Migrations()}, MaxConns: c.MaxConns, QueueLimit: postgres.QueueLimit,
		Tracer: watched.SQL("main", parts.Tracer), Log: parts.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return pool, nil
}

func openRing(ctx context.Context, pool *pgxpool.Pool, c config.Auth, parts Parts) (*keyring.Store, *keyring.Ring, error) {
	cipher, err := keyring.NewCipher(c.KeyEncryptionKey, c.KeyEncryptionOld)
	if err != nil {
		return nil, nil, fmt.Errorf("auth: %w", err)
	}
	store, err := keyring.NewStore(pool, cipher, keyring.StoreOptions{Algorithm: c.KeyAlg, Bits: c.KeyBits, Rotation: c.KeyRotation})
	if err != nil {
		return nil, nil, fmt.Errorf("auth: %w", err)
	}
	ring, err := keyring.Open(ctx, store, keyring.Options{Longest: max(c.AccessTTL, identityTTL), Log: parts.Log, Now: parts.Now})
	if err != nil {
		return nil, nil, fmt.Errorf("auth: %w", err)
	}
	return store, ring, nil
}

func newService(pool *pgxpool.Pool, store *keyring.Store, ring *keyring.Ring, trust *x509.CertPool, c config.Auth, parts Parts, watched *observe.Service) (*auth.Service, error) {
	self := &identity{keys: ring, issuer: c.PublicURL, now: parts.Now}
	if self.now == nil {
		self.now = time.Now
	}
	users, err := newAccounts(c.UsersURL, trust, self.token, ring.Reload, parts.Log, watched)
	if err != nil {
		return nil, err
	}
	mails, err := newMail(c, parts)
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Options{
		Pool: pool, Accounts: users, Keys: ring, KeyStore: store, SessionKey: c.SessionKey, SessionKeyPrevious: c.SessionKeyOld,
		Lifetimes: auth.Lifetimes{Access: c.AccessTTL, Idle: c.RefreshIdle, Max: c.RefreshMax, Grace: c.RefreshGrace},
		Issuer:    c.PublicURL, Audience: httpapi.Audience, Mail: mails,
		RequireVerified: c.RequireVerified, Private: c.RegistrationPrivacy == config.Private, Log: parts.Log, Now: parts.Now,
		Outcomes: watched.Metrics.Outcomes(),
	})
}

// BeginSpec begins to read the service's specification, which takes as long as
// all else that a start does; what it returns waits for it.
func BeginSpec(c config.Auth) (wait func() (*httpapi.Spec, error)) {
	return httpapi.BeginLinkedSpec(authapi.SpecJSON, authapi.SpecYAML, c.UsersDocument())
}

// NewHandler puts the domain behind the chassis. Spec is as BeginSpec gives it.
func NewHandler(service *auth.Service, spec func() (*httpapi.Spec, error), ring *keyring.Ring, kept *idempotency.Keys, c config.Auth, health *httpapi.Health, parts Parts, watched *observe.Service) (chi.Router, error) {
	loaded, err := spec()
	if err != nil {
		return nil, err
	}
	strict := authapi.NewStrictHandlerWithOptions(&handler{auth: service, keys: ring, metadata: metadataOf(c.PublicURL), cookieAge: c.RefreshIdle},
		[]authapi.StrictMiddlewareFunc{refuseNil},
		authapi.StrictHTTPServerOptions{RequestErrorHandlerFunc: httpapi.BindError, ResponseErrorHandlerFunc: httpapi.Write})
	verifier := &token.Verifier{Issuer: c.PublicURL, Audience: httpapi.Audience, Keys: ring, Now: parts.Now}
	options := httpapi.OptionsFrom(c.Common, loaded, verifier, health, parts.Log)
	options.Idempotency, options.Metrics, options.Tracing = kept, watched.Metrics, watched.Tracing
	options.Before = []func(http.Handler) http.Handler{wellFormedCookie}
	return httpapi.NewHandler(options, func(r chi.Router) {
		authapi.HandlerWithOptions(strict, authapi.ChiServerOptions{BaseRouter: r, ErrorHandlerFunc: httpapi.BindError})
		mountPages(r)
	}), nil
}

func refuseNil(next authapi.StrictHandlerFunc, _ string) authapi.StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		return httpapi.RefuseNil(next(ctx, w, r, request))
	}
}
